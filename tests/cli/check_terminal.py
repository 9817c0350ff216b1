#!/usr/bin/env python3
"""What a person or a program sees of a running job: lines on a terminal, in a log, as JSON.

    check_terminal.py SMALLPRESS
"""
import fcntl
import json
import os
import re
import select
import struct
import subprocess
import termios

from tool import SEED, left, main, missing, open_terminal, point, write

JOB = ["sheet", "--id", "{n}", "--threads", "1"]
COLUMNS = 60


def on_terminal(tool, folder, *arguments, stdout=None):
    """Runs with standard error on a terminal: (status, what came out of it)."""
    ours, theirs = open_terminal()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    process = subprocess.Popen([tool.path, *arguments], cwd=folder, stdin=subprocess.DEVNULL,
                               stdout=theirs if stdout is None else stdout, stderr=theirs)
    os.close(theirs)
    said = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            some = os.read(ours, 65536)
        except OSError:
            break
        if not some:
            break
        said += some
    os.close(ours)
    return process.wait(), said.decode().replace("\r\n", "\n")


def drawn(said):
    """The lines of progress, whatever was drawn over them later."""
    return [text for text in re.split("[\r\n]", said.replace("\x1b[K", ""))
            if text and not text.startswith("smallpress: ")]


def seen(said):
    """What stands on the screen at the end, line by line."""
    lines, at = [""], 0
    for piece in re.findall("\n|\r|\x1b\\[K|[^\n\r\x1b]+|\x1b", said):
        if piece == "\n":
            lines.append("")
            at = 0
        elif piece == "\r":
            at = 0
        elif piece == "\x1b[K":
            lines[-1] = lines[-1][:at]
        else:
            lines[-1] = lines[-1][:at] + piece + lines[-1][at + len(piece):]
            at += len(piece)
    return lines


@point("a terminal gets one line that is redrawn, fits it, and is gone at the end")
def one_line(tool, folder):
    status, said = on_terminal(tool, folder, *JOB, "--count", "120000", "-o", "out.pdf")
    problems = [] if status == 0 else [f"ended with {status}: {said}"]
    shown = drawn(said)
    if len(shown) < 2:
        problems.append(f"{len(shown)} lines of progress: {said!r}")
    problems += [f"{len(text)} columns: {text}" for text in shown if len(text) >= COLUMNS]
    problems += [f"no progress: {text}" for text in shown
                 if not re.match(r" *[0-9]+% \[#*\.*\] [0-9,]+/120,000 codes, ", text)]
    screen = seen(said)
    if len(screen) != 2 or not screen[0].startswith("smallpress: out.pdf: 120,000 codes on 4,000"):
        problems.append(f"at the end the screen shows {screen}")
    return problems


@point("messages on a terminal do not run into the line of progress")
def messages(tool, folder):
    write(f"{folder}/in.txt", ("good\n" * 20000 + "\n") * 8)
    problems = []
    for threads in ("1", "4"):
        _, said = on_terminal(tool, folder, "sheet", "--lines", "in.txt", "-f", "-o", "out.pdf",
                              "--threads", threads)
        problems += [f"the screen shows: {line!r}" for line in seen(said)
                     if line and not line.startswith("smallpress: ")]
        if sum("is empty" in line for line in seen(said)) != 8:
            problems.append(f"not all messages are seen: {said!r}")
    return problems


@point("input of unknown length has a line without percent")
def unknown_length(tool, folder):
    text = write(f"{folder}/in.txt", "good\n" * 100000)
    command = f'"{tool.path}" sheet --lines - -o out.pdf'
    ours, theirs = open_terminal()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
    process = subprocess.Popen(["sh", "-c", f"cat {text} | {command}"], cwd=folder, stderr=theirs,
                               stdin=subprocess.DEVNULL)
    os.close(theirs)
    said = b""
    try:
        while some := os.read(ours, 65536):
            said += some
    except OSError:
        pass
    os.close(ours)
    problems = [] if process.wait() == 0 else [f"failed: {said!r}"]
    shown = drawn(said.decode())
    problems += [f"no progress: {text}" for text in shown
                 if not re.match(r"[0-9,]+ codes, [0-9,]+ pages, .*so far", text)]
    return problems if shown else problems + [f"nothing was shown: {said!r}"]


@point("a terminal gets no PDF")
def no_pdf(tool, folder):
    status, said = on_terminal(tool, folder, *JOB, "--count", "5", "-o", "-")
    problems = [] if status == 2 and "terminal" in said and "-o" in said else [f"{status} {said}"]
    return problems + (["a PDF was shown"] if "%PDF" in said else []) + left(folder)


@point("a terminal gets a manifest when it asks for one")
def manifest(tool, folder):
    status, said = on_terminal(tool, folder, *JOB, "--count", "2", "-o", "out.pdf", "--manifest",
                               "-", "-q")
    want = "id,payload,page,row,column\n1,1,1,1,1\n2,2,1,1,2\n"
    return [] if (status, said) == (0, want) else [f"{status} {said!r}"]


@point("a log gets plain lines without control characters")
def plain(tool, folder):
    problems = []
    for how in ("plain", "auto", "none"):
        result = tool.run(*JOB, "--count", "100", "-f", "-o", "out.pdf", "--progress", how,
                          cwd=folder)
        problems += result.expect(0, "out.pdf: 100 codes on 4 pages", absent=("\r", "\x1b"))
        problems += [f"{how}: {line}" for line in result.err.splitlines()
                     if not line.startswith("smallpress: ")]
    return problems


def objects(err):
    """The JSON lines of a run, and problems with the others."""
    found, problems = [], []
    for line in err.splitlines():
        if line.startswith("smallpress: "):
            continue
        try:
            found.append(json.loads(line))
        except ValueError:
            problems.append(f"neither a message nor JSON: {line!r}")
    return found, problems


@point("JSON: one object a line that grows, and one at the end that is complete")
def json_lines(tool, folder):
    result = tool.run(*JOB, "--count", "300000", "-o", "out.pdf", "--progress", "json", cwd=folder)
    found, problems = objects(result.err)
    problems += result.expect(0)
    if len(found) < 2:
        return problems + [f"{len(found)} objects: {result.err}"]
    for earlier, later in zip(found, found[1:]):
        problems += [f"{key} shrinks from {earlier[key]} to {later[key]}"
                     for key in ("records", "pages", "output_bytes", "elapsed_ms", "percent",
                                 "memory_peak_bytes") if later[key] < earlier[key]]
    problems += [f"{one} is no progress" for one in found[:-1] if one["event"] != "progress"]
    last = found[-1]
    for key, due in (("event", "done"), ("records", 300000), ("records_total", 300000),
                     ("percent", 100), ("pages", 10000), ("left_ms", 0),
                     ("output_bytes", os.stat(f"{folder}/out.pdf").st_size)):
        problems += [] if last.get(key) == due else [f"{key} is {last.get(key)}, not {due}"]
    return problems


@point("JSON keeps its lines whole when threads have something to say")
def json_and_messages(tool, folder):
    write(f"{folder}/in.txt", ("good\n" * 1500 + "\n") * 19 + "good\n" * 300000)
    problems = []
    for _ in range(3):
        result = tool.sheet("--lines", "in.txt", "-f", "-o", "out.pdf", "--threads", "4",
                            "--progress", "json", cwd=folder)
        found, mixed = objects(result.err)
        problems += result.expect(1) + mixed
        messages_said = [line for line in result.err.splitlines() if "is empty" in line]
        if len(messages_said) != 19 or not found:
            problems.append(f"{len(messages_said)} messages and {len(found)} objects")
    return problems


@point("JSON never says done of a job that failed, was refused or was stopped")
def json_failed(tool, folder):
    problems = []
    for arguments in (["--count", "100000", "-o", "/dev/full"],
                      ["--count", "10", "-o", "none/out.pdf"],
                      ["--count", "10", "-o", "out.pdf", "--memory", "1M"],
                      ["--lines", "/dev/null", "-o", "out.pdf"]):
        result = tool.run("sheet", *arguments, "--progress", "json", cwd=folder)
        found, mixed = objects("\n".join(line for line in result.err.splitlines()
                                         if not line.startswith("  ")))
        problems += mixed + [f"{arguments}: {one}" for one in found if one["event"] == "done"]
        problems += [] if result.status else [f"{arguments} succeeded"]
    return problems + left(folder)


@point("--quiet says nothing at all of a success, on a terminal or not")
def quiet(tool, folder):
    result = tool.run(*JOB, "--count", "100", "-o", "a.pdf", "--manifest", "a.csv", "--quiet",
                      cwd=folder)
    problems = result.expect(0)
    if result.out or result.err:
        problems.append(f"said {result.out!r} {result.err!r}")
    status, said = on_terminal(tool, folder, *JOB, "--count", "120000", "-o", "b.pdf", "-q")
    if (status, said) != (0, ""):
        problems.append(f"on a terminal: {status} {said!r}")
    return problems + missing(folder, "a.pdf", "a.csv", "b.pdf")


@point("--quiet still says what went wrong")
def quiet_failure(tool, folder):
    problems = tool.run(*JOB, "--count", "0", "-o", "a.pdf", "--quiet", cwd=folder).expect(2, "0")
    write(f"{folder}/in.txt", "a\n\n")
    result = tool.sheet("--lines", "in.txt", "-o", "a.pdf", "-q", cwd=folder)
    return problems + result.expect(1, "line 2", "1 bad record")


@point("the result says codes, pages, bytes, time, memory and the seed")
def summary(tool, folder):
    result = tool.sheet("--count", "100", "-o", "a.pdf", cwd=folder)
    problems = result.expect(0, "a.pdf: 100 codes on 4 pages", "KiB, in ", "at its peak",
                             "planned", "64 MiB allowed", "--seed ")
    for arguments in (["--seed", SEED], ["--id", "{n}"]):
        result = tool.sheet("--count", "5", "-f", "-o", "a.pdf", *arguments, cwd=folder)
        problems += result.expect(0, "5 codes on 1 page", absent=("--seed", "1 pages"))
    return problems


@point("--explain-memory compares plan and measurement, part by part")
def explain(tool, folder):
    result = tool.run(*JOB, "--count", "100", "-o", "a.pdf", "--explain-memory", cwd=folder)
    return result.expect(0, "planned", "measured", "pages in hand", "encoders and pens",
                         "font tables", "the PDF writer", "the program and its libraries",
                         "in all, of 64 MiB")


main(__doc__)
