#!/usr/bin/env python3
"""The PDF as other programs see it: sound, the right pages, the ids as text, fonts inside.

    check_pdf.py SMALLPRESS
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from check_tap import Tap
from sheets import COLUMNS, DRAWINGS, PAGE_UM, ROWS, Sheet

COUNT = 75 # two full pages and a half
PAGES = 3


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def soundness(sheet):
    status, out, said = run("qpdf", "--check", sheet.pdf)
    if status == 0 and not said and "No syntax or stream encoding errors found" in out:
        return []
    return [f"qpdf --check ends with {status}"] + (out + said).splitlines()


def objects(sheet):
    """The objects of a file by reference, and its trailer, through qpdf."""
    status, out, said = run("qpdf", "--json=2", "--json-key=qpdf", sheet.pdf)
    if status != 0:
        raise SystemExit(f"Bail out! qpdf --json: {said.strip()}")
    table = json.loads(out)["qpdf"][1]
    return table, table["trailer"]["value"]


def catalog_of(sheet):
    table, trailer = objects(sheet)
    return table["obj:" + trailer["/Root"]]["value"], table


def printing(sheet):
    """Fit-to-page would spoil labels, so the file asks for its own size."""
    catalog, table = catalog_of(sheet)
    preferences = catalog.get("/ViewerPreferences", {})
    if isinstance(preferences, str):
        preferences = table["obj:" + preferences]["value"]
    scaling = preferences.get("/PrintScaling")
    return [] if scaling == "/None" else [f"/PrintScaling is {scaling}"]


def pages(sheet):
    status, out, said = run("pdfinfo", "-f", "1", "-l", str(PAGES), sheet.pdf)
    problems = [] if status == 0 and not said else [f"pdfinfo ends with {status}: {said.strip()}"]
    count = re.search(r"^Pages: +([0-9]+)", out, re.M)
    if not count or int(count[1]) != PAGES:
        problems.append(f"{count and count[1]} pages, and {PAGES} are due")
    for size in re.findall(r"^Page +[0-9]+ size: +([0-9.]+) x ([0-9.]+) pts", out, re.M):
        for side, um in zip(size, PAGE_UM):
            if abs(float(side) * 25400 / 72 - um) > 5:
                problems.append(f"a side of {side} pt, and {um / 1000} mm are due")
    return problems


def manifest(sheet):
    """Thirty to a page, row by row, every id once."""
    problems = []
    for i, row in enumerate(sheet.rows):
        page, cell = divmod(i, COLUMNS * ROWS)
        want = [str(n) for n in (page + 1, cell // COLUMNS + 1, cell % COLUMNS + 1)]
        if [row["page"], row["row"], row["column"]] != want:
            problems.append(f"row {i + 1} says page {row['page']}, row {row['row']}, column "
                            f"{row['column']}, and {', '.join(want)} is due")
    if len({row["id"] for row in sheet.rows}) != COUNT:
        problems.append("an id is there twice")
    return problems


def text(sheet):
    problems = []
    for page in range(1, PAGES + 1):
        status, out, said = run("pdftotext", "-raw", "-f", str(page), "-l", str(page),
                                sheet.pdf, "-")
        if status != 0 or said:
            problems.append(f"pdftotext ends with {status}: {said.strip()}")
        want = [row["id"] for row in sheet.rows if row["page"] == str(page)]
        if out.split() != want:
            problems.append(f"page {page} reads {out.split()[:6]}…, not {want[:6]}…")
    return problems


def fonts(sheet):
    status, out, said = run("pdffonts", sheet.pdf)
    lines = out.splitlines()[2:]
    problems = [] if status == 0 and not said else [f"pdffonts ends with {status}: {said.strip()}"]
    if not lines:
        problems.append("there is no font")
    for line in lines:
        embedded, subset, unicode = line.split()[-5:-2]
        if (embedded, subset, unicode) != ("yes", "yes", "yes"):
            problems.append(f"not embedded, no subset or without Unicode: {line}")
        if not re.match(r"[A-Z]{6}\+", line):
            problems.append(f"the name of a subset begins with six capitals and a plus: {line}")
    return problems


CHECKS = (("qpdf finds nothing wrong", soundness, "qpdf"),
          ("its pages are as many and as large as they ought to be", pages, "pdfinfo"),
          ("it asks to be printed in its own size", printing, "qpdf"),
          ("the manifest says where each code is", manifest, None),
          ("its text is the ids, in order", text, "pdftotext"),
          ("its fonts are embedded subsets that map to Unicode", fonts, "pdffonts"))


def main(tool):
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="smallpress-pdf-") as folder:
        for drawing in DRAWINGS:
            sheet = Sheet(tool, folder, drawing, COUNT, "--draw", drawing)
            for name, check, program in CHECKS:
                if program and not shutil.which(program):
                    tap.skip(f"{drawing}: {name}", f"{program} is not installed")
                else:
                    tap.point(f"{drawing}: {name}", check(sheet))
    tap.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
