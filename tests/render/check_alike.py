#!/usr/bin/env python3
"""A report looks alike in poppler, MuPDF, Ghostscript, PDFium and pdf.js.

    check_alike.py SMALLPRESS

Pages of the examples, Latin and Arabic, are rendered to grey by each engine that is here, made
coarse, so that the edges of letters and the filters of photos do not count, and held against
poppler's.
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import render
from check_tap import Tap
from measure import read_pgm

DPI = 72
CELL = 12        # pixels of a coarse one: a line of text and half of the white around it
MOST = 40        # grey levels that a coarse pixel may differ by
MOST_MEAN = 2.5  # and all of them on average
ENGINES = ("cairo", "mupdf", "ghostscript", "pdfium", "pdfjs")
PAGES = (("visit.json", 1), ("visit.json", 3), ("visit-ar.yaml", 1))


def coarse(path):
    """Means of cells, row by row, of a PGM."""
    width, height, pixels = read_pgm(path)
    grid = []
    for top in range(0, height - CELL + 1, CELL):
        rows = [pixels[y * width:(y + 1) * width] for y in range(top, top + CELL)]
        grid.append([sum(sum(row[x:x + CELL]) for row in rows) / CELL ** 2
                     for x in range(0, width - CELL + 1, CELL)])
    return grid


def differences(one, other):
    if abs(len(one) - len(other)) > 1 or abs(len(one[0]) - len(other[0])) > 1:
        return ["the pages are not of one size"]
    cells = [(abs(a - b), x, y) for y, (row, its) in enumerate(zip(one, other))
             for x, (a, b) in enumerate(zip(row, its))]
    worst, mean = max(cells), sum(cell[0] for cell in cells) / len(cells)
    problems = []
    if worst[0] > MOST:
        problems.append(f"{worst[0]:.0f} grey levels apart at ({worst[1] * CELL}, "
                        f"{worst[2] * CELL}), and {MOST} are allowed")
    if mean > MOST_MEAN:
        problems.append(f"{mean:.2f} grey levels apart on average, and {MOST_MEAN} are allowed")
    return problems


def self_test(tap):
    grid = [[255.0] * 40 for _ in range(40)]
    moved = [row[:] for row in grid]
    moved[3][4] = 100.0
    tap.accepts("two pages alike", differences(grid, grid))
    tap.catches("a word that is missing", differences(grid, moved), "155 grey levels")
    tap.catches("a page of another size", differences(grid, [row[:30] for row in grid]), "one size")


def main():
    tool, tap = os.path.abspath(sys.argv[1]), Tap()
    self_test(tap)
    with tempfile.TemporaryDirectory(prefix="smallpress-alike-") as folder:
        reports = {}
        for name in sorted({name for name, _ in PAGES}):
            reports[name] = os.path.join(folder, name + ".pdf")
            submission = os.path.join(ROOT, "examples", "inspection", name)
            subprocess.run([tool, "report", submission, "-q", "-o", reports[name]], check=True)
        shown = [render.Page(reports[name], number, DPI, os.path.join(folder, f"{i}-splash.pgm"))
                 for i, (name, number) in enumerate(PAGES)]
        reason = render.missing("splash")
        if not reason:
            tap.point("poppler shows the pages in silence",
                      render.said_by(render.render("splash", shown)))
        for engine in ENGINES:
            point = f"{engine} shows the same as poppler"
            why = reason or render.missing(engine)
            if why:
                tap.skip(point, why)
                continue
            pages = [page._replace(out=page.out.replace("splash", engine)) for page in shown]
            problems = render.said_by(render.render(engine, pages))
            for (name, number), page, other in zip(PAGES, shown, pages):
                if os.path.exists(other.out):
                    problems += [f"{name}, page {number}: {problem}" for problem in
                                 differences(coarse(page.out), coarse(other.out))]
            tap.point(point, problems)
    tap.end()


if __name__ == "__main__":
    main()
