#!/usr/bin/env python3
"""Photos that mean harm in a report: check_hostile.py SMALLPRESS

The set of hostile.py, and the server of hostile_server.py, go through the tool: what is no good
photo is refused and named with the reason, what is one is shown whatever it carries, the report is
made in any case, and nothing of the machine is in it.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "cli")]

import pillow

if __name__ == "__main__":
    pillow.need(tap=True)

import hostile
import hostile_server
import tool as cli
from tool import point, read

AT_ONCE = 8          # sources of one report, so that each is named on standard error
WHOLE_S = 300        # for all of them in one report
LEAKED = (b"root:x:0", b"root:*:0", hostile.SECRET)
MADE = {}


def made(folder):
    if not MADE:
        MADE["folder"] = os.path.join(os.path.dirname(folder),
                                      os.path.basename(folder) + "-hostile")
        MADE["expected"] = hostile.make(MADE["folder"])
    return MADE["folder"], MADE["expected"]


def report(tool, place, sources, *more):
    """A report of some sources with a good photo before and behind them."""
    listed = ["good.jpg", *sources, "good.jpg"]
    with open(os.path.join(place, "some.json"), "w", encoding="utf-8") as file:
        json.dump({"title": "Some", "photos": [{"src": source} for source in listed]}, file)
    return tool.run("report", "some.json", "-o", "some.pdf", "--xlsx", "some.xlsx", "--force",
                    "--progress", "none", "--photo-time", "60", *more, cwd=place)


def named(source):
    """As it is named in messages: an address without its user and word, a long name cut."""
    return source.rpartition("@")[2].partition("?")[0][:60]


def not_refused(result, sources):
    """Sources without a sentence of their own: `source: why`."""
    lines = result.err.splitlines()
    problems = []
    for source in sources:
        told = [line for line in lines if named(source) in line]
        if not told or len(told[0]) < len(named(source)) + 10:
            problems.append(f"{source} is not told: {result.err[-1500:]}")
    return problems


def leaks(place):
    data = {"some.pdf": read(place, "some.pdf")}
    with zipfile.ZipFile(os.path.join(place, "some.xlsx")) as book:
        data.update({name: book.read(name) for name in book.namelist()})
    return [f"{secret} is in {name}" for name, part in data.items() for secret in LEAKED
            if secret in part]


def whole(place, name):
    if not shutil.which("qpdf"):
        return []
    done = subprocess.run(["qpdf", "--check", os.path.join(place, name)], check=False,
                          capture_output=True, text=True)
    return [] if done.returncode == 0 else [f"qpdf: {done.stdout[-500:]} {done.stderr[-500:]}"]


def of(expected, verdict):
    found = [source for source, due in expected.items() if due == verdict]
    return [found[first:first + AT_ONCE] for first in range(0, len(found), AT_ONCE)]


@point("each that is no good photo is refused and named")
def refused(tool, folder):
    place, expected = made(folder)
    problems = []
    for sources in of(expected, hostile.REFUSED):
        result = report(tool, place, sources)
        problems += result.expect(1) + not_refused(result, sources) + leaks(place)
        problems += whole(place, "some.pdf")
        problems += [f"{sources}: a crash: {result.err[-1500:]}"] if "signal" in result.err else []
    return problems


@point("each that is a good photo is shown, whatever it carries")
def shown(tool, folder):
    place, expected = made(folder)
    problems = []
    for sources in of(expected, hostile.SHOWN):
        problems += report(tool, place, sources).expect(0) + leaks(place)
    return problems


@point("the report is made with those that may be either")
def either(tool, folder):
    place, expected = made(folder)
    problems = []
    for sources in of(expected, hostile.EITHER):
        result = report(tool, place, sources)
        problems += [] if result.status in (0, 1) else result.expect(1)
        problems += leaks(place) + whole(place, "some.pdf")
    return problems


@point("all of them in one report, in 64 MiB")
def together(tool, folder):
    place, expected = made(folder)
    began = time.monotonic()
    try:
        result = tool.run("report", "hostile.json", "-o", "some.pdf", "--xlsx", "some.xlsx",
                          "--force", "--progress", "none", "--memory", "64M", cwd=place)
    except subprocess.TimeoutExpired:
        return ["it had not ended after minutes"]
    took = time.monotonic() - began
    problems = result.expect(1) + leaks(place) + whole(place, "some.pdf")
    if took > WHOLE_S * tool.patience:
        problems.append(f"it took {took:.0f} s")
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", os.path.join(place, "some.pdf"), "-"], check=True,
                              capture_output=True).stdout.decode("utf-8", "replace")
        text = "".join(text.split())
        problems += [f"{source} is not in the report's list" for source, due in expected.items()
                     if due == hostile.REFUSED and len(source) < 40
                     and "".join(named(source).split()) not in text]
    return problems


def served(tool, folder, *more):
    """Every path of the server in reports; {path: whether it was shown}, and problems."""
    place, _ = made(folder)
    found, problems = {}, []
    with hostile_server.Server(seconds=600) as server:
        paths = list(hostile_server.EXPECTED)
        for first in range(0, len(paths), AT_ONCE):
            some = paths[first:first + AT_ONCE]
            result = report(tool, place, [server.base + path for path in some], "--fetch-time",
                            "15", "--photo-size", "20M", *more)
            problems += [] if result.status in (0, 1) else result.expect(1)
            problems += leaks(place)
            found.update({path: server.base + path not in result.err for path in some})
        asked = sum(server.counts.values())
    return found, asked, problems


@point("a server that lies is believed no word, and its good photos are shown")
def lying(tool, folder):
    found, _, problems = served(tool, folder, "--allow-host", "127.0.0.1")
    for path, due in hostile_server.EXPECTED.items():
        if due != hostile.EITHER and found[path] != (due == hostile.SHOWN):
            problems.append(f"{path} is {'shown' if found[path] else 'refused'}")
    return problems


@point("a server inside is not even asked unless it is allowed")
def inside(tool, folder):
    found, asked, problems = served(tool, folder)
    if asked:
        problems.append(f"it was asked {asked} times")
    return problems + [f"{path} is shown" for path, was_shown in found.items() if was_shown]


@point("nothing is left in the folder of scratch files")
def scratch(tool, folder):
    place, expected = made(folder)
    sources = of(expected, hostile.REFUSED)[0]
    report(tool, place, sources, "--scratch", folder)
    return cli.left(folder)


if __name__ == "__main__":
    try:
        cli.main(__doc__)
    finally:
        if MADE:
            shutil.rmtree(MADE["folder"])
