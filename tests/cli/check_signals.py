#!/usr/bin/env python3
"""SIGINT and SIGTERM stop a job wherever it is, with status 6 and nothing left; kill -9 leaves no
file under the final name.

    check_signals.py SMALLPRESS
"""
import os
import signal
import subprocess
import time

from tool import SEED, differ, left, main, point, until, write

ENDLESS = ["--count", "900000000", "--id", "{n}", "--seed", SEED]
HUGE = 64 << 30
SECOND = 1


def grown(folder, at_least=1):
    """Whether the only file in a folder has some bytes."""
    def look():
        names = [n for n in os.listdir(folder) if n.endswith(".partial")]
        return bool(names) and os.stat(os.path.join(folder, names[0])).st_size >= at_least
    return look


def sleeping(process):
    """Whether all threads of a process wait for something."""
    def look():
        tasks = f"/proc/{process.pid}/task"
        states = []
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/stat", encoding="utf-8") as file:
                states.append(file.read().rpartition(")")[2].split()[0])
        return "R" not in states and "D" not in states
    return look


def in_sleep(process):
    """Asleep now and a little later; in between it may look round, or wait for the processor."""
    asleep = until(sleeping(process))
    time.sleep(0.2)
    return asleep and until(sleeping(process))


@point("SIGINT and SIGTERM in a long job: status 6, nothing left")
def long_job(tool, folder):
    problems = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for threads in ("1", "4"):
            process = tool.start("sheet", *ENDLESS, "-o", "out.pdf", "--manifest", "out.csv",
                                 "--threads", threads, cwd=folder)
            if not until(grown(folder, 100000)):
                problems.append("nothing was written for a long time")
            process.send_signal(number)
            problems += [f"{number.name}, {threads} threads: {p}"
                         for p in tool.end(process, SECOND, 6, "stopped") + left(folder)]
    return problems


@point("a stopped job leaves what --force would have replaced")
def stopped_force(tool, folder):
    write(f"{folder}/out.pdf", "precious")
    process = tool.start("sheet", *ENDLESS, "-o", "out.pdf", "--force", cwd=folder)
    until(grown(folder, 100000))
    process.send_signal(signal.SIGTERM)
    problems = tool.end(process, SECOND, 6) + left(folder, "out.pdf")
    with open(f"{folder}/out.pdf", "rb") as file:
        return problems if file.read() == b"precious" else problems + ["out.pdf was changed"]


@point("SIGINT while it waits for standard input: status 6 within a second")
def waiting_for_input(tool, folder):
    problems = []
    for threads in ("1", "4"):
        reader, writer = os.pipe()
        os.write(writer, b"a\nb\n")
        process = tool.start("sheet", "--lines", "-", "-o", "out.pdf", "--threads", threads,
                             cwd=folder, stdin=reader)
        os.close(reader)
        if not until(lambda: os.listdir(folder)) or not in_sleep(process):
            problems.append("it did not begin to wait")
        process.send_signal(signal.SIGINT)
        problems += tool.end(process, SECOND, 6, "stopped") + left(folder)
        os.close(writer)
    return problems


@point("SIGTERM while a named pipe has nobody at its other end: status 6")
def named_pipe(tool, folder):
    os.mkfifo(f"{folder}/fifo")
    problems = []
    for arguments in (["--lines", "fifo", "-o", "out.pdf"], ["--count", "9", "-o", "fifo"],
                      ["--count", "9", "-o", "out.pdf", "--manifest", "fifo"]):
        process = tool.start("sheet", *arguments, cwd=folder)
        in_sleep(process)
        process.send_signal(signal.SIGTERM)
        problems += [f"{arguments}: {p}" for p in tool.end(process, SECOND, 6)]
        problems += left(folder, "fifo")
    return problems


@point("SIGTERM while the reader of its pipe does not read: status 6")
def full_pipe(tool, folder):
    problems = []
    for threads in ("1", "4"):
        reader, writer = os.pipe()
        process = tool.start("sheet", *ENDLESS, "-o", "-", "--threads", threads, cwd=folder,
                             stdout=writer)
        os.close(writer)
        in_sleep(process)
        process.send_signal(signal.SIGTERM)
        problems += [f"{threads} threads: {p}" for p in tool.end(process, SECOND, 6)]
        os.close(reader)
    return problems + left(folder)


@point("SIGINT while a huge file is read through: status 6")
def huge_file(tool, folder):
    """A file with holes: it is read like any other and takes no disk."""
    with open(f"{folder}/huge", "wb") as file:
        file.truncate(HUGE)
    problems = []
    for name in ("huge", "-"):
        with open(f"{folder}/huge", "rb") as file:
            process = tool.start("sheet", "--lines", name, "-o", "out.pdf", cwd=folder, stdin=file)
        until(lambda: process_read(process) > 50_000_000)
        process.send_signal(signal.SIGINT)
        problems += [f"{name}: {p}" for p in tool.end(process, SECOND, 6) + left(folder, "huge")]
    return problems


def process_read(process):
    with open(f"/proc/{process.pid}/io", encoding="utf-8") as file:
        return int(file.readline().split()[1])


@point("SIGINT while nothing but bad records come: status 6")
def bad_records(tool, folder):
    problems = []
    for threads in ("1", "4"):
        process = tool.start("sheet", *ENDLESS, "--qr-version", "1", "--code", "x" * 99 + "{id}",
                             "-o", "out.pdf", "--threads", threads, cwd=folder)
        until(lambda: len(os.listdir(folder)) == 1)
        process.send_signal(signal.SIGINT)
        problems += [f"{threads} threads: {p}"
                     for p in tool.end(process, SECOND, 6) + left(folder)]
    return problems


@point("SIGINT while a plan looks at a huge file: status 6")
def plan(tool, folder):
    with open(f"{folder}/huge", "wb") as file:
        file.truncate(HUGE)
    process = tool.start("plan", "sheet", "--lines", "huge", cwd=folder)
    until(lambda: process_read(process) > 50_000_000)
    process.send_signal(signal.SIGINT)
    return tool.end(process, SECOND, 6)


@point("a second signal ends it at once, whatever it does")
def twice(tool, folder):
    process = tool.start("sheet", *ENDLESS, "-o", "out.pdf", cwd=folder)
    until(grown(folder, 100000))
    process.send_signal(signal.SIGSTOP)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGCONT)
    try:
        process.communicate(timeout=SECOND * tool.patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return ["it still ran"]
    return [n + " has the final name" for n in os.listdir(folder) if n == "out.pdf"]


@point("kill -9: no final name, only a .partial beside it, and the next run is not troubled")
def killed(tool, folder):
    problems = []
    for threads in ("1", "4"):
        process = tool.start("sheet", *ENDLESS, "-o", "out.pdf", "--threads", threads, cwd=folder)
        until(grown(folder, 100000))
        process.kill()
        process.communicate()
        names = os.listdir(folder)
        if len(names) != 1 or not names[0].endswith(".partial") or not names[0].startswith("."):
            problems.append(f"{names} are there")
        for name in names:
            os.unlink(f"{folder}/{name}")
    write(f"{folder}/.out.pdf.12345678.partial", "old")
    for name in ("out.pdf", "again.pdf"):
        problems += tool.sheet("--count", "70", "--seed", SEED, "-o", name, cwd=folder).expect(0)
    return problems + differ(f"{folder}/out.pdf", f"{folder}/again.pdf")


main(__doc__)
