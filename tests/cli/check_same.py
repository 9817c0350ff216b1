#!/usr/bin/env python3
"""The same job makes the same bytes: on any number of threads, to any kind of output, from
anywhere. Ids are unique and the manifest is where the pages are.

    check_same.py SMALLPRESS
"""
import csv
import os
import re
import shutil
import subprocess

from tool import OTHER_SEED, SEED, Skip, differ, main, point, read, write

JOB = ["--count", "5000", "--seed", SEED]
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def make(tool, folder, name, *arguments, status=0, **options):
    result = tool.sheet(*arguments, "-q", "-o", f"{folder}/{name}.pdf", "--manifest",
                        f"{folder}/{name}.csv", cwd=options.pop("cwd", folder), **options)
    return result.expect(status)


def same(folder, one, *others):
    problems = []
    for other in others:
        for ending in ("pdf", "csv"):
            problems += differ(f"{folder}/{one}.{ending}", f"{folder}/{other}.{ending}")
    return problems


def rows(folder, name):
    with open(f"{folder}/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ids(folder, name):
    return [row["id"] for row in rows(folder, name)]


@point("two runs with one seed")
def twice(tool, folder):
    problems = make(tool, folder, "a", *JOB) + make(tool, folder, "b", *JOB)
    problems += make(tool, folder, "c", *JOB[:-1], SEED.upper())
    problems += make(tool, folder, "d", *JOB[:-1], OTHER_SEED)
    if set(ids(folder, "a")) & set(ids(folder, "d")):
        problems.append("another seed makes ids of the first")
    return problems + same(folder, "a", "b", "c")


@point("1, 2, 3, 8 and 40 threads, every drawing, with and without text")
def threads(tool, folder):
    problems = []
    for options in (["--draw", "sharp"], ["--draw", "small"], ["--draw", "vector"],
                    ["--text", "none"], ["--grid", "1x1", "--qr-version", "20"],
                    ["--draw", "vector", "--ecc", "H", "--text", "№ {n}: {id} é"]):
        job = ["--count", "700", "--seed", SEED, *options]
        problems += make(tool, folder, "1", *job, "-f", "-j", "1")
        for count in ("2", "3", "8", "40"):
            problems += make(tool, folder, count, *job, "-f", "-j", count, "-m", "256M")
            problems += [f"{options}: {p}" for p in same(folder, "1", count)]
    return problems


@point("lines, bad ones too, in 1, 2, 3 and 8 threads, from a file, a pipe and standard input")
def lines(tool, folder):
    text = b"".join(b"%d%s\n" % (i, b"x" * (i * 37 % 300)) if i % 11 else b"\xff\n"
                    for i in range(1, 1500))
    path = write(f"{folder}/in.txt", text)
    problems = []
    for drawing in ("sharp", "small", "vector"):
        job = ["--draw", drawing, "--lines"]
        problems += make(tool, folder, "a", *job, path, "-j", "1", "-f", status=1)
        for count in ("2", "3", "8"):
            problems += make(tool, folder, count, *job, path, "-j", count, "-m", "256M", "-f",
                             status=1)
            problems += same(folder, "a", count)
        problems += make(tool, folder, "b", *job, "-", "-f", status=1, given=text)
        with open(path, "rb") as file:
            problems += make(tool, folder, "c", *job, "-", "-f", status=1, given=file)
        problems += [f"{drawing}: {p}" for p in same(folder, "a", "b", "c")]
    return problems


@point("from another folder, time zone, language and limit of memory")
def elsewhere(tool, folder):
    problems = make(tool, folder, "a", *JOB)
    problems += make(tool, folder, "b", *JOB, cwd="/")
    for name, env in (("c", {"TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8",
                             "LC_ALL": "de_DE.UTF-8"}),
                      ("d", {"TZ": "", "LANG": "C", "LC_ALL": "C", "COLUMNS": "10"})):
        problems += make(tool, folder, name, *JOB, env=env)
    problems += make(tool, folder, "e", *JOB, "--memory", "1G", "--scratch", "/var/tmp")
    return problems + same(folder, "a", "b", "c", "d", "e")


@point("the seed that is printed makes the same ids again")
def printed_seed(tool, folder):
    first = tool.sheet("--count", "500", "-o", "a.pdf", "--manifest", "a.csv", cwd=folder)
    seed = re.search(r"--seed ([0-9a-f]{32})$", first.err, re.M)
    if not seed:
        return [f"no seed in {first.err}"]
    problems = make(tool, folder, "b", "--count", "500", "--seed", seed[1])
    problems += same(folder, "a", "b")
    other = tool.sheet("--count", "500", "-o", "c.pdf", "--manifest", "c.csv", cwd=folder)
    if set(ids(folder, "a")) & set(ids(folder, "c")) or seed[1] in other.err:
        problems.append("a second run without a seed repeats the first")
    return problems


@point("the first ids of a longer job are those of a shorter one")
def prefix(tool, folder):
    problems = make(tool, folder, "a", "--count", "100", "--seed", SEED)
    problems += make(tool, folder, "b", "--count", "1000", "--seed", SEED)
    return problems if ids(folder, "a") == ids(folder, "b")[:100] else problems + ["they differ"]


@point("200,000 ids are unique and have the alphabet that was promised")
def unique(tool, folder):
    count = 200000 // tool.patience
    problems = []
    for pattern, form in (("{random:10}", f"[{ALPHABET}]{{10}}"),
                          ("x{random:4}", f"x[{ALPHABET}]{{4}}")):
        problems += make(tool, folder, "a", "--count", str(count), "--id", pattern, "-f",
                         "--text", "none", "--draw", "small")
        found = ids(folder, "a")
        if len(set(found)) != count:
            problems.append(f"{pattern}: {len(set(found))} different ids of {count}")
        problems += [f"{pattern} made {one}" for one in found
                     if not re.fullmatch(form, one)][:3]
    return problems


@point("a pattern gives all the ids it can, each once")
def exhausted(tool, folder):
    problems = make(tool, folder, "a", "--count", "1024", "--id", "{random:2}")
    return problems if len(set(ids(folder, "a"))) == 1024 else problems + ["not all are there"]


@point("{uuid} has the form of version 4, {n:06} its zeros")
def forms(tool, folder):
    problems = make(tool, folder, "a", "--count", "2000", "--id", "{uuid}")
    form = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    found = ids(folder, "a")
    problems += [f"{one} is no UUID" for one in found if not re.fullmatch(form, one)][:3]
    problems += [] if len(set(found)) == 2000 else ["one is there twice"]
    problems += make(tool, folder, "b", "--count", "1234", "--id", "BOX-{n:06}/{n}")
    want = [f"BOX-{n:06}/{n}" for n in range(1, 1235)]
    return problems if ids(folder, "b") == want else problems + ["{n} does not count from 1"]


@point("the manifest is CSV that keeps commas, quotes and blanks")
def manifest(tool, folder):
    nasty = ['a,b', 'say "hi"', '"', '""', ',', ' blank ', "it's", 'tab\there', 'é,"ü"', '=1+1',
             'x']
    write(f"{folder}/in.txt", "\n".join(nasty))
    problems = make(tool, folder, "a", "--lines", "in.txt", "--code", '"{id}",{n}', "--grid", "3x2")
    found = [tuple(row.values()) for row in rows(folder, "a")]
    want = [(one, f'"{one}",{i + 1}', str(i // 6 + 1), str(i % 6 // 3 + 1), str(i % 3 + 1))
            for i, one in enumerate(nasty)]
    if found != want:
        problems.append(f"{found}, and {want} are due")
    raw = read(folder, "a.csv")
    if not raw.startswith(b"id,payload,page,row,column\n") or not raw.endswith(b"\n"):
        problems.append(f"{raw[:40]!r} … {raw[-10:]!r}")
    return problems


@point("the rows of the manifest are the codes of the pages, in order")
def order(tool, folder):
    if not shutil.which("pdftotext"):
        raise Skip("pdftotext is not installed")
    problems = make(tool, folder, "a", "--count", "95", "--seed", SEED, "--grid", "4x5", "-j", "3")
    for page in range(1, 6):
        done = subprocess.run(["pdftotext", "-raw", "-f", str(page), "-l", str(page),
                               f"{folder}/a.pdf", "-"], capture_output=True, text=True, check=False)
        want = [row["id"] for row in rows(folder, "a") if row["page"] == str(page)]
        if done.stdout.split() != want:
            problems.append(f"page {page}: {done.stdout.split()[:4]}…, and {want[:4]}… are due")
    return problems


@point("a date and a title are in the document, and no clock is")
def date(tool, folder):
    problems = []
    for name, given in (("a", ["--date", "2026-11-21"]), ("b", ["--date", "2026-11-21T00:00:00Z"]),
                        ("c", [])):
        problems += make(tool, folder, name, "--count", "3", "--id", "{n}", "--title", "Žluť",
                         *given)
    problems += differ(f"{folder}/a.pdf", f"{folder}/b.pdf")
    if b"D:20261121000000Z" not in read(folder, "a.pdf"):
        problems.append("the date is not in the document")
    if b"Date" in read(folder, "c.pdf"):
        problems.append("there is a date that nobody gave")
    title = "<FEFF" + "Žluť".encode("utf-16-be").hex().upper() + ">"
    return problems if title.encode() in read(folder, "c.pdf") else problems + ["no title"]


@point("called by another name")
def renamed(tool, folder):
    """The name the program is called by must not matter."""
    os.symlink(tool.path, f"{folder}/other-name")
    problems = make(tool, folder, "a", *JOB)
    done = subprocess.run([f"{folder}/other-name", "sheet", *JOB, "-q", "-o", f"{folder}/b.pdf",
                           "--manifest", f"{folder}/b.csv"], check=False)
    return problems + same(folder, "a", "b") + ([] if done.returncode == 0 else ["failed"])


main(__doc__)
