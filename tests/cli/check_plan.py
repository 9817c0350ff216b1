#!/usr/bin/env python3
"""What plan says comes true, and it makes nothing.

    check_plan.py SMALLPRESS
"""
import json
import os
import re
import shutil
import subprocess

from tool import SEED, left, main, point, write

KEYS = ("memory_bytes", "output_bytes", "scratch_bytes", "pages", "volumes", "seconds")


def plan_of(tool, folder, *arguments, **options):
    result = tool.plan(*arguments, "--json", cwd=folder, **options)
    if result.status not in (0, 4):
        raise AssertionError(f"{arguments}: {result.status} {result.err}")
    return json.loads(result.out)


@point("the text answers the three questions")
def questions(tool, folder):
    result = tool.plan("--count", "50000", cwd=folder)
    text = result.out.decode()
    problems = result.expect(0)
    for words in ("How much memory for one code?", "How many codes?", "50,000, on 1,667 pages",
                  "Can they be had one at a time?", "yes", "pages      1,667", "output", "time",
                  "scratch", "memory", "of 64 MiB allowed", "pages in hand"):
        problems += [] if words in text else [f"`{words}` is not in {text}"]
    problems += [f"{len(line)} columns: {line}" for line in text.splitlines() if len(line) > 80]
    return problems + ([f"said {result.err}"] if result.err else [])


@point("the parts of the text make its sum")
def parts(tool, folder):
    found = plan_of(tool, folder, "--count", "50000")
    total = sum(part["bytes"] for part in found["parts"])
    return [] if total == found["memory_bytes"] else [f"{total} and {found['memory_bytes']}"]


@point("JSON is one object with what programs need")
def keys(tool, folder):
    result = tool.plan("--count", "50000", "--json", cwd=folder)
    found = json.loads(result.out)
    problems = [f"{key} is {found.get(key)!r}" for key in KEYS
                if not isinstance(found.get(key), (int, float))]
    if result.out.count(b"\n") != 1 or result.err:
        problems.append("it is not one line and nothing else")
    if (found["pages"], found["volumes"], found["fits"]) != (1667, 1, True):
        problems.append(str(found))
    return problems


# Jobs that are planned and then run.
JOBS = (
    ["--count", "7"],
    ["--count", "30", "--text", "none"],
    ["--count", "31"],
    ["--count", "3000"],
    ["--count", "120000"],
    ["--count", "60000", "--draw", "small", "--text", "none"],
    ["--count", "30000", "--draw", "vector"],
    ["--count", "20000", "--grid", "1x1"],
    ["--count", "60000", "--grid", "10x10", "--text", "none", "--ecc", "H"],
    ["--count", "40000", "--id", "{n}", "--code", "https://example.org/{id}"],
    ["--count", "4000", "--qr-version", "20"],
    ["--count", "20000", "--grid", "100x100", "--page", "A3", "--margin", "0mm", "--gap", "0mm",
     "--text", "none"],
    ["--count", "20001", "--grid", "100x100", "--page", "A3", "--margin", "0mm", "--gap", "0mm",
     "--text", "none"],
    ["--lines", "in.txt"],
    ["--lines", "in.txt", "--draw", "vector", "--text", "{n}"],
    ["--lines", "few.txt"],
)


@point("pages are exact and bytes are within 5 %")
def comes_true(tool, folder):
    write(f"{folder}/in.txt", "".join(f"https://example.org/labels/{i * 7919:09}\n"
                                      for i in range(40000 // tool.patience)))
    write(f"{folder}/few.txt", "a\nb\n")
    problems = []
    for job in JOBS:
        job = [str(max(7, int(word) // tool.patience)) if before == "--count" else word
               for before, word in zip(["", *job], job)]
        job += ["--seed", SEED] if "--count" in job else []
        planned = plan_of(tool, folder, *job)
        result = tool.sheet(*job, "-o", "out.pdf", "-f", "--progress", "json", cwd=folder)
        if result.status != 0:
            problems += [f"{job}: {p}" for p in result.expect(0)]
            continue
        done = json.loads(re.findall("^{.*}$", result.err, re.M)[-1])
        size = os.stat(f"{folder}/out.pdf").st_size
        if planned["pages"] != done["pages"] or planned["records"] != done["records"]:
            problems.append(f"{job}: {planned['pages']} pages were planned, {done['pages']} made")
        if abs(planned["output_bytes"] - size) > 0.05 * size:
            problems.append(f"{job}: {planned['output_bytes']} bytes were planned, {size} made "
                            f"({100 * (planned['output_bytes'] / size - 1):+.1f} %)")
    return problems


@point("a pipe is planned without being read")
def pipe(tool, folder):
    reader, writer = os.pipe()
    os.write(writer, b"a\nb\n")
    found = plan_of(tool, folder, "--lines", "-", given=reader)
    problems = [f"{key} is {found[key]}" for key in ("output_bytes", "pages", "records", "seconds")
                if found[key] is not None]
    os.close(writer)
    got = os.read(reader, 100)
    os.close(reader)
    problems += [] if got == b"a\nb\n" else [f"{got} is left in the pipe"]
    text = tool.plan("--lines", "-", cwd=folder, given=b"").out.decode()
    return problems + ([] if "as many as come in" in text else [text])


@point("an empty file is planned as what it is, which is nothing to print")
def empty(tool, folder):
    write(f"{folder}/in.txt", "")
    result = tool.plan("--lines", "in.txt", cwd=folder)
    return result.expect(3, "in.txt") + ([f"printed {result.out}"] if result.out else [])


@point("bad input is told, as the job would")
def bad_input(tool, folder):
    problems = tool.plan("--lines", "none.txt", cwd=folder).expect(5, "none.txt")
    problems += tool.plan("--count", "0", cwd=folder).expect(2, "0")
    problems += tool.plan("--count", "5", "--frobnicate", cwd=folder).expect(2, "--frobnicate")
    return problems


@point("capitals: the version is what the same text in capitals takes")
def capitals(tool, folder):
    job = ["--count", "10", "--id", "{random:10}", "--code"]
    lower = plan_of(tool, folder, *job, "https://example.org/a/{id}")
    upper = plan_of(tool, folder, *job, "HTTPS://EXAMPLE.ORG/A/{id}")
    problems = []
    if lower["qr_version_in_capitals"] != upper["qr_version"]:
        problems.append(f"{lower['qr_version_in_capitals']} was said, {upper['qr_version']} is")
    if lower["qr_version_in_capitals"] >= lower["qr_version"]:
        problems.append("capitals ought to help here")
    text = tool.plan(*job, "https://example.org/a/{id}", cwd=folder).out.decode()
    advice = re.search(r"in capitals the payload fits version ([0-9]+) instead of ([0-9]+)", text)
    if not advice or advice.groups() != (str(upper["qr_version"]), str(lower["qr_version"])):
        problems.append(text)
    text = tool.plan(*job, "HTTPS://EXAMPLE.ORG/A/{id}", cwd=folder).out.decode()
    return problems + ([text] if "capitals" in text else [])


@point("a shorter prefix: so many bytes less save a version, and one fewer do not")
def shorter(tool, folder):
    problems, advised = [], 0
    for text in ("https://example.org/products/", "HTTPS://EXAMPLE.ORG/PRODUCTS/",
                 "http://shop.example/", "https://example.org/é/", "abcdefghijklmnopqrstuv"):
        now = plan_of(tool, folder, "--count", "9", "--seed", SEED, "--code", text + "{id}")
        less = now["shorter_bytes_to_save_a_version"]
        if less == 0:
            continue
        advised += 1
        for cut, saves in ((less, True), (less - 1, False)):
            part = text.encode()[cut:]
            cut_to = plan_of(tool, folder, "--count", "9", "--seed", SEED, "--code",
                             part + b"{id}")
            if (cut_to["qr_version"] < now["qr_version"]) != saves:
                problems.append(f"{text} without {cut}: {cut_to['qr_version']}, from "
                                f"{now['qr_version']}")
    return problems if advised >= 3 else problems + [f"{advised} of 5 were advised"]


@point("modules that would be too small are told with a size that is large enough")
def modules(tool, folder):
    job = ["--count", "9", "--code", "x" * 1500 + "{id}", "--text", "none"]
    text = tool.plan(*job, cwd=folder).out.decode()
    size = re.search(r"make the codes ([0-9.]+) mm", text)
    if not size:
        return [text]
    cured = tool.plan(*job, "--grid", "1x1", "--code-size", size[1] + "mm", cwd=folder)
    return cured.expect(0) + (["told again"] if "modules would be" in cured.out.decode() else [])


@point("what does not fit: status 4, and JSON says so")
def no_fit(tool, folder):
    result = tool.plan("--count", "9", "--memory", "1M", "--json", cwd=folder)
    problems = result.expect(4)
    problems += [] if json.loads(result.out)["fits"] is False else ["it is said to fit"]
    result = tool.plan("--count", "9", "--memory", "1M", cwd=folder)
    problems += result.expect(4, "--memory", "the program and its libraries")
    return problems + ([f"printed {result.out}"] if result.out else [])


@point("a plan makes nothing: no file, not for a moment")
def nothing(tool, folder):
    problems = []
    os.mkdir(f"{folder}/tmp")
    job = ["plan", "sheet", "--count", "100000", "-o", "out.pdf", "--manifest", "out.csv"]
    problems += tool.run(*job, cwd=folder, env={"TMPDIR": f"{folder}/tmp"}).expect(0)
    problems += left(folder, "tmp") + left(f"{folder}/tmp")
    if not shutil.which("strace") or tool.sanitized:
        return problems
    done = subprocess.run(["strace", "-f", "-qq", "-o", f"{folder}/tmp/trace", "-e",
                           "trace=openat,open,creat,mkdir,mkdirat,rename,renameat2,linkat,write",
                           tool.path, *job], cwd=folder, capture_output=True, check=False)
    if done.returncode != 0:
        return problems
    with open(f"{folder}/tmp/trace", encoding="utf-8", errors="replace") as trace:
        for call in trace:
            named = re.search(r"(O_CREAT|creat\(|mkdir|rename|linkat)", call)
            if named or re.search(r"write\((?!1,|2,)", call):
                problems.append(call.strip())
    return problems


@point("an output that exists is no matter to a plan")
def existing(tool, folder):
    write(f"{folder}/out.pdf", "precious")
    problems = tool.plan("--count", "9", "-o", "out.pdf", cwd=folder).expect(0)
    with open(f"{folder}/out.pdf", "rb") as file:
        return problems if file.read() == b"precious" else problems + ["it was changed"]


@point("a plan onto a full disk is status 5")
def full(tool, folder):
    with open("/dev/full", "wb") as device:
        return tool.plan("--count", "9", stdout=device, cwd=folder).expect(5, "standard output")


@point("a plan of nothing but bad records ends, and says what is wrong with the first")
def hopeless(tool, folder):
    return tool.plan("--count", "1000000000", "--qr-version", "1", "--code",
                     "https://example.org/{id}", cwd=folder).expect(3, "record 1", "version 1")


@point("more threads than processors promise no more speed")
def threads(tool, folder):
    seconds = []
    for count in ("16", "64"):
        plan = tool.plan("--count", "20000000", "--threads", count, "--json", cwd=folder)
        seconds.append(json.loads(plan.out)["seconds"])
    return [] if seconds[1] > seconds[0] / 2 else [f"16 threads {seconds[0]} s, 64 {seconds[1]} s"]


main(__doc__)
