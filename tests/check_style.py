#!/usr/bin/env python3
"""The house style that a machine can see: check_style.py ROOT

* file names are unique across src and include, so that a name says where it is;
* no line is longer than 100 columns, none ends in blanks, none holds a tab;
* no function is longer than 70 lines, from its name to its closing brace;
* functions that overrun, hide state or reach a shell are banned;
* memory comes from an arena or the caller: the heap is for the files that are listed;
* nothing is left for later.

tests/check/exceptions.txt holds what may differ, with the reason. It may only shrink: an exception
that is not needed any more, or is larger than need be, fails too.
"""

import os
import re
import sys
from collections import defaultdict

from check_tap import C_ENDINGS, Tap, Tree, files, line_of, read, without_comments

COLUMNS_MAX = 100
FUNCTION_LINES_MAX = 70
EXCEPTIONS = "tests/check/exceptions.txt"
OUR_C = ("src", "include", "tests", "tools", "examples", "bench")
OUR_TEXT = OUR_C + ("script", ".ci", "docs", "man", "packaging", ".github")
TEXT_ENDINGS = C_ENDINGS + (".py", ".mjs", ".js", ".sh", ".build", ".yml", ".css", ".html")

BANNED = re.compile(
    r"(?<![\w.>])(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|gets|gmtime|localtime|ctime"
    r"|asctime|system|popen|alloca)\s*\("
)
HEAP = re.compile(r"(?<![\w.>])(malloc|calloc|realloc|reallocarray|aligned_alloc|strdup|strndup"
                  r"|asprintf|vasprintf|getline|free)\s*\(")
LATER = re.compile(r"\b(" + "FIX" + r"ME|TO" + r"DO|X" + r"XX)\b")


def exceptions(root):
    """{(kind, path, function or ""): (number or None, line)} of the exceptions file."""
    found = {}
    if not os.path.exists(os.path.join(root, EXCEPTIONS)):
        return found
    for number, line in enumerate(read(root, EXCEPTIONS).splitlines(), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] == "long" and len(words) == 4:
            found["long", words[1], words[2]] = (int(words[3]), number)
        elif words[0] == "heap" and len(words) == 2 and "#" in line:
            found["heap", words[1], ""] = (None, number)
        else:
            found["wrong", line, ""] = (None, number)
    return found


def name_problems(root):
    """Two files of one name."""
    places = defaultdict(list)
    for path in files(root, ("src", "include"), ("",)):
        if os.path.basename(path) != "meson.build":
            places[os.path.basename(path)].append(path)
    return [f"{name} is the name of {' and '.join(where)}"
            for name, where in sorted(places.items()) if len(where) > 1]


def is_script(root, path):
    with open(os.path.join(root, path), "rb") as file:
        return file.read(2) == b"#!"


def our_text(root):
    found = files(root, OUR_TEXT, TEXT_ENDINGS)
    for path in files(root, ("script", ".ci"), ("",)):
        if path not in found and is_script(root, path):
            found.append(path)
    top = (name for name in os.listdir(root) if name in ("meson.build", "meson_options.txt"))
    return found + sorted(top)


def line_problems(root):
    """Lines too long, with tabs or with blanks at the end."""
    found = []
    for path in our_text(root):
        for number, line in enumerate(read(root, path).split("\n"), 1):
            if len(line) > COLUMNS_MAX:
                found.append(f"{path}:{number}: {len(line)} columns")
            if line != line.rstrip():
                found.append(f"{path}:{number}: blanks at the end of the line")
            if "\t" in line:
                found.append(f"{path}:{number}: a tab")
    return found


def without_directives(code):
    """Blanks preprocessor lines, and what follows an #else: its braces would count twice."""
    lines, inside, alternative = code.split("\n"), False, []
    for index, line in enumerate(lines):
        directive = inside or line.lstrip().startswith("#")
        if not inside and re.match(r"\s*#\s*if", line):
            alternative.append(False)
        elif not inside and re.match(r"\s*#\s*(else|elif)", line) and alternative:
            alternative[-1] = True
        elif not inside and re.match(r"\s*#\s*endif", line) and alternative:
            alternative.pop()
        inside = directive and line.endswith("\\")
        if directive or any(alternative):
            lines[index] = ""
    return "\n".join(lines)


def functions(text):
    """(name, first line, last line) of every function body in C text."""
    code = without_directives(without_comments(text, strings=False))
    # The braces of extern "C" and of a namespace hold functions; they do not make one.
    code = re.sub(r'(extern\s*"[^"]*"|namespace(?:\s+\w+)?)\s*\{',
                  lambda m: re.sub(r"[^\n]", " ", m.group(0)), code)
    depth, start = 0, 0
    for match in re.finditer(r"[{};]", code):
        if match.group() == "{":
            if depth == 0:
                head = code[start:match.start()]
                opened = (head, start, match.start())
            depth += 1
        elif match.group() == "}":
            depth = max(0, depth - 1)
            if depth == 0:
                head, begin, _ = opened if match.start() > 0 else ("", 0, 0)
                named = re.search(r"(\w+)\s*\(", head)
                if named and head.rstrip().endswith((")", "const", "noexcept", "override")):
                    yield named.group(1), line_of(code, begin + named.start()), line_of(
                        code, match.start())
                start = match.end()
        elif depth == 0:
            start = match.end()


def length_problems(root, allowed):
    found, seen = [], set()
    for path in files(root, OUR_C, C_ENDINGS):
        for name, first, last in functions(read(root, path)):
            lines = last - first + 1
            key = ("long", path, name)
            limit, where = allowed.get(key, (None, None))
            if limit is None and lines > FUNCTION_LINES_MAX:
                found.append(f"{path}:{first}: {name} has {lines} lines")
            elif limit is not None:
                seen.add(key)
                if lines > limit:
                    found.append(f"{path}:{first}: {name} grew to {lines} lines from {limit}")
                elif lines < limit or lines <= FUNCTION_LINES_MAX:
                    found.append(f"{EXCEPTIONS}:{where}: {name} now has {lines} lines: shrink this")
    return found + [f"{EXCEPTIONS}:{line}: {key[2]} is not in {key[1]}: remove this"
                    for key, (_, line) in allowed.items() if key[0] == "long" and key not in seen]


def banned_problems(root):
    found = []
    for path in files(root, OUR_C, C_ENDINGS):
        code = without_comments(read(root, path), strings=False)
        for match in BANNED.finditer(code):
            found.append(f"{path}:{line_of(code, match.start())}: {match.group(1)} is banned")
    return found


def heap_problems(root, allowed):
    found, used = [], set()
    for path in files(root, ("src", "include"), C_ENDINGS):
        code = without_comments(read(root, path), strings=False)
        for match in HEAP.finditer(code):
            if ("heap", path, "") in allowed:
                used.add(path)
            else:
                found.append(f"{path}:{line_of(code, match.start())}: {match.group(1)} takes from "
                             "the heap")
    unused = [(key[1], line) for key, (_, line) in allowed.items()
              if key[0] == "heap" and key[1] not in used]
    return found + [f"{EXCEPTIONS}:{line}: {path} does not use the heap: remove this"
                    for path, line in unused]


def later_problems(root):
    found = []
    for path in our_text(root):
        text = read(root, path)
        for match in LATER.finditer(text):
            found.append(f"{path}:{line_of(text, match.start())}: {match.group()}: do it now")
    return found


def exception_problems(allowed):
    return [f"{EXCEPTIONS}:{line}: not understood: {key[1]}"
            for key, (_, line) in allowed.items() if key[0] == "wrong"]


def all_problems(root):
    allowed = exceptions(root)
    return {
        "file names are unique": name_problems(root),
        f"lines have at most {COLUMNS_MAX} columns and clean ends": line_problems(root),
        f"functions have at most {FUNCTION_LINES_MAX} lines": length_problems(root, allowed),
        "no banned function is called": banned_problems(root),
        "the heap is left alone": heap_problems(root, allowed),
        "nothing is left for later": later_problems(root),
        "the exceptions can be read": exception_problems(allowed),
    }


def function_text(name, lines):
    """A function of that many lines in all."""
    return f"int {name}(int a)\n{{\n" + "    a++;\n" * (lines - 4) + "    return a;\n}\n"


GOOD = {
    "src/base/a.c": '/* malloc(1) strcpy(a, b) in words */\nconst char *s = "system(1); {";\n'
                    "struct t {\n    int (*free)(int);\n};\n"
                    "int f(struct t *t)\n{\n    return t->free(1);\n}\n"
                    "#ifdef A\nint g(void) {\n#else\nint g(int b) {\n#endif\n    return 1;\n}\n"
                    + function_text("longest", 70),
    "include/smallpress/a.h": "",
    "src/meson.build": "",
    "src/base/meson.build": "",
}

BAD = [
    ("two files of one name", {"src/code/a.c": ""}, "a.c is the name of"),
    ("a long line", {"src/base/b.c": "int " + "b" * 96 + ";\n"}, "101 columns"),
    ("a long line in a script", {"script/x": "#!/bin/sh\n#" + "b" * 100 + "\n"}, "script/x:2"),
    ("a blank at the end", {"src/base/b.c": "int b; \n"}, "blanks at the end"),
    ("a tab", {"src/base/b.c": "\tint b;\n"}, "a tab"),
    ("a long function", {"tests/b.c": "int x;\n" + function_text("longer", 71)},
     "tests/b.c:2: longer has 71"),
    ("a long function in extern C",
     {"src/b.cpp": 'extern "C" {\n' + function_text("longer", 71) + "}\n"}, "longer has 71"),
    ("an exception that grew", {"src/base/b.c": function_text("longer", 90),
                                EXCEPTIONS: "long src/base/b.c longer 80\n"}, "grew to 90"),
    ("an exception that could shrink", {"src/base/b.c": function_text("longer", 75),
                                        EXCEPTIONS: "long src/base/b.c longer 80\n"}, "shrink"),
    ("an exception without its function", {EXCEPTIONS: "long src/base/a.c gone 80\n"}, "remove"),
    ("a banned function", {"tools/b.c": "int b(void)\n{\n    return atoi ( s );\n}\n"},
     "tools/b.c:3: atoi"),
    ("memory from the heap", {"src/base/b.c": "void *b(void)\n{\n    return malloc(3);\n}\n"},
     "src/base/b.c:3: malloc"),
    ("a heap exception without use", {EXCEPTIONS: "heap src/base/a.c # because\n"}, "remove"),
    ("a heap exception without reason", {"src/base/b.c": "void *p = malloc(3);\n",
                                         EXCEPTIONS: "heap src/base/b.c\n"}, "not understood"),
    ("something left for later", {"src/base/b.c": "/* TO" + "DO: more */\n"}, "do it now"),
]


def self_test(tap):
    with Tree(GOOD) as root:
        tap.accepts("a tree in order", sum(all_problems(root).values(), []))
    allowed = {"src/base/b.c": function_text("longer", 80) + "void *p = malloc(3);\n",
               EXCEPTIONS: "# why\nlong src/base/b.c longer 80\nheap src/base/b.c # why\n"}
    with Tree({**GOOD, **allowed}) as root:
        tap.accepts("exceptions in order", sum(all_problems(root).values(), []))
    for name, more, words in BAD:
        with Tree({**GOOD, **more}) as root:
            tap.catches(name, sum(all_problems(root).values(), []), words)


def main():
    tap = Tap()
    self_test(tap)
    for name, problems in all_problems(sys.argv[1]).items():
        tap.point(name, problems)
    tap.end()


if __name__ == "__main__":
    main()
