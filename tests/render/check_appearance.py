#!/usr/bin/env python3
"""How codes look: every way of drawing them, in every renderer, at the resolutions people use.

    check_appearance.py SMALLPRESS READ_CELLS

One page of thirty codes is drawn in each way and rendered by each engine. Every code must be read
by two readers at every resolution, and look as the table below allows. The modules themselves must
be the same in all drawings. What was measured is printed under each point.
"""
import os
import sys
import tempfile
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from check_tap import Tap
from measure import UM_PER_INCH, Scale, find_codes, measure, read_pgm
from render import RENDERERS, Page, missing, render, said_by
from sheets import DRAWINGS, PAGE_UM, Sheet, cell_boxes_um, unread

COUNT = 30
DPIS = (96, 150, 203, 300) # a screen, a zoomed screen, and the two commonest label printers
FINE_DPI = 600

# The most that is allowed: share of grey pixels below 150 dpi and from there on, stretch of a whole
# code, difference of the width of a run of modules (worst and mean of a page) and growth of dark
# runs, all in pixels. Seams and modules of the wrong colour: none, ever.
Limits = namedtuple("Limits", "grey_low grey stretch error_worst error_mean growth")

PLAIN_PATH = Limits(0, 0, 0.75, 2.05, 1.1, 1.1)          # paints every pixel a path touches
SMOOTH_PATH = Limits(0.25, 0.16, 0.4, 0.55, 0.2, 0.1)
# Ghostscript smooths a path by painting it four times as large, where it grows just so.
SMOOTH_GROWN_PATH = SMOOTH_PATH._replace(error_worst=0.65, error_mean=0.35, growth=0.35)

# A mask that is drawn to the nearest pixel has every edge less than half a pixel off.
CRISP_MASK = Limits(0, 0, 0.75, 1.05, 0.5, 0.25)
# These engines begin and end a mask on whole pixels: up to one more on either side.
SNAPPED = ("splash", "splash-plain", "mupdf", "pdfium")
SNAPPED_STRETCH = 2.5


def limits(drawing, renderer):
    if drawing == "vector":
        return {"splash-plain": PLAIN_PATH, "ghostscript-plain": PLAIN_PATH,
                "ghostscript": SMOOTH_GROWN_PATH}.get(renderer, SMOOTH_PATH)
    mask = CRISP_MASK._replace(stretch=SNAPPED_STRETCH) if renderer in SNAPPED else CRISP_MASK
    if renderer.startswith("ghostscript"):
        return mask
    if drawing == "sharp":
        # Eight pixels a module are more than the page has, and smaller is smoother.
        return mask._replace(grey_low=0.25, grey=0.16, growth=0.2)
    # One pixel a module is much enlarged; these two smooth a little all the same.
    return mask._replace(grey_low=0.03, grey=0.02) if renderer in ("cairo", "pdfjs") else mask


def find_reference(sheets, folder):
    """The codes of each drawing as they are, from one fine rendering; {drawing: [Code]}."""
    found = {}
    for drawing, sheet in sheets.items():
        page = Page(sheet.pdf, 1, FINE_DPI, os.path.join(folder, "fine.pgm"))
        complaints = render("splash", [page])
        if complaints:
            raise SystemExit(f"Bail out! splash: {complaints[0]}")
        found[drawing] = find_codes(read_pgm(page.out), cell_boxes_um(), UM_PER_INCH / FINE_DPI)
        os.remove(page.out)
    return found


def compare_drawings(found):
    """Sentences about codes that differ between drawings, in their modules or their place."""
    problems = []
    for drawing, codes in found.items():
        for i, (code, other) in enumerate(zip(codes, found["vector"])):
            if code is None or other is None:
                problems.append(f"{drawing}: no code in cell {i + 1}")
                continue
            if code.rows != other.rows:
                problems.append(f"{drawing}: other modules in cell {i + 1}")
            # Two pixels of the fine rendering are 85 micrometres.
            off = max(abs(code.x_um - other.x_um), abs(code.y_um - other.y_um),
                      len(code.rows) * abs(code.module_um - other.module_um))
            if off > 2 * UM_PER_INCH / FINE_DPI:
                problems.append(f"{drawing}: cell {i + 1} is off by {off:.0f} micrometres")
    return problems


def beyond(figures, allowed, dpi):
    """Sentences about figures that are more than is allowed."""
    grey = allowed.grey_low if dpi < 150 else allowed.grey
    bounds = (("grey share", figures.grey_share, grey),
              ("seams", figures.seams, 0),
              ("modules of the wrong colour", figures.wrong, 0),
              ("stretch", figures.stretch_worst, allowed.stretch),
              ("worst width error", figures.error_worst, allowed.error_worst),
              ("mean width error", figures.width_mean, allowed.error_mean),
              ("growth", abs(figures.growth), allowed.growth))
    return [f"{name} is {value:.3g}, and {most} is allowed" for name, value, most in bounds
            if value > most]


def scale_of(renderer, picture, dpi):
    if renderer == "pdfium": # stretches a page to whole pixels
        return Scale(picture.width / PAGE_UM[0], picture.height / PAGE_UM[1])
    return Scale(dpi / UM_PER_INCH, dpi / UM_PER_INCH)


def look(renderer, drawing, sheet, codes, folder, read_cells):
    """Problems of one drawing in one renderer, and what was measured."""
    pages = [Page(sheet.pdf, 1, dpi, os.path.join(folder, f"{dpi}.pgm")) for dpi in DPIS]
    problems = said_by(render(renderer, pages))
    measured = []
    for page in pages:
        if not os.path.exists(page.out):
            continue
        picture = read_pgm(page.out)
        try:
            figures = measure(picture, codes, scale_of(renderer, picture, page.dpi))
            measured.append(f"{drawing}, {renderer}, {page.dpi} dpi: {figures}")
            found = beyond(figures, limits(drawing, renderer), page.dpi)
        except ValueError as error:
            found = [str(error)]
        found += unread(page.out, sheet, read_cells)
        problems += [f"{page.dpi} dpi: {problem}" for problem in found]
        os.remove(page.out)
    return problems, measured


def main(tool, read_cells):
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="smallpress-render-") as folder:
        sheets = {drawing: Sheet(tool, folder, drawing, COUNT, "--draw", drawing)
                  for drawing in DRAWINGS}
        found = find_reference(sheets, folder)
        tap.point("every drawing has the same modules in the same places",
                  compare_drawings(found))
        # Paths have the most exact edges in a fine rendering, so they say where modules are.
        codes = found["vector"]
        for renderer in RENDERERS:
            for drawing in DRAWINGS:
                name = f"{drawing} in {renderer}"
                if missing(renderer):
                    tap.skip(name, missing(renderer))
                    continue
                problems, measured = look(renderer, drawing, sheets[drawing], codes, folder,
                                          read_cells)
                tap.point(name, problems)
                for line in measured:
                    print(f"# {line}")
    tap.end()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
