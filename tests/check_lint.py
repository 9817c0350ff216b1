#!/usr/bin/env python3
"""What other people's analysers say about the source: check_lint.py ROOT BUILD

cppcheck over src, include and tools; clang-tidy (with .clang-tidy, its analyser only with
SMALLPRESS_TEST_LONG) over the files BUILD compiles from src; shellcheck over the scripts. Each is
skipped when it is not installed. A finding that is wrong is answered where it stands, with the
reason beside it.
"""

import json
import os
import re
import shlex
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

from check_tap import Tap, Tree, files, read, run

CPPCHECK = [
    "cppcheck", "--quiet", "--std=c11", "--language=c", "--inline-suppr", "--error-exitcode=1",
    "--enable=warning,performance,portability", "--suppress=missingIncludeSystem",
    "--suppress=unmatchedSuppression", "--template={file}:{line}: {severity} {id}: {message}",
    "-DSP_VERSION=\"0\"", "-D__linux__=1", "-D__GNUC__=12", "-D__x86_64__=1", "-D_GNU_SOURCE=1",
]


def cppcheck(root, folders):
    """Findings in the C files below some folders of a tree."""
    present = [f for f in folders if files(root, [f], (".c",))]
    if not present:
        return []
    status, text = run([*CPPCHECK, f"-j{os.cpu_count() or 1}", "-I", "include", "-I", "src",
                        *present], cwd=root)
    return [text or f"status {status}"] if status != 0 else []


def compiled(root, build):
    """How the build compiles the files of src/, one entry a file, in words clang knows."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = json.load(file)
    source = os.path.realpath(os.path.join(root, "src")) + os.sep
    chosen = {}
    for entry in entries:
        path = os.path.realpath(os.path.join(entry["directory"], entry["file"]))
        if path.startswith(source) and path.endswith(".c"):
            words = [w for w in shlex.split(entry["command"]) if not w.startswith("-W")]
            chosen.setdefault(path, {"directory": entry["directory"], "file": path,
                                     "arguments": words})
    return chosen


def clang_tidy(root, build):
    """Findings in every file of src/ the build compiles."""
    entries = compiled(root, build)

    # Following every path takes seconds a file, minutes in all; the other checks take none.
    paths_too = [] if os.environ.get("SMALLPRESS_TEST_LONG") else ["--checks=-clang-analyzer-*"]

    def one(path):
        status, text = run(["clang-tidy", "--quiet", *paths_too, "-p", commands, path], cwd=root)
        lines = [line for line in text.splitlines() if re.search(r": (error|warning): ", line)]
        return "\n".join(lines) or f"{path}: status {status}" if status != 0 else None

    with Tree({"compile_commands.json": json.dumps(list(entries.values()))}) as commands:
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            return [text for text in pool.map(one, sorted(entries)) if text]


def scripts(root):
    return [p for p in files(root, ("script", ".ci"), ("",))
            if not p.endswith((".py", ".mjs")) and is_shell(os.path.join(root, p))]


def is_shell(path):
    with open(path, "rb") as file:
        first = file.readline()
    return first.startswith((b"#!/bin/sh", b"# shellcheck shell=")) or b"bash" in first


def shellcheck(root, paths):
    status, text = run(["shellcheck", "-x", "--source-path=SCRIPTDIR", *paths], cwd=root)
    return [text or f"status {status}"] if status != 0 else []


BAD_C = "int a(void);\nint a(void)\n{\n    int b[2] = {0};\n    return b[2];\n}\n"
GOOD_C = BAD_C.replace("b[2];", "b[1];")

# A text copied without its end.
BAD_COPY = ("#include <string.h>\nvoid a(char *b, const char *c);\n"
            "void a(char *b, const char *c)\n{\n    memcpy(b, c, strlen(c));\n}\n")


def check_cppcheck(tap, root):
    if not shutil.which("cppcheck"):
        tap.skip("cppcheck finds nothing", "cppcheck is not installed")
        return
    with Tree({"src/a.c": GOOD_C}) as tree:
        tap.accepts("cppcheck and a file in order", cppcheck(tree, ["src"]))
    with Tree({"src/a.c": BAD_C}) as tree:
        tap.catches("cppcheck and an overrun", cppcheck(tree, ["src"]), "src/a.c:5")
    tap.point("cppcheck finds nothing", cppcheck(root, ["src", "include", "tools"]))


def check_clang_tidy(tap, root, build):
    if not shutil.which("clang-tidy"):
        tap.skip("clang-tidy finds nothing", "clang-tidy is not installed")
        return
    style = read(root, ".clang-tidy")
    with Tree({"src/a.c": BAD_COPY, "src/b.c": GOOD_C, ".clang-tidy": style}) as tree:
        for name, letter in (("a text without its end", "a"), ("a file in order", "b")):
            entry = {"directory": tree, "file": f"src/{letter}.c",
                     "command": f"cc -Wlogical-op -c src/{letter}.c"}
            with open(os.path.join(tree, "compile_commands.json"), "w", encoding="utf-8") as file:
                json.dump([entry], file)
            found = clang_tidy(tree, tree)
            if letter == "a":
                tap.catches(f"clang-tidy and {name}", found, "a.c:5")
            else:
                tap.accepts(f"clang-tidy and {name}", found)
    tap.point("clang-tidy finds nothing", clang_tidy(root, build))


def check_shellcheck(tap, root):
    if not shutil.which("shellcheck"):
        tap.skip("shellcheck finds nothing", "shellcheck is not installed")
        return
    with Tree({"script/a": "#!/bin/sh\nrm $1\n"}) as tree:
        tap.catches("shellcheck and a bare variable", shellcheck(tree, scripts(tree)), "SC2086")
    tap.point("shellcheck finds nothing", shellcheck(root, scripts(root)))


def main():
    root, build = sys.argv[1:3]
    tap = Tap()
    check_cppcheck(tap, root)
    check_clang_tidy(tap, root, build)
    check_shellcheck(tap, root)
    tap.end()


if __name__ == "__main__":
    main()
