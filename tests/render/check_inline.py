#!/usr/bin/env python3
"""Images in page content whose data contains the letters that end them.

    check_inline.py SMALLPRESS READ_CELLS

An inline image ends with EI, and parsers differ in where they take these letters for the end: some
only between white space, some anywhere behind the last pixel, as in the checksum of the data. The
payloads below give such data; every engine must draw their codes, and be silent about it.
"""
import os
import re
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from check_tap import Tap
from render import RENDERERS, Page, missing, render, said_by
from sheets import Sheet, unread

DPI = 150

PAYLOADS = {
    "sharp": {
        "in the checksum": ["2BTNX8XXF4", "6XJSVQ191S", "BPS4P93FXZ", "C2GMA70DWB", "DF46QQ4V6J",
                            "KM4474QX6Y", "PMDMACYJQP", "SZPH63N6QS", "TTK0T6YCRC"],
        "before the checksum": ["08A5CHY4XH", "1JBC4TVR64", "2S2198Y5N8"],
        "before white space": ["0D31ZJF888", "0YC144WZMK", "1JZWSCHTKC", "206YCMES8J"],
    },
    "small": {
        "anywhere": ["0021SCY88T", "0028GY90FB", "004YR1A8KP", "008060FCBD"],
        "before white space": ["00TA75ZBD9", "00V1V91NA5", "016P20YGKV", "01BYD2PDGC"],
    },
}

# What must be in the data for a payload to be of its kind.
KINDS = {
    "in the checksum": re.compile(rb"EI.{0,2}\Z", re.S),
    "before the checksum": re.compile(rb"EI.{5,9}\Z", re.S),
    "before white space": re.compile(rb"EI[\0-\x20]"),
    "anywhere": re.compile(rb"EI"),
}

IMAGE = re.compile(rb"BI/W \d+/H \d+/IM true(?P<filter>/F\[?[A-Za-z/]*\]?)? ID ")


def images(path):
    """The data of the inline images of a file, in order."""
    with open(path, "rb") as file:
        content = file.read()
    found = []
    for start in IMAGE.finditer(content):
        data = content[start.end():content.index(b"\nEI Q", start.end())]
        if start["filter"] and b"AHx" in start["filter"]:
            data = bytes.fromhex(data.rstrip(b">").decode("ascii"))
        found.append(data)
    return found


def still_dangerous(sheet, drawing):
    """Sentences about payloads that are not what they are here for, and so prove nothing."""
    data = images(sheet.pdf)
    kinds = [kind for kind, payloads in PAYLOADS[drawing].items() for _ in payloads]
    if len(data) != len(kinds):
        return [f"{len(data)} inline images, and {len(kinds)} codes"]
    return [f"{row['payload']} does not have EI {kind}: find another payload"
            for kind, image, row in zip(kinds, data, sheet.rows) if not KINDS[kind].search(image)]


def look(renderer, sheet, folder, read_cells):
    page = Page(sheet.pdf, 1, DPI, os.path.join(folder, "page.pgm"))
    problems = said_by(render(renderer, [page]))
    if os.path.exists(page.out):
        problems += unread(page.out, sheet, read_cells)
        os.remove(page.out)
    return problems


def main(tool, read_cells):
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="smallpress-inline-") as folder:
        for drawing, kinds in PAYLOADS.items():
            payloads = [payload for kind in kinds.values() for payload in kind]
            sheet = Sheet(tool, folder, drawing, payloads, "--draw", drawing)
            tap.point(f"{drawing}: the data contains the letters",
                      still_dangerous(sheet, drawing))
            for renderer in RENDERERS:
                if missing(renderer):
                    tap.skip(f"{drawing} in {renderer}", missing(renderer))
                else:
                    tap.point(f"{drawing} in {renderer}",
                              look(renderer, sheet, folder, read_cells))
    tap.end()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
