#!/usr/bin/env python3
"""verify-codes: passes what is right, and finds every kind of thing that is wrong.

    check_verify.py SMALLPRESS READ_CELLS
"""
import csv
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from check_tap import Tap
from sheets import Sheet

COUNT = 75 # two full pages and a half
FIELDS = ["id", "payload", "page", "row", "column"]


class Bench:
    """A sheet, and verify-codes to be run on it with manifests that were tampered with."""

    def __init__(self, tap, tool, read_cells, folder):
        self.tap, self.read_cells, self.folder = tap, read_cells, folder
        self.sheet = Sheet(tool, folder, "sheet", COUNT)

    def verify(self, manifest, *options, pdf=None):
        done = subprocess.run([sys.executable, os.path.join(HERE, "verify_codes.py"),
                               pdf or self.sheet.pdf, manifest, "--read-cells", self.read_cells,
                               "--jobs", "2", "--dpi", "150", *options],
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout.splitlines() or [""], done.stderr

    def tampered(self, change, fields=None):
        rows = change([dict(row) for row in self.sheet.rows])
        path = os.path.join(self.folder, "tampered.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, fields or FIELDS, extrasaction="ignore")
            table.writeheader()
            table.writerows(rows)
        return path

    def expect(self, name, got, status, last, *words):
        """`last` is the last line, or None; every word must be said somewhere."""
        said = "\n".join(got[1]) + got[2]
        problems = [] if got[0] == status else [f"status {got[0]}, not {status}"]
        if last is not None and got[1][-1] != last:
            problems.append(f"the last line is not '{last}'")
        problems += [f"'{word}' is not said" for word in words if word not in said]
        self.tap.point(name, problems + [said] if problems else [])


def right(bench):
    bench.expect("a sheet as it was made", bench.verify(bench.sheet.manifest), 0,
                 "75 of 75 codes decode to their payload")
    bench.expect("with both readers", bench.verify(bench.sheet.manifest, "--reader", "both"), 0,
                 "75 of 75 codes decode to their payload")
    bench.expect("a range of pages", bench.verify(bench.sheet.manifest, "--pages", "2-3"), 0,
                 "45 of 45 codes decode to their payload")
    bench.expect("every second page", bench.verify(bench.sheet.manifest, "--every", "2"), 0,
                 "45 of 45 codes decode to their payload")


def wrong(bench):
    def payload(rows):
        rows[40]["payload"] += "0"
        return rows

    def swapped(rows):
        rows[0]["payload"], rows[1]["payload"] = rows[1]["payload"], rows[0]["payload"]
        return rows

    where = "page 2, row 3, column 1"
    bench.expect("a code with another payload", bench.verify(bench.tampered(payload)), 1,
                 "74 of 75 codes decode to their payload", where)
    bench.expect("which both readers see",
                 bench.verify(bench.tampered(payload), "--reader", "both"), 1,
                 "74 of 75 codes decode to their payload", where)
    bench.expect("and which is not looked at on other pages",
                 bench.verify(bench.tampered(payload), "--every", "2"), 0,
                 "45 of 45 codes decode to their payload")
    bench.expect("two codes in each other's place", bench.verify(bench.tampered(swapped)), 1,
                 "73 of 75 codes decode to their payload", "row 1, column 1", "row 1, column 2")
    bench.expect("a code that is not in the manifest",
                 bench.verify(bench.tampered(lambda rows: rows[:7] + rows[8:])), 1,
                 "74 of 74 codes decode to their payload", "page 1, row 2, column 3",
                 "the manifest has no code")

    def extra(**place):
        return lambda rows: rows + [{**rows[0], **place}]

    bench.expect("a code that is not on the page",
                 bench.verify(bench.tampered(extra(page=3, row=6, column=5))), 1,
                 "75 of 76 codes decode to their payload", "nothing read")
    bench.expect("a page that is not in the file",
                 bench.verify(bench.tampered(extra(page=4, row=1, column=1))), 1,
                 "75 of 76 codes decode to their payload", "the file has only 3 pages")
    every = bench.tampered(lambda rows: [{**row, "payload": "?"} for row in rows])
    bench.expect("every code wrong: not all are listed, all are counted", bench.verify(every), 1,
                 "0 of 75 codes decode to their payload", "and more")
    bench.expect("nothing to compare with", bench.verify(bench.tampered(lambda rows: [])), 1,
                 "0 of 0 codes decode to their payload")


    # A content stream with an operator that does not exist: the codes are there, the file is wrong.
    with open(bench.sheet.pdf, "rb") as file:
        content = file.read()
    spoilt = os.path.join(bench.folder, "spoilt.pdf")
    with open(spoilt, "wb") as file:
        file.write(content.replace(b"\nEI Q\n", b"\nEI K\n", 1))
    bench.expect("a page that the renderer complains about",
                 bench.verify(bench.sheet.manifest, "--pages", "1-1", pdf=spoilt), 1, None,
                 "pdftoppm says", "complained")
    bench.expect("and not about others",
                 bench.verify(bench.sheet.manifest, "--pages", "2-3", pdf=spoilt), 0,
                 "45 of 45 codes decode to their payload")


def unusable(bench):
    bench.expect("pages out of order", bench.verify(bench.tampered(lambda rows: rows[::-1])), 3,
                 None, "in order")
    no_payload = bench.tampered(lambda rows: rows, ["id", "page", "row", "column"])
    bench.expect("no column for the payload", bench.verify(no_payload), 3, None,
                 "no column 'payload'")
    no_number = bench.tampered(lambda rows: [{**rows[0], "page": "one"}])
    bench.expect("a page that is no number", bench.verify(no_number), 3, None, "line 2")
    bench.expect("no such manifest", bench.verify(os.path.join(bench.folder, "none.csv")), 5, None)
    bench.expect("no such file", bench.verify(bench.sheet.manifest, pdf="/nonexistent.pdf"), 5,
                 None, "/nonexistent.pdf")
    bench.expect("pages beyond the end", bench.verify(bench.sheet.manifest, "--pages", "2-4"), 2,
                 None, "has 3 pages")
    for words in (["--pages", "3-2"], ["--every", "0"], ["--margin", "10"], ["--reader", "me"]):
        bench.expect(f"usage: {' '.join(words)}", bench.verify(bench.sheet.manifest, *words), 2,
                     None, "usage")


def main(tool, read_cells):
    tap = Tap()
    if not shutil.which("pdftoppm"):
        tap.skip("verify-codes", "pdftoppm is not installed")
        tap.end()
    with tempfile.TemporaryDirectory(prefix="smallpress-verify-") as folder:
        bench = Bench(tap, tool, read_cells, folder)
        for part in (right, wrong, unusable):
            part(bench)
    tap.end()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
