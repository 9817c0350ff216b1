#!/usr/bin/env python3
"""Reads every code of a PDF back and compares it with the manifest.

    script/verify-codes FILE.pdf MANIFEST.csv [options]

    --grid CxR          columns and rows of a page (5x6)
    --margin LENGTH     of the page, or four of them: TOP,RIGHT,BOTTOM,LEFT (10mm)
    --gap LENGTH        between cells, or two of them: COLUMNS,ROWS (2mm)
    --pages A-B         only these pages
    --every K           only every Kth page, from the first of them on
    --dpi N             how finely pages are rendered (200)
    --reader NAME       zxing, zbar or both (zxing)
    --jobs N            pages in hand at once (one for each processor)
    --read-cells FILE   the program that reads cells; script/verify-codes finds it

Pages are rendered by poppler and read by ZXing-C++ or ZBar: neither is ours. The manifest is the
one that smallpress writes: a CSV with the columns payload, page, row and column, page after page.
Memory does not depend on how many there are. Whatever poppler says about the file counts as wrong
too. The last line says how many codes were right; exit status 0: all of them, 1: not all, or
poppler complained, 2: usage, 3: bad manifest, 5: a program failed.
"""
import argparse
import collections
import concurrent.futures
import csv
import itertools
import os
import re
import subprocess
import sys
import tempfile
import time

MISSES_SHOWN = 20
COMPLAINT_BYTES = 4096 # kept of what the renderer says about one range of pages
CHUNK_PAGES = 24
UM = {"mm": 1000.0, "cm": 10000.0, "in": 25400.0, "pt": 25400.0 / 72}
ESCAPE = re.compile(r"\\(x[0-9A-F]{2}|.)")

Expected = collections.namedtuple("Expected", "page row column payload id")


class Failure(Exception):
    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status = status


def length_um(text):
    found = re.fullmatch(r"([0-9.]+)(mm|cm|in|pt)", text.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"'{text}' is not a length with a unit, such as 10mm")
    return round(float(found[1]) * UM[found[2]])


def lengths(count):
    def parse(text):
        values = [length_um(part) for part in text.split(",")]
        if len(values) == 1:
            values *= count
        if len(values) != count:
            raise argparse.ArgumentTypeError(f"'{text}' should be one length or {count}")
        return values
    return parse


def at_least_one(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 on")
    return int(text)


def page_range(text):
    found = re.fullmatch(r"([0-9]+)-([0-9]+)", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise argparse.ArgumentTypeError(f"'{text}' is not a range of pages, such as 1-100")
    return int(found[1]), int(found[2])


def arguments(words):
    parser = argparse.ArgumentParser(prog="verify-codes", add_help=False, allow_abbrev=False,
                                     usage="verify-codes FILE.pdf MANIFEST.csv [options]; --help")
    parser.add_argument("pdf")
    parser.add_argument("manifest")
    parser.add_argument("--grid", default="5x6")
    parser.add_argument("--margin", type=lengths(4), default=lengths(4)("10mm"))
    parser.add_argument("--gap", type=lengths(2), default=lengths(2)("2mm"))
    parser.add_argument("--pages", type=page_range)
    parser.add_argument("--every", type=at_least_one, default=1)
    parser.add_argument("--dpi", type=at_least_one, default=200)
    parser.add_argument("--reader", choices=["zxing", "zbar", "both"], default="zxing")
    parser.add_argument("--jobs", type=at_least_one, default=os.cpu_count() or 1)
    parser.add_argument("--read-cells", required=True)
    return parser.parse_args(words)


def pdf_pages(path):
    """Number of pages and size of the first in micrometres."""
    try:
        said = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise Failure(5, "pdfinfo is not installed (Debian: poppler-utils)") from None
    count = re.search(r"^Pages: +([0-9]+)", said.stdout, re.M)
    size = re.search(r"^Page size: +([0-9.]+) x ([0-9.]+) pts", said.stdout, re.M)
    if said.returncode != 0 or not count or not size:
        raise Failure(5, f"pdfinfo cannot read {path}: {said.stderr.strip()}")
    return int(count[1]), [round(float(points) * UM["pt"]) for points in size.groups()]


def chunks(first, last, every):
    """Ranges of pages that one pass of the renderer takes."""
    step = every if every > 1 else CHUNK_PAGES
    for start in range(first, last + 1, step):
        yield start, start if every > 1 else min(start + step - 1, last)


def plain(text):
    """A text of read_cells without its escapes; None for "nothing was read"."""
    short = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}
    if text == "\\N":
        return None
    return ESCAPE.sub(lambda m: short.get(m[1]) or (chr(int(m[1][1:], 16)) if m[1][0] == "x"
                                                    else m[0]), text)


def read_pages(asked, page_um, first, last):
    """What a range of pages holds: {(page, row, column): texts} of the cells in which something was
    read, and the lines that the renderer said.
    """
    render = ["pdftoppm", "-gray", "-r", str(asked.dpi), "-f", str(first), "-l", str(last),
              asked.pdf]
    read = [asked.read_cells, "--page", "{}x{}".format(*page_um), "--grid", asked.grid,
            "--margins", ",".join(map(str, asked.margin)), "--gaps", ",".join(map(str, asked.gap)),
            "--reader", asked.reader, "--first-page", str(first)]
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(render, stdout=subprocess.PIPE, stderr=errors) as renderer:
            with subprocess.Popen(read, stdin=renderer.stdout, stdout=subprocess.PIPE) as reader:
                renderer.stdout.close()
                said = reader.stdout.read().decode("utf-8", "surrogateescape")
        errors.seek(0)
        complaints = errors.read(COMPLAINT_BYTES).decode("utf-8", "replace").splitlines()
    if renderer.returncode != 0 or reader.returncode != 0:
        raise Failure(5, f"pages {first} to {last} could not be rendered and read: pdftoppm ended "
                         f"with {renderer.returncode}, read_cells with {reader.returncode}"
                         + "".join(f"\n  {line}" for line in complaints))
    cells = {}
    pages = set()
    for line in said.splitlines():
        page, row, column, *texts = line.split("\t")
        pages.add(int(page))
        texts = [plain(text) for text in texts]
        if any(text is not None for text in texts):
            cells[int(page), int(row), int(column)] = texts
    if len(pages) != last - first + 1:
        raise Failure(5, f"pdftoppm gave {len(pages)} of the pages {first} to {last}")
    return cells, complaints


def in_order(asked, page_um, ranges):
    """The cells of all ranges, in their order, a bounded number of them in hand."""
    with concurrent.futures.ThreadPoolExecutor(asked.jobs) as pool:
        waiting = collections.deque()
        try:
            for first, last in ranges:
                waiting.append((first, last, pool.submit(read_pages, asked, page_um, first, last)))
                if len(waiting) > asked.jobs:
                    first, last, future = waiting.popleft()
                    yield first, last, future.result()
            for first, last, future in waiting:
                yield first, last, future.result()
        finally:
            for _, _, future in waiting:
                future.cancel()


def manifest_rows(path):
    page_before = 0
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as lines:
        rows = csv.DictReader(lines)
        for name in ("payload", "page", "row", "column"):
            if name not in (rows.fieldnames or []):
                raise Failure(3, f"{path} has no column '{name}'")
        for row in rows:
            try:
                page, line, column = (int(row[name]) for name in ("page", "row", "column"))
            except (TypeError, ValueError):
                raise Failure(3, f"{path}, line {rows.line_num}: page, row and column are not "
                                 "numbers") from None
            if page < page_before:
                raise Failure(3, f"{path}, line {rows.line_num}: page {page} comes after page "
                                 f"{page_before}, and pages should be in order")
            page_before = page
            yield Expected(page, line, column, row["payload"], row.get("id", ""))


class Count:
    def __init__(self, pages):
        self.right = self.expected = self.misses = self.complaints = self.pages_done = 0
        self.pages = pages
        self.start = self.told = time.monotonic()

    def miss(self, page, row, column, what):
        self.misses += 1
        if self.misses <= MISSES_SHOWN:
            print(f"page {page}, row {row}, column {column}: {what}")
        elif self.misses == MISSES_SHOWN + 1:
            print("and more, which are counted but not shown")

    def complain(self, first, last, line):
        self.complaints += 1
        if self.complaints <= MISSES_SHOWN:
            print(f"pages {first} to {last}: pdftoppm says: {line}")

    def progress(self):
        now = time.monotonic()
        tty = sys.stderr.isatty()
        if now - self.told < (0.2 if tty else 10) and self.pages_done < self.pages:
            return
        self.told = now
        rate = self.expected / max(now - self.start, 0.001)
        print(f"{chr(13) if tty else ''}{self.pages_done:,} of {self.pages:,} pages, "
              f"{self.right:,} of {self.expected:,} codes right, {rate:,.0f} codes a second",
              end="  " if tty and self.pages_done < self.pages else "\n",
              file=sys.stderr, flush=True)


def compare(count, rows, cells):
    """Checks the rows of a range of pages; what was read and is not in them is a miss too."""
    for want in rows:
        count.expected += 1
        texts = cells.pop((want.page, want.row, want.column), [None])
        if all(text == want.payload for text in texts):
            count.right += 1
            continue
        read = " and ".join("nothing" if text is None else repr(text) for text in texts)
        count.miss(want.page, want.row, want.column,
                   f"{read} read where {want.payload!r} should be")
    for (page, row, column), texts in sorted(cells.items()):
        count.miss(page, row, column, f"{texts[0]!r} read where the manifest has no code")


def verify(asked):
    pages, page_um = pdf_pages(asked.pdf)
    first, last = asked.pages or (1, pages)
    if last > pages:
        raise Failure(2, f"{asked.pdf} has {pages} pages, and --pages asks for page {last}")
    count = Count(len(range(first, last + 1, asked.every)))
    rows = manifest_rows(asked.manifest)
    row = next(rows, None)
    ranges = chunks(first, last, asked.every)
    for start, end, (cells, complaints) in in_order(asked, page_um, ranges):
        while row is not None and row.page < start:
            row = next(rows, None)
        here = []
        while row is not None and row.page <= end:
            here.append(row)
            row = next(rows, None)
        compare(count, here, cells)
        for line in complaints:
            count.complain(start, end, line)
        count.pages_done += end - start + 1
        count.progress()
    if asked.pages is None:
        for row in itertools.chain([row] if row is not None else [], rows):
            if row.page > pages:
                count.expected += 1
                count.miss(row.page, row.row, row.column, f"the file has only {pages} pages")
    return count


def main(words):
    if "--help" in words:
        print(__doc__.strip())
        return 0
    asked = arguments(words)
    try:
        count = verify(asked)
    except Failure as failure:
        print(f"verify-codes: {failure}", file=sys.stderr)
        return failure.status
    except OSError as error:
        print(f"verify-codes: {error}", file=sys.stderr)
        return 5
    but = f", but pdftoppm complained {count.complaints:,} times" if count.complaints else ""
    print(f"{count.right:,} of {count.expected:,} codes decode to their payload{but}")
    return 1 if count.misses or count.complaints or count.expected == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
