#!/usr/bin/env python3
"""Lines of all kinds, good and bad: what is printed, what is left out, and what is said of it.

    check_input.py SMALLPRESS
"""
import csv
import io
import os
import re
import subprocess

from tool import as_nobody, left, main, missing, point, write


def rows(folder):
    with open(f"{folder}/out.csv", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def make(tool, folder, text, *options):
    """Makes out.pdf and out.csv of lines."""
    write(f"{folder}/in.txt", text)
    return tool.sheet("--lines", "in.txt", "-o", "out.pdf", "--manifest", "out.csv", *options,
                      cwd=folder)


def printed(folder, *ids):
    found = [row[0] for row in rows(folder)]
    return [] if found == list(ids) else [f"{found} are printed, and {list(ids)} are due"]


@point("bad lines are left out, told with their number, and status 1")
def bad_lines(tool, folder):
    result = make(tool, folder, b"first\n\n\xff\xfe\nzero\0byte\ncarriage\rreturn\nlast")
    problems = result.expect(1, "in.txt: line 2 is empty", "line 3 is not UTF-8: its byte 1",
                             "0xFF", "line 4 has a zero byte (byte 5)", "line 5", "byte 9",
                             "4 bad records were left out")
    return problems + printed(folder, "first", "last")


@point("a payload that fits no code is told with its line and the numbers")
def too_long(tool, folder):
    result = make(tool, folder, "x" * 2000 + "\n" + "y\n" + "9" * 3057 + "\n" + "x" * 9000 + "\n",
                  "--ecc", "H")
    problems = result.expect(1, "line 1: the payload of 2,000 bytes", "level H", "1,273 bytes",
                             "line 4", "9,000 bytes", "2 bad records")
    return problems + printed(folder, "y", "9" * 3057)


@point("the longest payloads fit and one character more does not")
def longest(tool, folder):
    problems = []
    for character, most in (("7", 7089), ("A", 4296), ("a", 2953)):
        result = make(tool, folder, character * most + "\n" + character * (most + 1) + "\n",
                      "--ecc", "L", "--force", "--text", "none", "--page", "A3", "--grid", "1x1")
        problems += result.expect(1, "line 2", "1 bad record")
        problems += printed(folder, character * most)
    return problems


@point("strict: status 3 at the first bad line, and nothing is written")
def strict(tool, folder):
    problems = []
    for threads in ("1", "4"):
        for bad in (b"\n", b"\xff\n", b"x" * 9000 + b"\n", b"y" * 3000 + b"\n"):
            text = b"good\n" * 100 + bad + b"good\n" * 1000
            result = make(tool, folder, text, "--strict", "--threads", threads)
            problems += result.expect(3, "in.txt: line 101", absent=("left out",))
            problems += left(folder, "in.txt")
            if result.err.count("\n") != 1:
                problems.append(f"not one sentence: {result.err!r}")
    return problems


@point("strict with good lines is status 0")
def strict_good(tool, folder):
    return make(tool, folder, "a\nb\n", "--strict").expect(0) + printed(folder, "a", "b")


@point("input without one good line is status 3 and makes nothing")
def nothing_good(tool, folder):
    problems = []
    for text in (b"", b"\n", b"\n\r\n\n", b"\xef\xbb\xbf", b"\xff\n" * 100):
        for threads in ("1", "3"):
            result = make(tool, folder, text, "--threads", threads)
            problems += result.expect(3, "in.txt", "no line") + left(folder, "in.txt")
    result = tool.sheet("--lines", "-", "-o", "out.pdf", cwd=folder, given=b"")
    return problems + result.expect(3, "standard input") + left(folder, "in.txt")


@point("many bad lines are told one by one up to a limit, then counted")
def many_bad(tool, folder):
    result = make(tool, folder, "\n" * 5000 + "good\n")
    problems = result.expect(1, "line 1 is empty", "only counted", "5,000 bad records")
    if result.err.count("\n") > 30:
        problems.append(f"{result.err.count(chr(10))} lines are said")
    return problems + printed(folder, "good")


@point("ends of lines, a mark at the start, and no end at the end")
def line_ends(tool, folder):
    result = make(tool, folder, b"\xef\xbb\xbfone\r\ntwo\n three \r\nvier")
    return result.expect(0) + printed(folder, "one", "two", " three ", "vier")


@point("UTF-16 is refused with a way out")
def utf16(tool, folder):
    result = make(tool, folder, "ids\n".encode("utf-16"))
    return result.expect(3, "in.txt", "UTF-16", "UTF-8") + left(folder, "in.txt")


@point("{n} counts what is printed and {line} what was read")
def numbers(tool, folder):
    result = make(tool, folder, "a\n\nb\n", "--code", "{n:06}/{line}/{id}/{{}}")
    problems = result.expect(1)
    found = [row[1] for row in rows(folder)]
    want = ["000001/1/a/{}", "000002/3/b/{}"]
    return problems if found == want else problems + [f"{found}, and {want} are due"]


@point("ids that hold the worst of Unicode are encoded as they are")
def unicode(tool, folder):
    ids = ["žluťoučký kůň", "مرحبا بالعالم", "नमस्ते", "한국어 글꼴", "日本語", "\u0301", "\u200b\u202e",
           "e" + "\u0301" * 300, "👩\u200d👩\u200d👧\u200d👦", "\x01\x1b[31m\x7f", "\u0390\u05d0\u0390",
           "\ufdfa" * 50, "\U0010ffff", "ﷺ", "=cmd()", "(){}<>[]/%\\"]
    result = make(tool, folder, "\n".join(ids))
    problems = result.expect(0, "no glyph", absent=("\x1b",)) + printed(folder, *ids)
    return problems + subprocess_check(folder)


def subprocess_check(folder):
    try:
        done = subprocess.run(["qpdf", "--check", f"{folder}/out.pdf"], capture_output=True,
                              text=True, check=False)
    except FileNotFoundError:
        return []
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


@point("a warning for modules that are too small, with a cure that works")
def small_modules(tool, folder):
    result = make(tool, folder, "x" * 1500 + "\n" + "short\n", "--text", "none")
    problems = result.expect(0, "warning", "record 1", "0.25 mm", "--code-size")
    size = re.search(r"([0-9.]+ ?mm) or more", result.err)
    cured = make(tool, folder, "x" * 1500 + "\n", "--text", "none", "--force", "--grid", "1x1",
                 "--code-size", size[1] if size else "?")
    problems += cured.expect(0, absent=("warning",))
    return problems


@point("a warning for text that is too small, and for text that is cut")
def small_text(tool, folder):
    result = make(tool, folder, "x" * 60 + "\n" + "short\n")
    problems = result.expect(0, "warning", "record 1", "pt", "--text", absent=("ellipsis",))
    result = make(tool, folder, "short\n" + "x" * 700 + "\n", "--force")
    return problems + result.expect(0, "warning", "record 2", "1.0 pt", "ellipsis")


@point("a file that is missing, a folder, or not ours to read is status 5")
def unreadable(tool, folder):
    problems = tool.sheet("--lines", "none.txt", "-o", "x.pdf", cwd=folder).expect(
        5, "none.txt", "No such file")
    problems += tool.sheet("--lines", folder, "-o", "x.pdf", cwd=folder).expect(5, folder, "folder")
    problems += tool.sheet("--lines", "-", "-o", "x.pdf", cwd=folder,
                           given=os.open(folder, os.O_RDONLY)).expect(5, "standard input")
    return problems + left(folder)


@point("a file that only others may read is status 5")
def forbidden(tool, folder):
    write(f"{folder}/secret.txt", "a\n")
    os.chmod(f"{folder}/secret.txt", 0)
    os.chmod(folder, 0o777)
    options = as_nobody(tool)
    result = tool.sheet("--lines", "secret.txt", "-o", "x.pdf", cwd=folder, **options)
    return result.expect(5, "secret.txt", "Permission denied") + left(folder, "secret.txt")


@point("standard input that is closed is status 5 and not another file")
def closed_input(tool, folder):
    command = 'exec "$0" sheet --lines - -o x.pdf <&-'
    done = subprocess.run(["sh", "-c", command, tool.path], cwd=folder, capture_output=True,
                          check=False)
    problems = [] if done.returncode == 5 else [f"ended with {done.returncode}: {done.stderr}"]
    return problems + left(folder)


@point("a line of 64 MiB without an end is left out in no more memory")
def endless_line(tool, folder):
    with open(f"{folder}/in.txt", "wb") as file:
        file.write(b"good\n")
        for _ in range(64):
            file.write(b"x" * (1 << 20))
        file.write(b"\nlast\n")
    result = tool.sheet("--lines", "in.txt", "-o", "out.pdf", "--manifest", "out.csv", cwd=folder)
    problems = result.expect(1, "line 2 is 67,108,864 bytes long", "1 bad record")
    return problems + printed(folder, "good", "last")


@point("lines that come a byte at a time are the same lines")
def dribble(tool, folder):
    with tool.start("sheet", "--lines", "-", "-o", "out.pdf", "--manifest", "out.csv", cwd=folder,
                    stdin=subprocess.PIPE) as process:
        for byte in b"one\r\n\xc3\xa9\nlast":
            process.stdin.write(bytes([byte]))
            process.stdin.flush()
        process.stdin.close()
        process.stdin = None
        problems = tool.end(process, 20, 0)
    return problems + missing(folder, "out.pdf") + printed(folder, "one", "é", "last")


@point("generated records that fit no code are named by number")
def generated_refused(tool, folder):
    result = tool.sheet("--count", "12", "--id", "{n}", "--code", "x" * 16 + "{id}",
                        "--qr-version", "2", "--ecc", "H", "--mask", "3", "-o", "out.pdf",
                        cwd=folder)
    problems = result.expect(3, "record 1", "level H") + left(folder)
    result = tool.sheet("--count", "12", "--id", "{n}", "--code", "x" * 13 + "{id}",
                        "--qr-version", "2", "--ecc", "H", "--manifest", "out.csv",
                        "-o", "out.pdf", cwd=folder)
    found = io.StringIO(result.err).readline()
    problems += result.expect(1, "record 10", "bad records")
    if "record 10:" not in found:
        problems.append(f"the first refused is {found!r}")
    return problems + printed(folder, *"123456789")


main(__doc__)
