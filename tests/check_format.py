#!/usr/bin/env python3
"""The layout of the C files is clang-format's: check_format.py ROOT

Releases of clang-format lay the same style out differently, so only the one the tree was made with
is asked; without it the points are skipped.
"""

import os
import re
import shutil
import sys

from check_tap import C_ENDINGS, Tap, Tree, files, read, run

RELEASE = 14  # Debian 12's
OUR_C = ("src", "include", "tests", "tools", "examples", "bench")


def find_formatter():
    """(program, None) or (None, why not)."""
    seen = []
    for name in (f"clang-format-{RELEASE}", "clang-format"):
        program = shutil.which(name)
        if program:
            _, text = run([program, "--version"])
            release = re.search(r"version (\d+)", text)
            if release and int(release.group(1)) == RELEASE:
                return program, None
            seen.append(release.group(1) if release else "of an unknown release")
    if seen:
        return None, f"clang-format is {seen[-1]}, and the tree is laid out by {RELEASE}"
    return None, "clang-format is not installed"


def problems(root, path, program):
    """What clang-format would change."""
    status, text = run([program, "--dry-run", "-Werror", "--style=file", path], cwd=root)
    return [text or f"status {status}"] if status != 0 else []


def self_test(tap, root, program):
    style = {".clang-format": read(root, ".clang-format")}
    with Tree({**style, "a.c": "int a(void)\n{\n    return 1;\n}\n"}) as tree:
        tap.accepts("a file in order", problems(tree, "a.c", program))
    with Tree({**style, "a.c": "int a(void) {\n  return 1;\n}\n"}) as tree:
        tap.catches("a file laid out otherwise", problems(tree, "a.c", program), "a.c:1")


def main():
    root = sys.argv[1]
    program, why_not = find_formatter()
    tap = Tap()
    if program is None:
        tap.skip("the layout is clang-format's", why_not)
        tap.end()
    self_test(tap, root, program)
    for folder in OUR_C:
        ours = files(root, [folder], C_ENDINGS)
        if ours:
            found = [problem for path in ours for problem in problems(root, path, program)]
            tap.point(f"the layout of {folder}{os.sep} is clang-format's", found)
    tap.end()


if __name__ == "__main__":
    main()
