#!/usr/bin/env python3
"""The manual pages tell the truth: check_man.py ROOT TOOL

Every option that --help lists stands in the page of its command, and the other way round; every
option named in a message or an example of the README is one; the pages have no faults that mandoc
sees.
"""

import os
import re
import shutil
import subprocess
import sys

from check_tap import Tap, read

# The commands, how each is asked for its options, and whose pages describe some of them.
COMMANDS = {
    "sheet": (["sheet"], ()),
    "report": (["report"], ()),
    "plan": (["plan", "sheet"], ("sheet",)),
}


def options_of_help(text):
    return set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", text, re.M))


def options_of_page(text):
    """Options that have an entry of their own; not those a sentence mentions."""
    return {name for line in re.findall(r"^\.It (.*)$", text, re.M)
            for name in re.findall(r"Fl -([a-z-]+)", line)}


def differences(help_text, page_text, elsewhere=()):
    listed, described = options_of_help(help_text), options_of_page(page_text)
    described |= set(elsewhere)
    return ([f"--{name} is in --help and not in the page" for name in sorted(listed - described)] +
            [f"--{name} is in the page and not in --help" for name in sorted(described - listed)])


def strangers(text, known):
    """Options of smallpress in a text that no command has."""
    used = set()
    command = r"^.*(?:smallpress|script/run) (?:plan )?(?:sheet|report).*$"
    for line in re.findall(command, text, re.M):
        used |= set(re.findall(r"--([a-z][a-z-]+)", line))
    return [f"--{name} is no option" for name in sorted(used - known)]


def self_test(tap):
    page = ".It Fl n , Fl -count Ar n\n.It Fl -seed Ar hex\n"
    tap.accepts("a page that is right", differences("  -n, --count N  x\n  --seed HEX  y\n", page))
    tap.catches("an option that is not described",
                differences("  --count N\n  --seed H\n  --new\n", page), "--new", "not in the page")
    tap.catches("an option that is gone", differences("  --count N\n", page), "--seed")
    tap.catches("a README that names a stranger",
                strangers("script/run sheet --cuont 5 -o x.pdf", {"count"}), "--cuont")


def main():
    root, tool = sys.argv[1:3]
    tap = Tap()
    self_test(tap)
    options = {}
    for command, (words, shared) in COMMANDS.items():
        listed = subprocess.run([tool, *words, "--help"], capture_output=True, text=True,
                                check=True)
        page = read(root, f"man/smallpress-{command}.1")
        tap.point(f"smallpress-{command}(1) and --help list the same options",
                  differences(listed.stdout, page, set().union(*(options[s] for s in shared))))
        options[command] = options_of_help(listed.stdout)
    known = set().union(*options.values())
    for name in ("README.md", "docs/memory.md", "man/smallpress-sheet.1",
                 "man/smallpress-report.1", "docs/submission.md"):
        tap.point(f"{name} names no option that is not there",
                  strangers(read(root, name), known))
    folder = os.path.join(root, "man")
    pages = [os.path.join(folder, name) for name in sorted(os.listdir(folder))]
    if shutil.which("mandoc"):
        found = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *pages],
                               capture_output=True, text=True, check=False)
        tap.point("mandoc finds no fault", found.stdout.splitlines())
    else:
        tap.skip("mandoc finds no fault", "mandoc is not installed")
    tap.end()


main()
