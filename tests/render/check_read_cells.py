#!/usr/bin/env python3
"""The reader of cells: what it reads, how it writes it down, what it refuses.

    check_read_cells.py READ_CELLS
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from check_tap import Tap
from synthetic import SIZE, SYMBOL, TEXT, Canvas

WRITTEN = TEXT.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
MODULE = 4
CELL = (SIZE + 8) * MODULE   # a cell holds the code and its quiet zone
MARGIN, GAP = 30, 12         # pixels; a pixel is 100 micrometres
COLUMNS, ROWS = 3, 2
WIDTH = 2 * MARGIN + COLUMNS * CELL + (COLUMNS - 1) * GAP
HEIGHT = 2 * MARGIN + ROWS * CELL + (ROWS - 1) * GAP
LAYOUT = ["--page", f"{WIDTH * 100}x{HEIGHT * 100}", "--grid", f"{COLUMNS}x{ROWS}",
          "--margins", str(MARGIN * 100), "--gaps", f"{GAP * 100},{GAP * 100}"]


def page(*cells, rows=None, comment=""):
    """A PGM with the symbol in the cells given as (row, column)."""
    canvas = Canvas(WIDTH, HEIGHT)
    for row, column in cells:
        canvas.paint(MARGIN + (column - 1) * (CELL + GAP) + 4 * MODULE,
                     MARGIN + (row - 1) * (CELL + GAP) + 4 * MODULE, MODULE, rows)
    return canvas.pgm(comment)


def read(program, pgm, *options):
    done = subprocess.run([program, *LAYOUT, *options], input=pgm, capture_output=True, check=False)
    return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")


def expect(tap, name, got, status, lines):
    problems = []
    if got[0] != status:
        problems.append(f"status {got[0]}, not {status}; it says: {got[2].strip()}")
    if got[1].splitlines() != lines:
        problems += ["it wrote:"] + got[1].splitlines() + ["instead of:"] + lines
    tap.point(name, problems)


def table(cells, texts, first_page=1, pages=1):
    return ["\t".join([str(p), str(row), str(column),
                       *(texts if (row, column) in cells else ["\\N"] * len(texts))])
            for p in range(first_page, first_page + pages)
            for row in range(1, ROWS + 1) for column in range(1, COLUMNS + 1)]


def reading(tap, program):
    every = [(r, c) for r in range(1, ROWS + 1) for c in range(1, COLUMNS + 1)]
    some = [(1, 2), (2, 3)]
    for reader, count in (("zxing", 1), ("zbar", 1), ("both", 2)):
        expect(tap, f"{reader}: every cell of a page, escaped",
               read(program, page(*every), "--reader", reader), 0, table(every, [WRITTEN] * count))
        expect(tap, f"{reader}: empty cells stay empty",
               read(program, page(*some), "--reader", reader), 0, table(some, [WRITTEN] * count))
    expect(tap, "many pages in one stream, with comments in their headers",
           read(program, page(*some, comment="made by hand") * 3, "--first-page", "41"), 0,
           table(some, [WRITTEN], 41, 3))
    expect(tap, "nothing comes of nothing", read(program, b""), 0, [])
    # A quarter of the modules turned over is more than level L restores.
    broken = [[dark != (r % 2 == 0 and c % 2 == 0 and r > 8 and c > 8)
               for c, dark in enumerate(row)] for r, row in enumerate(SYMBOL)]
    expect(tap, "a broken code is not read", read(program, page((1, 1), rows=broken)), 0,
           table([], [WRITTEN]))
    status, _, said = read(program, page(*some), "--rate")
    tap.point("it tells its rate", [] if status == 0 and said.startswith("2 of 6 cells read, ")
              else [said])


def refusing(tap, program):
    good = page()
    header = f"P5\n{WIDTH} {HEIGHT}\n255\n".encode()
    for name, pgm in (("a text PGM", b"P2\n1 1\n255\n0\n"),
                      ("16 bits a pixel", b"P5 1 1 65535 \0\0"),
                      ("a page cut short", good[:-1]), ("a header cut short", b"P5\n12"),
                      ("a comment without end", b"P5\n# abc"), ("no pixels", b"P5\n0 5\n255\n"),
                      ("a page too large", b"P5\n100000 100000\n255\n"),
                      ("numbers too large", b"P5\n99999999999999999999 1\n255\n"),
                      ("a second page that is none", good + b"junk")):
        status, out, said = read(program, pgm)
        whole = table([], [WRITTEN]) if pgm.startswith(header) and len(pgm) > len(good) else []
        tap.point(f"refused: {name}", [] if status == 3 and said and out.splitlines() == whole
                  else [f"status {status}, it says {said!r} and wrote {out!r}"])
    for words in (["--grid", "0x1"], ["--grid", "5"], ["--page", "5x5x5"], ["--page", "-1x5"],
                  ["--margins", "1,2"], ["--margins", "99999999"], ["--gaps", "x"],
                  ["--reader", "eyes"], ["--frobnicate"], ["--first-page", "one"]):
        status, _, said = read(program, good, *words)
        tap.point(f"refused: {' '.join(words)}", [] if status == 2 and "usage" in said
                  else [f"status {status}, it says {said!r}"])
    status, _, _ = read(program, b"", "/nonexistent/page.pgm")
    tap.point("refused: a file that is not there", [] if status == 3 else [f"status {status}"])


def main(program):
    tap = Tap()
    reading(tap, program)
    refusing(tap, program)
    tap.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
