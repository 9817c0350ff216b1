#!/usr/bin/env python3
"""The measuring of appearance, tried on pictures with known faults."""
import os
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

from check_tap import Tap
from measure import Code, Picture, Scale, find_codes, measure
from render import grey_tiff
from synthetic import SIZE, SYMBOL, Canvas, neighbours

MODULE = 10          # pixels
LEFT, TOP = 45, 52   # of the code on a canvas of 300 x 310
ONE = Scale(1, 1)    # micrometres are pixels here


def code(left=LEFT, top=TOP, module=MODULE):
    return Code(left, top, module, SYMBOL)


def canvas(module=MODULE, grow=0):
    page = Canvas(300, 310)
    page.paint(LEFT, TOP, module, grow=grow)
    return page


def figures(page, where=None):
    picture = Picture(page.width, page.height, bytes(page.grey))
    return measure(picture, [where or code()], ONE)


def unlike(figure, **wanted):
    """A sentence for each figure that is not as wanted; a pair is a range."""
    problems = []
    for name, want in wanted.items():
        low, high = want if isinstance(want, tuple) else (want, want)
        value = getattr(figure, name)
        if not low <= value <= high:
            problems.append(f"{name} is {value}, not {want}; all: {figure}")
    return problems


NOTHING = (-1e-9, 1e-9)
PERFECT = {"grey": 0, "seams": 0, "wrong": 0, "stretch_worst": NOTHING, "error_worst": NOTHING,
           "growth": NOTHING}


def perfect(tap):
    found = figures(canvas())
    lines = SYMBOL + [list(column) for column in zip(*SYMBOL)]
    runs = sum(b and not a for line in lines for a, b in zip([False] + line, line))
    tap.point("a perfect code has no faults", unlike(found, **PERFECT))
    tap.point("every module is looked at, and none twice",
              unlike(found, modules=SIZE * SIZE, pixels=(SIZE * MODULE) ** 2))
    tap.point("every run of dark modules and every edge in it is looked at",
              unlike(found, dark_runs=runs, edges=sum(map(sum, lines)) - runs))


def place(tap):
    tap.point("a code half a module from where it ought to be is found",
              unlike(figures(canvas(), code(LEFT + 4.6, TOP - 4.4)), **PERFECT))
    try:
        figures(Canvas(300, 310))
        tap.point("a missing code is noticed", ["it was measured"])
    except ValueError:
        tap.point("a missing code is noticed", [])


def growth(tap):
    tap.point("a code too large is stretched and has not grown",
              unlike(figures(canvas(), code(module=9.9)),
                     **dict(PERFECT, stretch_worst=(2.1 - 1e-6, 2.1 + 1e-6))))
    for grow in (1, 2):
        found = figures(canvas(grow=grow))
        tap.point(f"dark runs {grow} px too wide are seen",
                  unlike(found, growth=(grow - 1e-6, grow + 1e-6),
                         error_worst=(grow - 1e-6, grow + 1e-6), stretch_worst=NOTHING))
    found = figures(canvas(module=6.4), code(module=6.4))
    tap.point("modules of a fraction of a pixel are wide by turns, without growth",
              unlike(found, growth=(-0.1, 0.1), width_mean=(0.2, 0.6), error_worst=(0.5, 1.2),
                     seams=0, wrong=0, grey=0))


def smooth_edges(tap):
    page = canvas()
    sharp = bytes(page.grey)
    for i in range(1, len(sharp)):
        page.grey[i] = (sharp[i] + sharp[i - 1]) // 2 # half a pixel to the right
    found = figures(page)
    tap.point("an edge inside a grey pixel is where its grey says",
              unlike(found, growth=(-0.01, 0.01), error_worst=(0, 0.02), seams=0, wrong=0))
    edges = sum(a != b for row in SYMBOL for a, b in zip([False] + row, row + [False]))
    # The grey of the last edge of a row lies outside the code: it is half a pixel further right.
    tap.point("grey pixels are counted one by one",
              unlike(found, grey=(MODULE * (edges - SIZE), MODULE * edges)))


def seams(tap):
    for light, name in ((255, "white"), (40, "faint")):
        page = canvas()
        for column, row in neighbours():
            for y in range(MODULE):
                page.set(LEFT + (column + 1) * MODULE, TOP + row * MODULE + y, light)
        tap.point(f"{name} seams are counted one by one",
                  unlike(figures(page), seams=len(neighbours())))
    page = canvas()
    for x in range(SIZE * MODULE):
        page.set(LEFT + x, TOP + 2 * MODULE, 255)
    across = sum(a and b for a, b in zip(SYMBOL[1], SYMBOL[2]))
    tap.point("seams between rows are seen too", unlike(figures(page), seams=across))


def wrong_modules(tap):
    page = canvas()
    for x, y in ((10, 11), (11, 7), (8, 8)):
        for i in range(MODULE * MODULE):
            at = (LEFT + x * MODULE + i % MODULE, TOP + y * MODULE + i // MODULE)
            page.set(*at, 0 if not SYMBOL[y][x] else 255)
    tap.point("modules of the wrong colour are counted", unlike(figures(page), wrong=3))


def finding(tap):
    module, width = 25.5, 1400
    page = Canvas(width, 700)
    places = [(104, 110), (750, 93)]
    for left, top in places:
        page.paint(left, top, module)
    for x in range(300):
        page.set(120 + x, 690, 0) # something printed below the code
    picture = Picture(page.width, page.height, bytes(page.grey))
    boxes = [(0, 0, 7000, 7000), (7000, 0, 14000, 7000), (13200, 0, 14000, 7000)]
    first, second, none = find_codes(picture, boxes, 10)
    problems = ["found something where nothing is"] if none is not None else []
    for (left, top), found in zip(places, (first, second)):
        if found is None or found.rows != SYMBOL:
            problems.append("the modules are not those painted")
        elif max(abs(found.x_um - left * 10), abs(found.y_um - top * 10)) > 10 \
                or abs(found.module_um - module * 10) > 0.4:
            problems.append(f"found at {found[:3]}")
    tap.point("codes are found, with their modules, to a pixel", problems)


def tiff(order, pixels, width, height):
    rows = [(256, 3, 1, width), (257, 3, 1, height), (258, 3, 1, 8), (259, 3, 1, 1),
            (262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (279, 4, 1, len(pixels))]
    mark = b"II*\0" if order == "<" else b"MM\0*"
    start = 8 + len(pixels)
    table = b"".join(struct.pack(order + ("HHIHxx" if kind == 3 else "HHII"), tag, kind, n, value)
                     for tag, kind, n, value in rows)
    head = mark + struct.pack(order + "I", start)
    return head + pixels + struct.pack(order + "H", len(rows)) + table


def conversion(tap):
    pixels = bytes(range(12))
    tap.point("the TIFF of a renderer becomes the same pixels",
              [f"{order} differs" for order in "<>"
               if grey_tiff(tiff(order, pixels, 4, 3)) != (4, 3, pixels)])


def main():
    tap = Tap()
    for part in (perfect, place, growth, smooth_edges, seams, wrong_modules, finding, conversion):
        part(tap)
    tap.end()


main()
