// Renders pages with the PDF engines of the browsers: PDFium (Chrome) and pdf.js (Firefox).
//
//     node render.mjs pdfium|pdfjs FILE.pdf PAGE DPI OUT.pgm [FILE.pdf PAGE DPI OUT.pgm …]
//
// Writes 8-bit grey PGM. Whatever an engine has to say about a file goes to standard output or
// standard error; a file that nothing is wrong with is rendered in silence.
import { readFile, writeFile } from "node:fs/promises";

const POINTS_PER_INCH = 72;

function pgm(width, height, grey) {
    return Buffer.concat([Buffer.from(`P5\n${width} ${height}\n255\n`), grey]);
}

function pixels(points, dpi) {
    return Math.round((points * dpi) / POINTS_PER_INCH);
}

async function pdfium() {
    const { PDFiumLibrary } = await import("@hyzyla/pdfium");
    const library = await PDFiumLibrary.init();
    return async (bytes, number, dpi) => {
        const file = await library.loadDocument(bytes);
        // The exact size comes from the library underneath: the wrapper's own is in whole points.
        const page = file.getPage(number - 1);
        const width = pixels(page.module._FPDF_GetPageWidthF(page.pageIdx), dpi);
        const height = pixels(page.module._FPDF_GetPageHeightF(page.pageIdx), dpi);
        const image = await page.render({ scale: 1, width, height, colorSpace: "Gray" });
        file.destroy();
        return pgm(image.width, image.height, image.data);
    };
}

async function pdfjs() {
    // pdf.js takes these from the browser; here they come with the canvas.
    const { createCanvas, DOMMatrix, ImageData, Path2D } = await import("@napi-rs/canvas");
    Object.assign(globalThis, { DOMMatrix, ImageData, Path2D });
    class CanvasFactory {
        create(width, height) {
            const canvas = createCanvas(width, height);
            return { canvas, context: canvas.getContext("2d") };
        }
        reset(both, width, height) {
            Object.assign(both.canvas, { width, height });
        }
        destroy(both) {
            both.canvas = both.context = null;
        }
    }
    const { getDocument, VerbosityLevel } = await import("pdfjs-dist/legacy/build/pdf.mjs");
    return async (bytes, number, dpi) => {
        const task = getDocument({
            data: new Uint8Array(bytes),
            CanvasFactory,
            verbosity: VerbosityLevel.WARNINGS,
            isEvalSupported: false,
            useSystemFonts: false,
        });
        const page = await (await task.promise).getPage(number);
        const viewport = page.getViewport({ scale: dpi / POINTS_PER_INCH });
        const width = Math.round(viewport.width);
        const height = Math.round(viewport.height);
        const context = createCanvas(width, height).getContext("2d");
        await page.render({ canvasContext: context, viewport }).promise;
        const colour = context.getImageData(0, 0, width, height).data;
        await task.destroy();
        const grey = Buffer.alloc(width * height);
        for (let i = 0; i < grey.length; i++)
            grey[i] = (colour[4 * i] * 77 + colour[4 * i + 1] * 150 + colour[4 * i + 2] * 29) >> 8;
        return pgm(width, height, grey);
    };
}

async function main([engine, ...jobs]) {
    const engines = { pdfium, pdfjs };
    if (!(engine in engines) || jobs.length === 0 || jobs.length % 4 !== 0) {
        console.error("usage: render.mjs pdfium|pdfjs FILE.pdf PAGE DPI OUT.pgm [FILE.pdf …]");
        process.exit(2);
    }
    const render = await engines[engine]();
    for (let i = 0; i < jobs.length; i += 4)
        await writeFile(jobs[i + 3],
            await render(await readFile(jobs[i]), Number(jobs[i + 1]), Number(jobs[i + 2])));
}

await main(process.argv.slice(2));
