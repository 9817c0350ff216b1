#!/usr/bin/env python3
"""Photos of every kind in a report: check_photos.py SMALLPRESS

The test photos of photos.py go through the tool. What stands in the PDF and in the workbook is
taken out again and held against what must be seen: sizes, and which colours are where. The eight
orientations are also looked at as rendered pages. Metadata must be nowhere.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "cli")]

import pillow

if __name__ == "__main__":
    pillow.need(tap=True)

from PIL import Image

import photos
import tool as cli
from tool import Skip, point, read

EDGE = 1200
FAR = 26      # how far a colour may be off: JPEG, and a conversion of CMYK
ORIENTED = [f"{size}orientation-{number}.jpg" for size in ("", "small-")
            for number in photos.STORED]
MADE = {}     # what every point looks at, made once


def made(tool, folder):
    """The folder with everything: photos, expectations, and the report of them."""
    if not MADE:
        place = os.path.join(os.path.dirname(folder), os.path.basename(folder) + "-photos")
        MADE["folder"] = place
        MADE["expected"] = photos.make(place)
        MADE["result"] = report(tool, place, "photos.json", "out")
    return MADE["folder"], MADE["expected"], MADE["result"]


def report(tool, folder, submission, name):
    return tool.run("report", submission, "-o", name + ".pdf", "--xlsx", name + ".xlsx", "--force",
                    "--progress", "none", "--quiet", cwd=folder)


def run(*command):
    try:
        return subprocess.run(command, check=True, capture_output=True).stdout
    except OSError:
        raise Skip(f"{command[0]} is missing") from None


def wrong_colours(name, image, colours):
    image = image.convert("RGB")
    for x, y, due in colours:
        found = image.getpixel((x * image.width // 1000, y * image.height // 1000))
        if max(abs(a - b) for a, b in zip(found, due)) > FAR:
            return [f"{name}: {found} at {x / 10} % of the width and {y / 10} % of the height, "
                    f"and {tuple(due)} is due"]
    return []


def due_size(one):
    longer = max(one["width"], one["height"])
    if longer <= EDGE:
        return one["width"], one["height"]
    return tuple(max(1, round(side * EDGE / longer)) for side in (one["width"], one["height"]))


def wrong_image(one, image):
    """What differs from what is due; a side may be a pixel off, as it is rounded."""
    due = due_size(one)
    if any(abs(a - b) > 1 for a, b in zip(image.size, due)):
        return [f"{one['src']}: {image.size[0]} x {image.size[1]} pixels, and {due[0]} x {due[1]} "
                "are due"]
    return wrong_colours(one["src"], image, one["colours"])


def compare(expected, files):
    if len(files) != len(expected):
        return [f"{len(files)} pictures, and {len(expected)} are due"]
    problems = []
    for one, path in zip(expected, files):
        with Image.open(path) as image:
            problems += wrong_image(one, image)
    return problems


@point("every photo is taken")
def taken(tool, folder):
    _, _, result = made(tool, folder)
    return result.expect(0)


@point("the PDF shows each upright, in its size and colours")
def in_document(tool, folder):
    place, expected, _ = made(tool, folder)
    run("pdfimages", "-png", os.path.join(place, "out.pdf"), os.path.join(folder, "i"))
    return compare(expected, [os.path.join(folder, name) for name in sorted(os.listdir(folder))])


def pictures(book):
    """The names of a workbook's pictures, in the order of their places."""
    found = []
    drawings = [name for name in book.namelist() if re.match(r"xl/drawings/drawing\d+\.xml$", name)]
    for drawing in sorted(drawings, key=lambda name: int(re.search(r"\d+", name).group())):
        folder, name = os.path.split(drawing)
        links = book.read(f"{folder}/_rels/{name}.rels").decode("utf-8")
        targets = {}
        for link in re.findall(r"<Relationship [^>]*>", links):
            words = dict(re.findall(r'(\w+)="([^"]*)"', link))
            targets[words["Id"]] = words["Target"].replace("../", "xl/")
        found += [targets[number] for number in
                  re.findall(r'r:embed="([^"]*)"', book.read(drawing).decode("utf-8"))]
    return found


@point("the workbook shows each upright, in its size and colours")
def in_workbook(tool, folder):
    place, expected, _ = made(tool, folder)
    files = []
    with zipfile.ZipFile(os.path.join(place, "out.xlsx")) as book:
        for number, name in enumerate(pictures(book)):
            files.append(os.path.join(folder, str(number)))
            with open(files[-1], "wb") as file:
                file.write(book.read(name))
    return compare(expected, files)


def turned(path):
    """What is wrong with the places of the four corners on a page, and with their box."""
    with Image.open(path) as page:
        page = page.convert("RGB")
        width, found = page.width, {}
        for place, pixel in enumerate(page.getdata()):
            for _, _, colour in photos.CORNERS:
                if max(abs(a - b) for a, b in zip(pixel, colour)) < FAR:
                    found.setdefault(colour, []).append((place % width, place // width))
    if len(found) != 4:
        return [f"only {len(found)} of the four corners are on the page"]
    red, green, blue, yellow = ([sum(axis) / len(points) for axis in zip(*points)]
                                for points in (found[colour] for _, _, colour in photos.CORNERS))
    right = red[0] < green[0] and blue[0] < yellow[0]
    down = red[1] < blue[1] and green[1] < yellow[1]
    level = abs(red[1] - green[1]) < 3 and abs(red[0] - blue[0]) < 3
    ratio = (green[0] - red[0]) / max(1, blue[1] - red[1])
    if right and down and level and abs(ratio - 4 / 3) < 0.03:
        return []
    return [f"red at {red}, green at {green}, blue at {blue}, yellow at {yellow}"]


@point("all eight orientations stand upright on the rendered page")
def on_page(tool, folder):
    place, _, _ = made(tool, folder)
    if not shutil.which("pdftoppm"):
        raise Skip("pdftoppm is missing")
    problems = []
    for name in ORIENTED:
        submission = {"title": name, "photos": [{"src": name}],
                      "theme": {"photos": {"per_row": 1}}}
        with open(os.path.join(place, "one.json"), "w", encoding="utf-8") as file:
            json.dump(submission, file)
        problems += report(tool, place, "one.json", "one").expect(0)
        page = os.path.join(folder, name)
        run("pdftoppm", "-r", "40", "-f", "1", "-singlefile", "-png",
            os.path.join(place, "one.pdf"), page)
        problems += [f"{name}: {problem}" for problem in turned(page + ".png")]
    return problems


def forms(word):
    return word.encode(), word.encode("utf-16-be"), word.encode("utf-16-le")


@point("no metadata is in the PDF or the workbook")
def without_metadata(tool, folder):
    place, expected, _ = made(tool, folder)
    run("pdfimages", "-all", os.path.join(place, "out.pdf"), os.path.join(folder, "i"))
    parts = {name: read(folder, name) for name in os.listdir(folder)}
    parts["the PDF"] = read(place, "out.pdf")
    with zipfile.ZipFile(os.path.join(place, "out.xlsx")) as book:
        parts.update({name: book.read(name) for name in book.namelist()})
    sources = b"".join(read(place, one["src"]) for one in expected)
    problems = [f"{word} is in no photo, so nothing is tested" for word in photos.SECRETS
                if not any(form in sources for form in forms(word))]
    return problems + [f"{word} is in {name}" for name, data in parts.items()
                       for word in photos.SECRETS for form in forms(word) if form in data]


@point("the same bytes on one thread and on three")
def same(tool, folder):
    place, _, _ = made(tool, folder)
    problems = []
    for threads in ("1", "3"):
        out = os.path.join(folder, threads)
        problems += tool.run("report", "photos.json", "-o", out + ".pdf", "--xlsx", out + ".xlsx",
                             "--threads", threads, "--memory", "256M", "--quiet", "--progress",
                             "none", cwd=place).expect(0)
    return problems or [problem for ending in (".pdf", ".xlsx") for problem in
                        cli.differ(os.path.join(folder, "1") + ending,
                                   os.path.join(folder, "3") + ending)]


if __name__ == "__main__":
    try:
        cli.main(__doc__)
    finally:
        if MADE:
            shutil.rmtree(MADE["folder"])
