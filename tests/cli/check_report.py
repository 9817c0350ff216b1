#!/usr/bin/env python3
"""A submission becomes PDF and workbook; what cannot be shown is told; nothing half is left.

    check_report.py SMALLPRESS
"""
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
import zlib

from tool import Skip, differ, left, main, missing, point, read, write

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLE = os.path.join(ROOT, "examples", "inspection")
VISIT = os.path.join(EXAMPLE, "visit.json")


def png(path, width=40, height=30, colour=b"\x20\x60\xa0"):
    """A photo that needs no library."""
    def chunk(kind, data):
        return (len(data).to_bytes(4, "big") + kind + data +
                zlib.crc32(kind + data).to_bytes(4, "big"))
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    rows = zlib.compress((b"\0" + colour * width) * height)
    return write(path, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) +
                 chunk(b"IEND", b""))


def submission(folder, **fields):
    """A small one, with what is given over it."""
    png(os.path.join(folder, "photo.png"))
    return write(os.path.join(folder, "visit.json"),
                 json.dumps({"title": "A visit", "number": "V-1", "date": "2026-11-21",
                             "photos": [{"src": "photo.png", "caption": "A door"}], **fields}))


def command(*arguments):
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    return done.stdout


def need(name):
    if not shutil.which(name):
        raise Skip(f"{name} is not installed")


def text_of(pdf):
    need("pdftotext")
    return command("pdftotext", "-layout", pdf, "-")


def check_pdf(pdf):
    """What qpdf finds."""
    need("qpdf")
    done = subprocess.run(["qpdf", "--check", pdf], capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else [done.stdout + done.stderr]


def sheets_of(xlsx):
    with zipfile.ZipFile(xlsx) as package:
        bad = package.testzip()
        if bad:
            raise AssertionError(f"{bad} is broken")
        book = package.read("xl/workbook.xml").decode()
    return re.findall(r'<sheet name="([^"]*)"', book)


def words_missing(text, *words):
    flat = " ".join(text.split())
    return [f"`{word}` is not in the report: {flat[:1500]}" for word in words if word not in flat]


@point("the example becomes a PDF and a workbook")
def example(tool, folder):
    result = tool.run("report", VISIT, "-o", "visit.pdf", "--xlsx", "visit.xlsx", cwd=folder)
    pdf = os.path.join(folder, "visit.pdf")
    problems = result.expect(0, "visit.pdf and visit.xlsx") + check_pdf(pdf)
    title = json.loads(read(VISIT))["title"]
    problems += words_missing(text_of(pdf), title, "Page 1 of")
    if len(sheets_of(os.path.join(folder, "visit.xlsx"))) < 3:
        problems.append("the workbook has too few sheets")
    return problems + left(folder, "visit.pdf", "visit.xlsx")


@point("YAML, a theme of its own and the other example come out as well")
def yaml_and_theme(tool, folder):
    problems = []
    for number, arguments in enumerate((["visit.yaml", "--theme", "theme.yaml"],
                                        ["visit-ar.yaml"])):
        name = os.path.join(folder, f"{number}.pdf")
        result = tool.run("report", *arguments, "-o", name, cwd=EXAMPLE)
        problems += result.expect(0) + check_pdf(name)
    return problems


@point("the same bytes twice, and for any number of threads")
def same(tool, folder):
    names = []
    for threads in ("1", "1", "2", "4"):
        name = os.path.join(folder, f"{len(names)}")
        names.append(name)
        result = tool.run("report", VISIT, "-o", name + ".pdf", "--xlsx", name + ".xlsx",
                          "--threads", threads, "--memory", "256M")
        if result.status:
            return result.expect(0)
    return [problem for name in names[1:] for kind in (".pdf", ".xlsx")
            for problem in differ(names[0] + kind, name + kind)]


@point("the structure has headings, tables and figures with their captions")
def structure(tool, folder):
    need("pdfinfo")
    result = tool.run("report", VISIT, "-o", "visit.pdf", cwd=folder)
    pdf = os.path.join(folder, "visit.pdf")
    found = command("pdfinfo", "-struct-text", pdf)
    problems = result.expect(0)
    for tag in ("Document", "H1", "H2", "Table", "TR", "TH", "TD", "Figure", "Caption", "LI"):
        problems += [] if re.search(rf"^\s*{tag}\b", found, re.M) else [f"no {tag}"]
    facts = command("pdfinfo", pdf)
    problems += [] if re.search(r"^Tagged:\s+yes", facts, re.M) else [f"not tagged: {facts}"]
    plain = tool.run("report", VISIT, "-o", "plain.pdf", "--no-tags", cwd=folder)
    if "yes" in re.search(r"Tagged:\s+(\w+)", command(
            "pdfinfo", os.path.join(folder, "plain.pdf"))).group(1):
        problems.append("--no-tags is tagged")
    return problems + plain.expect(0)


@point("a photo that cannot be had is a box that says why, told, listed, and status 1")
def refused(tool, folder):
    photos = [{"src": "photo.png", "caption": "A door"}, {"src": "gone.jpg", "caption": "A gap"},
              {"src": "text.jpg"}, {"src": "http://127.0.0.1/x.jpg?token=SECRET"}]
    path = submission(folder, photos=photos)
    write(os.path.join(folder, "text.jpg"), "this is no photo")
    result = tool.run("report", path, "-o", "v.pdf", "--xlsx", "v.xlsx", cwd=folder)
    problems = result.expect(1, "gone.jpg", "text.jpg", "127.0.0.1", "loopback", "3 photos,")
    text = text_of(os.path.join(folder, "v.pdf"))
    problems += words_missing(text, "A door", "A gap", "gone.jpg", "text.jpg")
    if "SECRET" in text:
        problems.append("the query of an address is in the report")
    if text.count("gone.jpg") < 2:
        problems.append("it is not listed at the end")
    return problems + check_pdf(os.path.join(folder, "v.pdf"))


@point("a hundred photos in a list beside the submission")
def listed(tool, folder):
    png(os.path.join(folder, "photo.png"))
    rows = [json.dumps({"src": "photo.png", "caption": f"Photo of place {i}"})
            for i in range(100)]
    write(os.path.join(folder, "photos.ndjson"), "\n".join(rows) + "\n")
    path = submission(folder, photos={"data": "photos.ndjson"})
    result = tool.run("report", path, "-o", "v.pdf", "--xlsx", "v.xlsx", cwd=folder)
    problems = result.expect(0, "100 photos")
    with zipfile.ZipFile(os.path.join(folder, "v.xlsx")) as package:
        count = sum(name.startswith("xl/media/") for name in package.namelist())
    if count != 100:
        problems.append(f"{count} pictures in the workbook")
    return problems + words_missing(text_of(os.path.join(folder, "v.pdf")), "Photo of place 99")


@point("a table from a CSV file, its head on every page")
def table(tool, folder):
    lines = ["place,count,when"] + [f"Room {i},{i},2026-11-{1 + i % 28:02}" for i in range(300)]
    write(os.path.join(folder, "rows.csv"), "\n".join(lines) + "\n")
    columns = ["place", {"name": "count", "type": "number"}, {"name": "when", "type": "date"}]
    section = {"title": "Rooms", "tables": [{"columns": columns, "rows": {"data": "rows.csv"}}]}
    path = submission(folder, sections=[section], photos=[])
    result = tool.run("report", path, "-o", "v.pdf", "--xlsx", "v.xlsx", cwd=folder)
    pages = text_of(os.path.join(folder, "v.pdf")).split("\f")[:-1]
    problems = result.expect(0, "300 rows")
    problems += [f"page {n + 1} has no head" for n, page in enumerate(pages) if "place" not in page]
    if len(pages) < 4 or "Room 299" not in pages[-1]:
        problems.append(f"{len(pages)} pages")
    return problems


@point("the structure stands after a table longer than what is kept of it in memory")
def long_table(tool, folder):
    need("pdfinfo")
    lines = ["place,count"] + [f"Room {i},{i}" for i in range(3000)]
    write(os.path.join(folder, "rows.csv"), "\n".join(lines) + "\n")
    section = {"title": "Rooms", "tables": [{"rows": {"data": "rows.csv"}}]}
    path = submission(folder, sections=[section])
    result = tool.run("report", path, "-o", "v.pdf", cwd=folder)
    pdf = os.path.join(folder, "v.pdf")
    done = subprocess.run(["pdfinfo", "-struct-text", pdf], capture_output=True, text=True,
                          check=False)
    tags = re.findall(r"^\s*([A-Z]\w*)\b", done.stdout, re.M)
    problems = result.expect(0) + check_pdf(pdf) + ([done.stderr] if done.stderr else [])
    for tag, count in (("H1", 1), ("TR", 3001), ("TD", 6000), ("Figure", 1)):
        if tags.count(tag) != count:
            problems.append(f"{tags.count(tag)} {tag}, and {count} are due")
    return problems


@point("a bad row of a list is told with its line, and the rest is there")
def bad_row(tool, folder):
    write(os.path.join(folder, "rows.csv"), "a,b\n1,2\n3\n4,5\n")
    section = {"title": "Rows", "tables": [{"rows": {"data": "rows.csv"}}]}
    path = submission(folder, sections=[section], photos=[])
    result = tool.run("report", path, "-o", "v.pdf", cwd=folder)
    problems = result.expect(1, "rows.csv: line 3: the row has 1 cell", "1 row and 0 other")
    text = text_of(os.path.join(folder, "v.pdf"))
    if folder in text or folder in result.err:
        problems.append("the folder is told, where the name of the list would do")
    return problems + words_missing(text, "line 3: the row has 1 cell")


@point("--check tells every mistake with line, column and field")
def check(tool, folder):
    path = write(os.path.join(folder, "bad.yaml"),
                 "title: A visit\ndate: 2026-02-30\nsektions: []\nphotos:\n  - {caption: x}\n")
    result = tool.run("report", path, "--check", cwd=folder)
    problems = result.expect(2, "bad.yaml:2:", "date", "bad.yaml:3:", "sections", "src")
    good = tool.run("report", VISIT, "--check", cwd=folder)
    return problems + good.expect(0, "in order") + left(folder, "bad.yaml")


@point("what is wrong with a submission is one sentence, and nothing is written")
def bad_submission(tool, folder):
    problems = []
    for text, words in (("", "empty"), ("[1, 2", "bad"), ("title: [", "bad"),
                        ("{\"titel\": 5}", "title"), ("\xff\xfe", "bad"),
                        ("a: &x [1]\nb: *x\n", "bad")):
        path = write(os.path.join(folder, "bad.yaml"), text.encode("latin-1"))
        result = tool.run("report", path, "-o", "v.pdf", cwd=folder)
        problems += result.expect(2, words)
    return problems + left(folder, "bad.yaml")


@point("many submissions from one file, named by their numbers")
def batch(tool, folder):
    png(os.path.join(folder, "photo.png"))
    rows = [json.dumps({"title": f"Visit {i}", "number": f"V/{i}",
                        "photos": [{"src": "photo.png"}]}) for i in range(5)]
    rows.insert(2, "{\"titel\": \"wrong\"}")
    write(os.path.join(folder, "visits.ndjson"), "\n".join(rows) + "\n")
    os.mkdir(os.path.join(folder, "out"))
    result = tool.run("report", "--data", "visits.ndjson", "-o", "out/{number}.pdf",
                      "--xlsx", "out/{number}.xlsx", cwd=folder)
    problems = result.expect(1, "visits.ndjson:3:1:", "5 reports", "1 of 6")
    names = [f"V_{i}.{kind}" for i in range(5) for kind in ("pdf", "xlsx")]
    out = os.path.join(folder, "out")
    return problems + missing(out, *names) + left(out, *names)


@point("a batch replaces what was there before, and nothing of its own")
def batch_twice(tool, folder):
    rows = [json.dumps({"title": f"Visit {i}", "number": number})
            for i, number in enumerate(("A/1", "A_1", "B"))]
    write(os.path.join(folder, "visits.ndjson"), "\n".join(rows) + "\n")
    write(os.path.join(folder, "B.pdf"), "from before")
    os.utime(os.path.join(folder, "B.pdf"), (1, 1))
    time.sleep(1.1)
    result = tool.run("report", "--data", "visits.ndjson", "-o", "{number}.pdf", "-f", cwd=folder)
    problems = result.expect(1, "visits.ndjson:2", "A_1.pdf was made from an earlier line")
    if not read(folder, "B.pdf").startswith(b"%PDF"):
        problems.append("what was there before was not replaced")
    return problems + words_missing(text_of(os.path.join(folder, "A_1.pdf")), "Visit 0")


@point("an input is not replaced by the report made from it")
def own_input(tool, folder):
    path = submission(folder)
    before = read(path)
    result = tool.run("report", path, "-o", path, "-f", cwd=folder)
    return result.expect(2, "is read and cannot be written") + (
        [] if read(path) == before else ["it was replaced"])


@point("text is set in the same fonts on any number of threads")
def same_fonts(tool, folder):
    path = submission(folder, title="现场检查报告", text="检查员走遍了小径与桥梁。" * 40)
    for threads in ("1", "2"):
        tool.run("report", path, "-o", threads + ".pdf", "--threads", threads, "--memory", "96M",
                 cwd=folder)
    return missing(folder, "1.pdf", "2.pdf") or differ(os.path.join(folder, "1.pdf"),
                                                       os.path.join(folder, "2.pdf"))


@point("more columns than a page has room for are told, and stand in the workbook")
def wide(tool, folder):
    columns = [f"c{i}" for i in range(100)]
    section = {"title": "Wide", "tables": [{"columns": columns, "rows": [list(range(100))]}]}
    path = submission(folder, sections=[section])
    result = tool.run("report", path, "-o", "v.pdf", "--xlsx", "v.xlsx", cwd=folder)
    problems = result.expect(1, "100 columns", "at most 64")
    if "Wide" not in sheets_of(os.path.join(folder, "v.xlsx")):
        problems.append("the workbook lacks it")
    return problems


@point("a batch gives the same documents as one by one")
def batch_same(tool, folder):
    png(os.path.join(folder, "photo.png"))
    one = json.dumps({"title": "Visit", "number": "7", "photos": [{"src": "photo.png"}]})
    write(os.path.join(folder, "one.json"), one)
    write(os.path.join(folder, "all.ndjson"), one + "\n" + one.replace('"7"', '"8"') + "\n")
    problems = tool.run("report", "one.json", "-o", "one.pdf", cwd=folder).expect(0)
    problems += tool.run("report", "--data", "all.ndjson", "-o", "b{number}.pdf",
                         cwd=folder).expect(0)
    return problems or differ(os.path.join(folder, "one.pdf"), os.path.join(folder, "b7.pdf"))


@point("an existing file is left alone unless --force")
def force(tool, folder):
    path = submission(folder)
    write(os.path.join(folder, "v.pdf"), "mine")
    result = tool.run("report", path, "-o", "v.pdf", "--xlsx", "v.xlsx", cwd=folder)
    problems = result.expect(5, "v.pdf", "--force") + left(folder, "visit.json", "photo.png",
                                                           "v.pdf")
    if read(folder, "v.pdf") != b"mine":
        problems.append("it was replaced")
    return problems + tool.run("report", path, "-o", "v.pdf", "-f", cwd=folder).expect(0)


@point("documents go to standard output, submissions come from standard input")
def streams(tool, folder):
    path = submission(folder)
    result = tool.run("report", "-", "-o", "-", given=read(path), cwd=folder)
    problems = result.expect(0) + ([] if result.out.startswith(b"%PDF-") else ["no PDF"])
    tool.run("report", path, "-o", "v.pdf", cwd=folder)
    if result.out != read(folder, "v.pdf"):
        problems.append("it is another PDF than the one in a file")
    book = tool.run("report", path, "--xlsx", "-", cwd=folder)
    return problems + book.expect(0) + ([] if book.out.startswith(b"PK") else ["no workbook"])


@point("a full disk is told and leaves nothing")
def full(tool, folder):
    path = submission(folder)
    result = tool.run("report", path, "-o", "/dev/full", cwd=folder)
    return result.expect(5, "/dev/full") + left(folder, "visit.json", "photo.png")


@point("a scratch folder without room ends the report, and no photo is blamed")
def full_scratch(tool, folder):
    if os.geteuid() != 0:
        raise Skip("only root may mount a small disk")
    small = os.path.join(folder, "small")
    os.mkdir(small)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", small],
                      check=False).returncode:
        raise Skip("nothing can be mounted here")
    try:
        result = tool.run("report", VISIT, "-o", os.path.join(folder, "v.pdf"), "--xlsx",
                          os.path.join(folder, "v.xlsx"), "--scratch", small)
    finally:
        subprocess.run(["umount", small], check=True)
    os.rmdir(small)
    return result.expect(5, "No space left") + left(folder)


@point("too little memory is refused with the parts and the cure")
def memory(tool, folder):
    path = submission(folder)
    result = tool.run("report", path, "-o", "v.pdf", "--memory", "8M", cwd=folder)
    return result.expect(4, "needs", "the least that would do") + left(folder, "visit.json",
                                                                       "photo.png")


@point("a long text is there to its last word, in pieces that lose none")
def long_text(tool, folder):
    words = " ".join(f"word{i}" for i in range(3000))
    path = submission(folder, text=words + "\nThe end of it.", photos=[])
    result = tool.run("report", path, "-o", "v.pdf", cwd=folder)
    found = set(re.findall(r"word\d+\b", text_of(os.path.join(folder, "v.pdf"))))
    lost = [f"word{i} is lost" for i in range(3000) if f"word{i}" not in found]
    return result.expect(0, absent=("cut",)) + lost[:5]


@point("the plan is printed for people and for programs, and makes nothing")
def plan(tool, folder):
    path = submission(folder)
    text = tool.run("plan", "report", path, cwd=folder)
    found = json.loads(tool.run("plan", "report", path, "--json", cwd=folder).out)
    problems = text.expect(0)
    if sum(part["bytes"] for part in found["parts"]) != found["memory_bytes"]:
        problems.append("the parts are not the sum")
    if b"Memory: at most" not in text.out or not found["fits"]:
        problems.append(text.out.decode())
    return problems + left(folder, "visit.json", "photo.png")


@point("mistakes in the command are told")
def usage(tool, folder):
    path = submission(folder)
    problems = []
    for arguments, words in (((), "no submission"), ((path,), "no output"),
                             ((path, path, "-o", "v.pdf"), "two submissions"),
                             ((path, "-o", "v", "--xlsx", "v"), "same file"),
                             ((path, "-o", "v.pdf", "--treads", "2"), "--threads"),
                             (("gone.json", "-o", "v.pdf"), "gone.json"),
                             (("--data", path, "-o", "v.pdf"), "{number}")):
        result = tool.run("report", *arguments, cwd=folder)
        problems += result.expect(5 if words == "gone.json" else 2, words)
    return problems + left(folder, "visit.json", "photo.png")


@point("Arabic runs from right to left, mirrored, with its numbers right")
def arabic(tool, folder):
    name = os.path.join(folder, "ar.pdf")
    result = tool.run("report", "visit-ar.yaml", "-o", name, "--xlsx",
                      os.path.join(folder, "ar.xlsx"), cwd=EXAMPLE)
    problems = result.expect(0)
    with zipfile.ZipFile(os.path.join(folder, "ar.xlsx")) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
    if 'rightToLeft="1"' not in sheet:
        problems.append("the sheets do not run from right to left")
    need("pdftotext")
    title = re.search(r"^title: (.*)$", read(EXAMPLE, "visit-ar.yaml").decode(), re.M).group(1)
    for reader in (("pdfinfo", "-struct-text", name), ("pdftotext", name, "-")):
        if title not in command(*reader):
            problems.append(f"{reader[0]} does not find the title in the order it is read in")
    words = command("pdftotext", "-bbox", "-l", "1", name, "-")
    width = float(re.search(r'<page width="([\d.]+)"', words).group(1))
    right = [float(x) for x in re.findall(r'xMax="([\d.]+)"[^>]*>[\u0600-\u06ff]', words)]
    if not right or max(right) < width * 0.85:
        problems.append("no Arabic word stands at the right margin")
    return problems


if __name__ == "__main__":
    sys.exit(main(__doc__))
