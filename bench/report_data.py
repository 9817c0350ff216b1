"""The photos that bench/report measures with: found, or made from Debian's wallpaper packages.

p01.jpg to p20.jpg are of 12 megapixels and 3 MB each: EXIF orientations 6 and 8, one progressive
(p10), one CMYK (p11), one grey (p12). f12.* are one subject in every format, f48* and f100* of 48
and 100 megapixels. photo-mkdata.py of the shared peers makes them, or report_photos.py.
"""

import glob
import json
import os
import shutil
import subprocess

import programs
from programs import quietly, say

DEFAULT = os.path.join(programs.WORK, "photos")
WALLPAPERS = ("plasma-workspace-wallpapers", "mate-backgrounds", "lomiri-wallpapers-20.04")
NEEDED = ["python3-pil", "python3-numpy", "libheif-examples", "poppler-utils",
          "python3-reportlab", "python3-xlsxwriter"]
PHOTOS = [f"p{number:02}.jpg" for number in range(1, 21)]
PROGRESSIVE = "p10.jpg"
CMYK = "p11.jpg"

# What the peers print above their photos, and what the report has to print as well.
FIELDS = (("Report", "R-2026-0042"), ("Site", "12 Harbour Street"), ("Inspector", "A. Example"),
          ("Date", "2026-05-04"), ("Result", "Defects found"), ("Weather", "Dry, 14 C"))


def missing(folder):
    return [name for name in PHOTOS if not os.path.exists(os.path.join(folder, name))]


def make(folder, peers):
    """Makes the set; about five minutes and 1 GiB of disk while it works."""
    maker = os.path.join(peers, "photo-mkdata.py")
    if not os.path.exists(maker):
        maker = os.path.join(programs.HERE, "report_photos.py")
    source = os.path.join(folder, "source")
    os.makedirs(source, exist_ok=True)
    say(f"making the photos in {folder}; this takes some minutes.")
    for package in WALLPAPERS:
        if not glob.glob(os.path.join(source, package + "_*.deb")):
            subprocess.run(["apt-get", "-qq", "download", package], cwd=source, check=True)
        deb = glob.glob(os.path.join(source, package + "_*.deb"))[0]
        subprocess.run(["dpkg-deb", "-x", deb, source], check=True)
    subprocess.run([python(), maker, source, folder], check=True)
    lossless = os.path.join(folder, "f12q.png")
    if not quietly(["heif-enc", "-q", "60", lossless, "-o", os.path.join(folder, "f12.heic")])[0]:
        say("f12.heic is left out: it needs heif-enc (libheif-examples).")
    os.remove(lossless)
    shutil.rmtree(source)


def python():
    """Debian's Python, which has Debian's packages; another may come first in PATH."""
    return next((path for path in ("/usr/bin/python3",) if os.path.exists(path)), "python3")


def find(folder, peers, may_install):
    """The folder with the set, made if it is not there."""
    if may_install:
        programs.install(NEEDED)
    if missing(folder):
        make(folder, peers)
    still = missing(folder)
    if still:
        say(f"{folder} lacks {', '.join(still)}.")
        raise SystemExit(2)
    return os.path.abspath(folder)


# --- Submissions --------------------------------------------------------------------------------

def submission(**more):
    return {"title": "Inspection report", "number": FIELDS[0][1], "date": FIELDS[3][1],
            "fields": [{"label": label, "value": value} for label, value in FIELDS],
            "theme": {"photos": {"per_row": 2, "edge": 1200, "quality": 80, "numbers": False},
                      "header": {"text": "Photo inspection report"}}, **more}


def listed(paths):
    return [{"src": path, "caption": f"Photo {number}: caption of the photo"}
            for number, path in enumerate(paths, 1)]


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
    return path


def write_photos(path, paths):
    """A submission with its photos inside."""
    return write_json(path, submission(photos=listed(paths)))


def write_long_photos(path, paths, count):
    """A submission with `count` photos in a file beside it: the same ones again and again."""
    beside = os.path.splitext(path)[0] + ".photos.ndjson"
    with open(beside, "w", encoding="utf-8") as file:
        for photo in listed(paths[number % len(paths)] for number in range(count)):
            file.write(json.dumps(photo) + "\n")
    return write_json(path, submission(photos={"data": os.path.basename(beside)}))


def write_rows(path, count):
    """A submission with a table of ten columns in a file beside it, as photo-rows.py writes it."""
    beside = os.path.splitext(path)[0] + ".rows.csv"
    names = [f"c{number}" for number in range(10)]
    with open(beside, "w", encoding="utf-8") as file:
        file.write(",".join(names) + "\n")
        for row in range(count):
            numbers = ",".join(str(row * 1.5 + column) for column in range(5))
            texts = ",".join(f"row {row} col {column}" for column in range(5, 10))
            file.write(f"{numbers},{texts}\n")
    columns = [{"name": name, "type": "number" if number < 5 else "text"}
               for number, name in enumerate(names)]
    table = {"columns": columns, "rows": {"data": os.path.basename(beside)}}
    return write_json(path, submission(sections=[{"title": "Rows", "tables": [table]}]))
