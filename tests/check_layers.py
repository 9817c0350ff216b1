#!/usr/bin/env python3
"""The directions between the rooms: check_layers.py ROOT

    base <- record code text layout pdf xlsx photo spec <- press <- cli, server
    base <- fetch, child <- cli, server

A room includes its own headers, those of the rooms before it, and <smallpress/…>. Rooms beside
each other never include each other; the presses join them. The tool stands on the public headers
and base alone, like any other program would.
"""

import os
import re
import sys

from check_tap import C_ENDINGS, Tap, Tree, files, line_of, read, without_comments

ROOMS = ("record", "code", "text", "layout", "pdf", "xlsx", "photo", "spec")

# For each room under src/: the other rooms whose headers it may include.
MAY_INCLUDE = {
    "base": (),
    **{room: ("base",) for room in ROOMS},
    "press": ("base",) + ROOMS,
    "fetch": ("base",),
    "child": ("base",),
    "cli": ("base", "fetch", "child"),
    "server": ("base", "press", "fetch", "child"),
}

# Programs that are one room in a process of its own reach into that room.
FILE_MAY_INCLUDE = {
    os.path.join("src", "cli", "photo_program.c"): ("photo",),
}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.MULTILINE)


def room_of(path):
    """src/base/arena.c is in base; what lies in src/ itself or in no known room is in None."""
    parts = path.split(os.sep)
    return parts[1] if len(parts) > 2 and parts[1] in MAY_INCLUDE else None


def included(root, path):
    """(line, text, path from root or None for a header of the system) of every include."""
    text = without_comments(read(root, path))
    for match in INCLUDE.finditer(text):
        quoted, angled = match.groups()
        name = quoted or angled
        candidates = [os.path.join("src", name), os.path.join("include", name)]
        if quoted:
            candidates.insert(0, os.path.join(os.path.dirname(path), name))
        target = None
        for candidate in map(os.path.normpath, candidates):
            if os.path.exists(os.path.join(root, candidate)):
                target = candidate
                break
        if quoted and target is None:
            target = os.path.normpath(candidates[1 if "/" in name else 0])
        yield line_of(text, match.start()), name, target


def problem_of(path, name, target):
    """Why `path` may not include `target`, or None."""
    if target is None:
        return None
    public = os.path.join("include", "smallpress")
    if path.startswith("include"):
        return None if target.startswith(public) else f"a public header includes {name}"
    here, there = room_of(path), room_of(target)
    if here is None:
        return "this room is not known: give it its place in tests/check_layers.py"
    if target.startswith(public):
        return None
    if there is None:
        return f"includes {name}, which is in no room"
    if there != here and there not in MAY_INCLUDE[here] + FILE_MAY_INCLUDE.get(path, ()):
        return f"room {here} includes {name} of room {there}"
    return None


def problems(root):
    found = []
    for path in files(root, ("src", "include"), C_ENDINGS):
        if path.startswith("src") and room_of(path) is None:
            found.append(f"{path}:1: this room is not known: give it its place in "
                         "tests/check_layers.py")
            continue
        for line, name, target in included(root, path):
            problem = problem_of(path, name, target)
            if problem:
                found.append(f"{path}:{line}: {problem}")
    return found


def self_test(tap):
    good = {
        "include/smallpress/qr.h": '#include "export.h"\n#include <stddef.h>\n',
        "include/smallpress/export.h": "",
        "src/base/num.h": "",
        "src/code/bits.h": "",
        "src/code/bits.c": '#include "bits.h"\n#include "code/bits.h"\n'
                           '#include <smallpress/qr.h>\n',
        "src/pdf/page.h": '#include "base/num.h"\n',
        "src/press/sheet.c": '#include "pdf/page.h"\n#include "code/bits.h"\n#include <hb.h>\n',
        "src/cli/main.c": '#include <smallpress/qr.h>\n#include "base/num.h"\n',
        "src/cli/photo_program.c": '#include "photo/big_blocks.h"\n',
        "src/photo/big_blocks.h": "",
    }
    with Tree(good) as root:
        tap.accepts("a tree in order", problems(root))
    bad = [
        ("a sibling", "src/code/bits.c", '#include "pdf/page.h"\n', "code includes"),
        ("a sibling by a relative path", "src/code/bits.c", '#include "../pdf/page.h"\n', "pdf"),
        ("a room above base", "src/base/num.h", '#  include "code/bits.h"\n', "base includes"),
        ("a room that another program is", "src/cli/main.c", '#include "photo/big_blocks.h"\n',
         "cli includes"),
        ("a room below the tool", "src/cli/main.c", '#include "pdf/page.h"\n', "cli includes"),
        ("a public header that reaches inside", "include/smallpress/qr.h",
         '#include "base/num.h"\n', "public header"),
        ("the server from a press", "src/press/sheet.c", '#include "server/http.h"\n', "server"),
        ("an unknown room", "src/cellar/wine.c", "", "not known"),
        ("a file beside the rooms", "src/stray.c", "", "not known"),
    ]
    for name, path, text, words in bad:
        with Tree({**good, path: "\n" + text}) as root:
            tap.catches(name, problems(root), words, path)
    hidden = {**good, "src/code/bits.c": '/*\n#include "pdf/page.h"\n*/\n'}
    with Tree(hidden) as root:
        tap.accepts("an include inside a comment", problems(root))


def main():
    tap = Tap()
    self_test(tap)
    tap.point("rooms include only what stands below them", problems(sys.argv[1]))
    tap.end()


if __name__ == "__main__":
    main()
