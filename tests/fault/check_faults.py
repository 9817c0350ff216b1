#!/usr/bin/env python3
"""The whole tool with a system that fails, as base/sys_fault.c makes it.

    check_faults.py SMALLPRESS-WITH-FAULTS
"""
import errno
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "cli"))

from tool import SEED, differ, left, main, point, write

LINES = "".join(f"https://example.org/items/{i:06}\n" for i in range(2000))
FILES = ["-o", "out.pdf", "--manifest", "out.csv"]


def prepare(tool, folder, *job):
    """The undisturbed run, whose files are kept as good.pdf and good.csv."""
    write(f"{folder}/in.txt", LINES)
    problems = tool.sheet(*job, "-o", "good.pdf", "--manifest", "good.csv", cwd=folder).expect(0)
    return problems


def sweep(tool, folder, call, error, persistent, *job):
    """Fails every call of a kind until a run meets no failure: what is wrong with the runs."""
    problems, nth = [], 0
    while nth < 200:
        nth += 1
        plan = f"{call}:{nth}:{error}" + (":persistent" if persistent else "")
        result = tool.sheet(*job, *FILES, cwd=folder, env={"SMALLPRESS_FAULTS": plan})
        if result.status == 0:
            problems += [f"{plan}: {p}" for p in differ(f"{folder}/good.pdf", f"{folder}/out.pdf")]
            problems += [f"{plan}: {p}" for p in differ(f"{folder}/good.csv", f"{folder}/out.csv")]
            for name in ("out.pdf", "out.csv"):
                os.unlink(f"{folder}/{name}")
            return problems + ([] if nth > 1 else [f"{plan} met no call at all"])
        problems += [f"{plan}: {p}" for p in result.expect(4 if call == "mmap" else 5)]
        if result.err.count("smallpress: ") != 1:
            problems.append(f"{plan}: said {result.err!r}")
        stray = left(folder, "good.pdf", "good.csv", "in.txt")
        problems += [f"{plan}: {p}" for p in stray]
        for name in os.listdir(folder):
            if name not in ("good.pdf", "good.csv", "in.txt"):
                os.unlink(f"{folder}/{name}")
    return problems + [f"{call} went on for {nth} calls"]


def sweep_calls(tool, folder, calls, *job):
    problems = prepare(tool, folder, *job)
    for call in calls:
        for error in (errno.EIO, errno.ENOSPC):
            for persistent in (False, True):
                problems += sweep(tool, folder, call, error, persistent, *job)
    return problems


@point("every call to the system that fails: status 4 or 5, one sentence, and no file")
def generated(tool, folder):
    return sweep_calls(tool, folder, ("open", "write", "fsync", "rename", "mmap"),
                       "--count", "300", "--seed", SEED, "--threads", "1")


@point("the same with lines in threads")
def lines(tool, folder):
    return sweep_calls(tool, folder, ("open", "read", "fsync", "rename", "thread"),
                       "--lines", "in.txt", "--threads", "3")


@point("reads and writes that are cut short make the same files")
def short(tool, folder):
    problems = []
    for job in (["--count", "100", "--seed", SEED], ["--lines", "in.txt", "--threads", "2"]):
        problems += prepare(tool, folder, *job, "-f")
        for most in (1, 2, 3, 5, 7, 1000):
            result = tool.sheet(*job, *FILES, "--force", cwd=folder,
                                env={"SMALLPRESS_SHORT": str(most)})
            problems += result.expect(0)
            problems += [f"{most} bytes at a time: {p}" for ending in ("pdf", "csv")
                         for p in differ(f"{folder}/good.{ending}", f"{folder}/out.{ending}")]
    return problems


@point("a disk that fails does not harm what --force would have replaced")
def replaced(tool, folder):
    problems = prepare(tool, folder, "--count", "300", "--seed", SEED)
    for plan in ("write:1:28", "write:3:5:persistent", "fsync:1:5", "fsync:2:5", "rename:1:5"):
        for name in ("out.pdf", "out.csv"):
            write(f"{folder}/{name}", "precious")
        result = tool.sheet("--count", "300", "--seed", SEED, *FILES, "--force", cwd=folder,
                            env={"SMALLPRESS_FAULTS": plan})
        problems += result.expect(5) + left(folder, "in.txt", "good.pdf", "good.csv", "out.pdf",
                                            "out.csv")
        for name in ("out.pdf", "out.csv"):
            with open(f"{folder}/{name}", "rb") as file:
                if file.read() != b"precious":
                    problems.append(f"{plan}: {name} was changed")
    return problems


@point("a plan whose input cannot be read to its end is status 5")
def plan(tool, folder):
    write(f"{folder}/in.txt", LINES)
    problems = []
    for fault in ("open:1:13", "read:1:5", "mmap:1:12"):
        result = tool.plan("--lines", "in.txt", cwd=folder, env={"SMALLPRESS_FAULTS": fault})
        problems += [f"{fault}: {p}" for p in result.expect(4 if "mmap" in fault else 5)]
        problems += [f"{fault}: printed {result.out!r}"] if result.out else []
    return problems


main(__doc__)
