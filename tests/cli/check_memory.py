#!/usr/bin/env python3
"""Memory is a contract: planned before, held under the limit, the same for any number of records.

    check_memory.py SMALLPRESS
"""
import ctypes
import json
import os
import re
import signal
import subprocess

from tool import SEED, Skip, left, main, point, until, write

KIB, MIB = 1 << 10, 1 << 20
ENDLESS = ["--count", "900000000", "--id", "{n}"]


def plan_of(tool, folder, *arguments):
    result = tool.plan(*arguments, "--json", cwd=folder)
    if result.status not in (0, 4):
        raise AssertionError(f"{arguments}: {result.status} {result.err}")
    return json.loads(result.out)


def plain_build(tool):
    if tool.sanitized:
        raise Skip("sanitizers keep shadow memory many times the size of the job")


def in_one_place():
    """Asks the kernel for the same addresses each time: with others, a run touches other pages of
    the libraries' code, up to 300 KiB more or less."""
    ctypes.CDLL(None).personality(0x0040000) # ADDR_NO_RANDOMIZE


def peak_of(tool, folder, *arguments, **options):
    """(problems, peak in bytes) of a whole job, as it reports itself."""
    result = tool.sheet(*arguments, "-o", "/dev/null", "--progress", "json", cwd=folder,
                        preexec_fn=in_one_place, **options)
    done = [json.loads(line) for line in result.err.splitlines() if line.startswith("{")]
    if result.status not in (0, 1) or not done:
        return [f"{arguments}: {result.status} {result.err[-600:]}"], 0
    return [], done[-1]["memory_peak_bytes"]


def status_of(process, name):
    with open(f"/proc/{process.pid}/status", encoding="utf-8") as file:
        for line in file:
            if line.startswith(name):
                return int(line.split()[1]) * KIB
    return 0


@point("5,000 codes, 50,000 and 1,000,000: the same memory, under 12 MiB")
def flat(tool, folder):
    plain_build(tool)
    problems, peaks = [], []
    for count in ("5000", "50000", "1000000"):
        found, peak = peak_of(tool, folder, "--count", count, "--threads", "1", "--seed", SEED)
        problems += found
        peaks.append(peak)
    if max(peaks) - min(peaks) > 256 * KIB or max(peaks) > 12 * MIB:
        problems.append(f"{[peak // KIB for peak in peaks]} KiB")
    return problems


@point("5,000 lines and 500,000 from a pipe: the same memory")
def flat_lines(tool, folder):
    plain_build(tool)
    problems, peaks = [], []
    for count in (5000, 500000):
        text = b"".join(b"https://example.org/a/%07d\n" % i for i in range(count))
        found, peak = peak_of(tool, folder, "--lines", "-", "--threads", "1", given=text)
        problems += found
        peaks.append(peak)
    if max(peaks) - min(peaks) > 256 * KIB:
        problems.append(f"{[peak // KIB for peak in peaks]} KiB")
    return problems


@point("what the job reports is what the kernel counts")
def honest(tool, folder):
    plain_build(tool)
    reader, writer = os.pipe()
    process = tool.start("sheet", "--lines", "-", "-o", "out.pdf", "--progress", "json", "-j", "1",
                         stdin=reader, cwd=folder)
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        pipe.write(b"a\n" * 30000)
        pipe.flush()
        until(lambda: os.listdir(folder))
        until(lambda: False, 0.5)
        seen = status_of(process, "VmHWM")
    _, err = process.communicate(timeout=20)
    told = [json.loads(line) for line in err.decode().splitlines() if line.startswith("{")][-1]
    off = told["memory_peak_bytes"] - seen
    return [] if 0 <= off <= 2 * MIB else [f"{seen} was seen and {told} is told"]


# Kinds of job, to be run with their plan as the limit.
LONG_LINES = ["--lines", "long.txt", "--text", "none", "--ecc", "L"]
JOBS = (
    ["--count", "3000"],
    ["--count", "3000", "--threads", "2"],
    ["--count", "3000", "--threads", "8"],
    ["--count", "3000", "--threads", "64"],
    ["--count", "3000", "--draw", "small", "--threads", "3"],
    ["--count", "3000", "--draw", "vector", "--threads", "3"],
    ["--count", "500", "--ecc", "H", "--code", "https://example.org/items/{id}/{n:012}",
     "--draw", "vector", "--threads", "4"],
    ["--count", "500", "--text", "№ {n} – {id} é", "--threads", "2"],
    ["--count", "60", "--qr-version", "40", "--draw", "vector", "--threads", "2"],
    ["--count", "60", "--qr-version", "40", "--draw", "sharp"],
    ["--count", "60", "--qr-version", "40", "--draw", "small"],
    ["--count", "40", "--grid", "1x1", "--threads", "4"],
    ["--count", "4000", "--grid", "20x50", "--margin", "5mm", "--gap", "0mm", "--text", "none"],
    ["--count", "4000", "--grid", "20x50", "--margin", "5mm", "--gap", "0mm", "--text-size", "2pt",
     "--threads", "3"],
    ["--count", "20000", "--grid", "100x100", "--page", "A3", "--margin", "0mm", "--gap", "0mm",
     "--text", "none", "--threads", "2"],
    ["--count", "20000", "--grid", "100x100", "--page", "A3", "--margin", "0mm", "--gap", "0mm",
     "--text", "none", "--draw", "vector"],
    [*LONG_LINES, "--draw", "sharp", "--threads", "1"],
    [*LONG_LINES, "--draw", "small", "--threads", "2"],
    [*LONG_LINES, "--draw", "vector", "--threads", "2"],
    ["--lines", "unicode.txt", "--threads", "1"],
    ["--lines", "unicode.txt", "--threads", "4"],
    ["--lines", "glyphs.txt", "--threads", "2"],
)


def prepare(folder):
    write(f"{folder}/long.txt", "".join("7" * 7000 + "\n" + "a" * 2900 + "\n" for _ in range(40)))
    ids = ["مرحبا بالعالم", "नमस्ते दुनिया", "e" + "\u0301" * 200, "žluť", "ﻻ" * 100, "ab" * 300]
    write(f"{folder}/unicode.txt", "\n".join(ids * 50))
    # Every character the font may have a glyph for: the largest subset there is.
    every = [chr(code) for code in range(0x20, 0x2FFFF) if not 0xD800 <= code < 0xE000]
    write(f"{folder}/glyphs.txt", "\n".join("".join(every[i:i + 40]).replace("\x85", "")
                                            for i in range(0, 66000, 40)))


@point("every kind of job is done in the memory that its plan says, and takes no more")
def planned(tool, folder):
    plain_build(tool)
    prepare(folder)
    problems = []
    for job in JOBS:
        need = plan_of(tool, folder, *job, "--memory", "2G")["memory_bytes"]
        found, peak = peak_of(tool, folder, *job, "--memory", str(need))
        problems += found
        if peak > need:
            problems.append(f"{job}: {peak // KIB} KiB, and {need // KIB} KiB are planned")
    return problems


@point("a plan is no wild guess: it is less than three times what is taken")
def tight(tool, folder):
    plain_build(tool)
    problems = []
    for job in JOBS[:2] + JOBS[4:6]:
        need = plan_of(tool, folder, *job)["memory_bytes"]
        found, peak = peak_of(tool, folder, *job)
        problems += found + ([] if need < 3 * peak else [f"{job}: {need} planned, {peak} taken"])
    return problems


@point("the kernel fences a job with its limit")
def fence(tool, folder):
    plain_build(tool)
    process = tool.start("sheet", *ENDLESS, "-o", "out.pdf", "--memory", "32M", cwd=folder)
    until(lambda: os.listdir(folder))
    with open(f"/proc/{process.pid}/limits", encoding="utf-8") as file:
        limits = re.search(r"^Max data size +(\S+) +(\S+)", file.read(), re.M)
    process.send_signal(signal.SIGTERM)
    problems = tool.end(process, 2, 6)
    want = (str(32 * MIB), str(32 * MIB))
    return problems + ([] if limits.groups() == want else [f"{limits.groups()}, not {want}"])


@point("a plan that is fenced says what it would without a fence")
def plan_fence(tool, folder):
    need = plan_of(tool, folder, "--count", "5000", "--threads", "2")
    fenced = plan_of(tool, folder, "--count", "5000", "--threads", "2", "--memory",
                     str(need["memory_bytes"]))
    keys = ("memory_bytes", "pages", "parts")
    return [f"{key} differs" for key in keys if need[key] != fenced[key]]


@point("too little memory: status 4, the sum by part, nothing written, and a cure that works")
def refused(tool, folder):
    problems = []
    prepare(folder)
    for job, limit in ((["--count", "50000", "--threads", "256"], "64M"),
                       (["--count", "500"], "1M"), (["--count", "500"], "0"),
                       (["--count", "500", "--threads", "64"], "2M"),
                       (["--lines", "long.txt", "--grid", "10x10", "--text", "none", "--ecc", "L",
                         "--draw", "vector"], "16M"),
                       (["--count", "500", "--grid", "100x100", "--page", "A3", "--margin", "0mm",
                         "--gap", "0mm", "--qr-version", "40", "--draw", "vector", "--text",
                         "none"], "64M")):
        result = tool.sheet(*job, "--memory", limit, "-o", "out.pdf", cwd=folder)
        problems += [f"{job}: {p}" for p in result.expect(
            4, "nothing was written", "the program and its libraries", "pages in hand")]
        problems += left(folder, "long.txt", "unicode.txt", "glyphs.txt")
        problems += sums(result.err)
        cures = re.findall(r"--threads [0-9]+|--memory [0-9]+M", result.err.splitlines()[-1])
        problems += [] if cures else [f"no cure in {result.err}"]
        problems += cured(tool, folder, job, limit, result.err.splitlines()[-1])
    return problems


def sums(err):
    """That the parts add up to the whole, as far as rounding lets see."""
    units = {"bytes": 1, "KiB": KIB, "MiB": MIB, "GiB": 1 << 30, "byte": 1}
    whole = re.search(r"needs ([0-9.]+) (\w+) of memory", err)
    parts = re.findall(r"^ +([0-9.]+) (\w+)  ", err, re.M)
    total = sum(float(number) * units[unit] for number, unit in parts)
    due = float(whole[1]) * units[whole[2]]
    return [] if abs(total - due) < 0.06 * due else [f"parts of {total} make {due}: {err}"]


def cured(tool, folder, job, limit, cure):
    """Plans the job again as the sentence says: each of its ways must fit."""
    ways = [[word for part in way for word in part.split()] for way in (
        [re.findall(r"--\w+ \w+", half) for half in cure.split(", or ")])]
    problems = []
    for way in ways:
        if "--memory" not in way:
            way = [*way, "--memory", limit]
        if not plan_of(tool, folder, *job, *way)["fits"]:
            problems.append(f"{job}: {way} does not fit after all ({cure})")
    return problems


@point("unasked, as many threads are taken as fit the memory")
def fitting_threads(tool, folder):
    one = plan_of(tool, folder, "--count", "500", "--threads", "1")["memory_bytes"]
    found = plan_of(tool, folder, "--count", "500", "--memory", str(one))
    problems = [] if found["threads"] == 1 and found["fits"] else [f"{found['threads']} threads"]
    result = tool.sheet("--count", "500", "--memory", str(one), "-o", "out.pdf", cwd=folder)
    return problems + ([] if tool.sanitized else result.expect(0))


@point("a system that gives no memory or no thread is an error with a sentence")
def system_limits(tool, folder):
    plain_build(tool)
    problems = []
    refused = 0
    for limit in ("-v 60000", "-s 64", "-u 1", "-n 4", "-v 20000"):
        command = f'ulimit {limit} && exec "$0" sheet --count 5000 -j 8 -m 40M -o x.pdf'
        done = subprocess.run(["sh", "-c", command, tool.path], cwd=folder, capture_output=True,
                              text=True, check=False)
        if "ulimit" in done.stderr or "error while loading" in done.stderr:
            continue
        if done.returncode == 0 and os.path.exists(f"{folder}/x.pdf"):
            os.unlink(f"{folder}/x.pdf")
        elif done.returncode in (4, 5) and done.stderr.startswith("smallpress: "):
            refused += 1
        else:
            problems.append(f"ulimit {limit}: {done.returncode} {done.stderr}")
        problems += left(folder)
    # Limits that no run meets would show nothing.
    return problems if refused else problems + ["no limit was met"]


main(__doc__)
