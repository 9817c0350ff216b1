#!/usr/bin/env python3
"""Mistakes in a command: status 2, what was found, the way out, and nothing written.

    check_usage.py SMALLPRESS
"""
from tool import left, main, point, read, write

# What is wrong, the arguments beside -o, and words that the sentence must hold.
MISTAKES = (
    ("both --count and --lines", ["--count", "5", "--lines", "x"], ["--count", "--lines", "one"]),
    ("nothing to print", [], ["--count", "--lines"]),
    ("an option misspelt", ["--cuont", "5"], ["--cuont", "--count"]),
    ("an option far from all others", ["--frobnicate"], ["--frobnicate", "--help"]),
    ("a word that is no option", ["--count", "5", "ids.txt"], ["ids.txt", "--help"]),
    ("a value missing", ["--count"], ["--count", "needs a value"]),
    ("a value for a flag", ["--count", "5", "--quiet=1"], ["--quiet", "no value"]),
    ("a count of zero", ["--count", "0"], ["0"]),
    ("a count below zero", ["--count", "-5"], ["--count", "`-5`"]),
    ("a count in short", ["--count", "50k"], ["--count", "50000"]),
    ("a count of many digits", ["--count", "9" * 30], ["--count", "more than can be counted"]),
    ("the highest count that is parsed", ["--count", str(2**64 - 2)], ["{random:13}"]),
    ("more pages than a document has", ["--count", "3000000000", "--grid", "1x1"],
     ["3000000000 pages", "one document", "several documents"]),
    ("ids that would all be the same", ["--count", "5", "--id", "x"], ["--id", "{n}"]),
    ("ids that must repeat", ["--count", "33", "--id", "{random:1}"],
     ["--id", "32", "33", "{random:2}"]),
    ("an empty id", ["--count", "5", "--id", ""], ["--id", "empty"]),
    ("an id with a field of templates", ["--count", "5", "--id", "{id}"], ["--id", "column 1"]),
    ("a seed that is none", ["--count", "5", "--seed", "zz"], ["seed", "zz", "32"]),
    ("a seed with lines", ["--lines", "x", "--seed", "0" * 32], ["--seed", "--lines"]),
    ("a template without its brace", ["--count", "5", "--code", "ab{id"],
     ["--code", "column 3", "{id"]),
    ("a template with an unknown field", ["--count", "5", "--code", "é{idd}"],
     ["--code", "column 2", "{idd}", "{id}"]),
    ("a template closed twice", ["--count", "5", "--text", "{id}}"], ["--text", "column 5"]),
    ("a template for lines without lines", ["--count", "5", "--code", "{line}"],
     ["--code", "column 1", "{line}"]),
    ("a template that is not UTF-8", ["--count", "5", "--code", b"a\xff"],
     ["--code", "column 2", "0xFF"]),
    ("no payload", ["--count", "5", "--code", ""], ["--code", "{id}"]),
    ("a template of 5,000 bytes", ["--count", "5", "--code", "x" * 5000], ["--code", "4096"]),
    ("a title that is not UTF-8", ["--count", "5", "--title", b"a\xff"], ["--title", "UTF-8"]),
    ("a grid that does not fit", ["--count", "5", "--grid", "200x3"], ["200", "210 mm", "fewer"]),
    ("a grid of too many cells", ["--count", "5", "--grid", "1000x1000"], ["10000"]),
    ("a grid of no column", ["--count", "5", "--grid", "0x5"], ["--grid", "`0x5`"]),
    ("a code too large for its cell", ["--count", "5", "--code-size", "90mm"],
     ["does not fit", "--code-size"]),
    ("a code of no size", ["--count", "5", "--code-size", "0mm"], ["--code-size", "`0mm`"]),
    ("a length without unit", ["--count", "5", "--code-size", "90"],
     ["--code-size", "`90`", "90mm"]),
    ("a length with a wrong unit", ["--count", "5", "--margin", "3ft"], ["--margin", "`ft`", "mm"]),
    ("three margins", ["--count", "5", "--margin", "1mm,2mm,3mm"], ["--margin", "two", "four"]),
    ("five margins", ["--count", "5", "--margin", "1mm,1mm,1mm,1mm,1mm"], ["--margin", "4"]),
    ("a margin below zero", ["--count", "5", "--margin", "-1mm"], ["margins", "-1 mm"]),
    ("a page of no kind", ["--count", "5", "--page", "B7"], ["--page", "B7", "A4"]),
    ("a page that is too large", ["--count", "5", "--page", "5080mmx5081mm"], ["5081", "5080"]),
    ("a text too small", ["--count", "5", "--text-size", "0.5pt"], ["--text-size", "1pt", "72pt"]),
    ("a quiet zone too wide", ["--count", "5", "--quiet-zone", "65"], ["--quiet-zone", "64"]),
    ("an unknown level", ["--count", "5", "--ecc", "Z"], ["--ecc", "`Z`", "L, M, Q or H"]),
    ("a version over 40", ["--count", "5", "--qr-version", "41"], ["--qr-version", "`41`", "40"]),
    ("a mask over 7", ["--count", "5", "--mask", "8"], ["--mask", "`8`", "7"]),
    ("an unknown drawing", ["--count", "5", "--draw", "nice"], ["--draw", "nice", "sharp"]),
    ("a date that is none", ["--count", "5", "--date", "yesterday"], ["--date", "yesterday"]),
    ("a date with a sign", ["--count", "5", "--date", "2026-+1-01"], ["--date", "2026-+1-01"]),
    ("a date with a blank", ["--count", "5", "--date", " 202-01-01"], ["--date"]),
    ("no thread", ["--count", "5", "--threads", "0"], ["--threads", "1 to 256"]),
    ("257 threads", ["--count", "5", "--threads", "257"], ["--threads", "`257`", "256"]),
    ("a size with a wrong unit", ["--count", "5", "--memory", "8E"], ["--memory", "`E`", "G"]),
    ("an unknown progress", ["--count", "5", "--progress", "loud"], ["--progress", "loud", "json"]),
    ("a name that is empty", ["--count", "5", "--manifest", ""], ["--manifest", "empty"]),
    ("the manifest over the output", ["--count", "5", "--manifest", "out.pdf"], ["--manifest"]),
)


def mistake(arguments, words):
    def test(tool, folder):
        result = tool.sheet("-o", "out.pdf", *arguments, cwd=folder)
        problems = result.expect(2, *words) + left(folder)
        if result.err.count("\n") != 1 or not result.err.startswith("smallpress: "):
            problems.append(f"not one sentence: {result.err!r}")
        if result.out:
            problems.append(f"printed {result.out[:80]!r} as data")
        return problems
    return test


for what, given, found in MISTAKES:
    point(what)(mistake(given, found))


@point("no output")
def no_output(tool, folder):
    return tool.sheet("--count", "5", cwd=folder).expect(2, "-o") + left(folder)


@point("no command, or none that exists")
def no_command(tool, folder):
    problems = tool.run(cwd=folder).expect(2, "sheet", "--help")
    problems += tool.run("shet", "--count", "5", "-o", "x", cwd=folder).expect(2, "`shet`", "sheet")
    problems += tool.run("plan", "--count", "5", cwd=folder).expect(2, "plan sheet")
    return problems + left(folder)


@point("a suggestion is near what was typed")
def suggestions(tool, folder):
    problems = []
    for typed in ("-x", "-Z", "--z", "--xy"):
        result = tool.sheet(typed, "-o", "x.pdf", cwd=folder)
        problems += result.expect(2, typed, absent=("did you mean",))
    return problems


@point("what is printed of a command holds no control characters")
def control_characters(tool, folder):
    problems = []
    for arguments in (["\x1b[31mx"], ["--\x1b[31mx"], ["--count", "\x1b[31m5"],
                      ["--count", "5", "--draw", "\x1b[31mx"],
                      ["--lines", "\x1b[31mnone.txt"],
                      ["--count", "5", "--date", "\x1b[31mx"]):
        result = tool.sheet("-o", "x.pdf", *arguments, cwd=folder)
        if "\x1b" in result.err or result.status not in (2, 5):
            problems.append(f"{arguments}: {result.status}, {result.err!r}")
    return problems


@point("a long name leaves room for the reason")
def long_name(tool, folder):
    path = "/".join(["x" * 200] * 4)
    result = tool.sheet("--count", "5", "-o", path, cwd=folder)
    problems = result.expect(5, "No such file or directory")
    return problems + tool.sheet("--lines", path, "-o", "x.pdf",
                                 cwd=folder).expect(5, "No such file or directory")


@point("help and version go to standard output")
def help_texts(tool, folder):
    problems = []
    for arguments, words in ((["--help"], ["sheet", "plan"]), (["-h"], ["sheet"]),
                             (["help"], ["sheet"]), (["--version"], ["smallpress "]),
                             (["sheet", "--help"], ["--count", "--memory", "--manifest"]),
                             (["plan", "sheet", "--help"], ["--json"])):
        result = tool.run(*arguments, cwd=folder)
        text = result.out.decode()
        problems += [f"{arguments} does not tell of {word}" for word in words if word not in text]
        problems += [f"{arguments}: {len(line)} columns: {line}"
                     for line in text.splitlines() if len(line) > 80]
        if result.status != 0 or result.err:
            problems.append(f"{arguments}: {result.status}, {result.err}")
    return problems


@point("help onto a full disk is status 5")
def help_to_full(tool, folder):
    with open("/dev/full", "wb") as full:
        return tool.run("sheet", "--help", stdout=full).expect(5, "standard output", "No space")


@point("options with = and in short, the last one counts")
def forms(tool, folder):
    problems = []
    for name, arguments in (("a", ["-n", "7", "-o", "a.pdf", "-q", "-f", "-m", "64M", "-j", "1"]),
                            ("b", ["--count=7", "--output=b.pdf", "--quiet", "--force",
                                   "--memory=64M", "--threads=1"]),
                            ("c", ["--count=9", "--count", "7", "-o", "c.pdf", "-q"])):
        problems += tool.sheet("--id", "{n}", *arguments, cwd=folder).expect(0)
    problems += [] if read(folder, "a.pdf") == read(folder, "b.pdf") else ["a and b differ"]
    problems += [] if read(folder, "a.pdf") == read(folder, "c.pdf") else ["a and c differ"]
    return problems


@point("a mistake leaves an existing output as it is")
def untouched(tool, folder):
    write(f"{folder}/out.pdf", "precious")
    result = tool.sheet("--count", "0", "--force", "-o", "out.pdf", cwd=folder)
    problems = result.expect(2) + left(folder, "out.pdf")
    return problems if read(folder, "out.pdf") == b"precious" else problems + ["it was changed"]


main(__doc__)
