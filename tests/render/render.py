#!/usr/bin/env python3
"""Renders pages of a PDF to 8-bit grey PGM with engines that are not ours.

    render.py --list
    render.py RENDERER FILE.pdf PAGE DPI OUT.pgm

Whatever an engine says about a file is a complaint: our files are to be rendered in silence. What
an engine says about itself, whatever the file, stands in HARMLESS with its reason.
"""
import os
import shutil
import struct
import subprocess
import sys
from collections import namedtuple

Page = namedtuple("Page", "pdf number dpi out")

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT_S = 120

HARMLESS = {
    # MuPDF as Debian builds it has no colour management, and says so at every start.
    "mupdf": ["warning: ICC support is not available"],
}


def splash(page):
    return ["pdftoppm", "-gray", "-singlefile", "-r", str(page.dpi), "-f", str(page.number),
            "-l", str(page.number), page.pdf, page.out.removesuffix(".pgm")]


def splash_plain(page):
    """Without antialiasing: what a raster driver of a printer gets."""
    return splash(page)[:1] + ["-aa", "no", "-aaVector", "no"] + splash(page)[1:]


def cairo(page):
    return ["pdftocairo", "-tiff", "-tiffcompression", "none", "-gray", "-singlefile",
            "-r", str(page.dpi), "-f", str(page.number), "-l", str(page.number),
            page.pdf, page.out.removesuffix(".pgm")]


def mupdf(page):
    return ["mutool", "draw", "-q", "-F", "pgm", "-c", "gray", "-r", str(page.dpi),
            "-o", page.out, page.pdf, str(page.number)]


def ghostscript_plain(page):
    return ["gs", "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pgmraw", f"-r{page.dpi}",
            f"-dFirstPage={page.number}", f"-dLastPage={page.number}", "-o", page.out, page.pdf]


def ghostscript(page):
    smooth = ["-dTextAlphaBits=4", "-dGraphicsAlphaBits=4"]
    return ghostscript_plain(page)[:1] + smooth + ghostscript_plain(page)[1:]


ONE_PAGE_A_CALL = {
    "splash": splash,
    "splash-plain": splash_plain,
    "cairo": cairo,
    "mupdf": mupdf,
    "ghostscript": ghostscript,
    "ghostscript-plain": ghostscript_plain,
}
PROGRAM = {
    "splash": "pdftoppm",
    "splash-plain": "pdftoppm",
    "cairo": "pdftocairo",
    "mupdf": "mutool",
    "ghostscript": "gs",
    "ghostscript-plain": "gs",
}
BROWSER = ["pdfium", "pdfjs"]
RENDERERS = list(ONE_PAGE_A_CALL) + BROWSER


def node():
    """The name of Node's program, or None."""
    return shutil.which("node") or shutil.which("nodejs")


def missing(renderer):
    """Why a renderer cannot be used here, or None if it can."""
    if renderer in ONE_PAGE_A_CALL:
        program = PROGRAM[renderer]
        return None if shutil.which(program) else f"{program} is not installed"
    if node() is None:
        return "node is not installed"
    version = subprocess.run([node(), "--version"], capture_output=True, text=True).stdout
    if int(version.lstrip("v").split(".")[0] or 0) < 18:
        return f"node {version.strip()} is older than 18"
    if not os.path.isdir(os.path.join(HERE, "node_modules", "pdfjs-dist")):
        return "its packages are not installed: run `npm ci` in tests/render"
    return None


def grey_tiff(data):
    """Width, height and pixels of an uncompressed 8-bit grey TIFF, as pdftocairo writes it."""
    order = {b"II": "<", b"MM": ">"}[data[:2]]
    start, = struct.unpack_from(order + "I", data, 4)
    count, = struct.unpack_from(order + "H", data, start)
    tags = {}
    for i in range(count):
        tag, kind, values = struct.unpack_from(order + "HHI", data, start + 2 + 12 * i)
        letter = {3: "H", 4: "I"}.get(kind)
        if letter is None:
            continue
        place = start + 2 + 12 * i + 8
        if struct.calcsize(letter) * values > 4:
            place, = struct.unpack_from(order + "I", data, place)
        tags[tag] = struct.unpack_from(f"{order}{values}{letter}", data, place)
    bits, compression, photometric = (tags.get(tag, (1,))[0] for tag in (258, 259, 262))
    if (bits, compression, photometric) != (8, 1, 1) or tags.get(277, (1,))[0] != 1:
        raise ValueError("the TIFF is not plain 8-bit grey")
    pixels = b"".join(data[at:at + size] for at, size in zip(tags[273], tags[279]))
    return tags[256][0], tags[257][0], pixels


def write_pgm(path, width, height, pixels):
    with open(path, "wb") as out:
        out.write(b"P5\n%d %d\n255\n" % (width, height))
        out.write(pixels)


def run(renderer, command):
    """Runs an engine; returns its complaints."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=TIMEOUT_S)
    said = done.stdout.decode("utf-8", "replace").splitlines()
    complaints = [line for line in said if line.strip() and line not in HARMLESS.get(renderer, [])]
    if done.returncode != 0:
        complaints.append(f"{command[0]} ended with status {done.returncode}")
    return complaints


def render_one(renderer, page):
    complaints = run(renderer, ONE_PAGE_A_CALL[renderer](page))
    if renderer == "cairo":
        tiff = page.out.removesuffix(".pgm") + ".tif"
        if os.path.exists(tiff):
            with open(tiff, "rb") as data:
                write_pgm(page.out, *grey_tiff(data.read()))
            os.remove(tiff)
    return complaints


def render(renderer, pages):
    """Renders every Page of a list; `out` must end in .pgm. Returns the complaints."""
    for page in pages:
        if not page.out.endswith(".pgm"):
            raise ValueError(f"{page.out} does not end in .pgm")
    if renderer in ONE_PAGE_A_CALL:
        complaints = [said for page in pages for said in render_one(renderer, page)]
    else:
        words = [str(word) for page in pages for word in page]
        complaints = run(renderer, [node(), os.path.join(HERE, "render.mjs"), renderer] + words)
    return complaints + [f"{page.out} was not written" for page in pages
                         if not os.path.exists(page.out)]


def said_by(complaints, most=5):
    """The first of them, each once, as sentences for a report."""
    once = list(dict.fromkeys(complaints))
    more = [f"and {len(once) - most} more"] if len(once) > most else []
    return [f"the renderer says: {line}" for line in once[:most]] + more


def main(words):
    if words == ["--list"]:
        for name in RENDERERS:
            print(name + (f"\t(missing: {missing(name)})" if missing(name) else ""))
        return 0
    if len(words) != 5 or words[0] not in RENDERERS:
        sys.stderr.write(__doc__)
        return 2
    reason = missing(words[0])
    complaints = [reason] if reason else render(
        words[0], [Page(words[1], int(words[2]), int(words[3]), words[4])])
    for line in complaints:
        print(f"{words[0]}: {line}", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
