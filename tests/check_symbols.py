#!/usr/bin/env python3
"""What the built library shows and wants: check_symbols.py ROOT STATIC SHARED [COMPILER]

Every global symbol of the static library and every exported one of the shared library begins with
sp_. The shared library exports exactly the functions include/smallpress declares with SP_API.
Neither wants sockets or a data base: those belong to the server and the tool.
"""

import os
import re
import sys

from check_tap import Tap, Tree, files, read, run, without_comments

DECLARED = re.compile(r"\bSP_API\b[^;{]*?\b(\w+)\s*\([^;]*;", re.DOTALL)
NOT_OURS = re.compile(
    r"^(socket|connect|bind|listen|accept4?|getaddrinfo|sqlite3_\w+|PQ\w+|curl_\w+|system|popen)$"
)


def declared(root):
    """The functions the public headers promise."""
    names = set()
    for path in files(root, ["include/smallpress"], (".h",)):
        text = re.sub(r"^[ \t]*#.*$", "", without_comments(read(root, path)), flags=re.MULTILINE)
        names.update(DECLARED.findall(text))
    return names


def symbols(library, *options):
    """Names nm prints for a library; versions after an @ are dropped."""
    status, text = run(["nm", "-P", *options, library])
    if status != 0:
        raise RuntimeError(text)
    lines = (line.split() for line in text.splitlines())
    return {line[0].split("@")[0] for line in lines if len(line) > 1}


def foreign(names):
    """Names without the prefix; what compilers add for themselves begins with __ or a dot."""
    added = ("__odr_asan", "__asan", "__tsan", "__ubsan", "__gcov", "__llvm", "DW.ref.")
    return sorted(n for n in names if not n.startswith("sp_") and not n.startswith(added))


def static_problems(library):
    return [f"{n} is global" for n in foreign(symbols(library, "-g", "--defined-only"))]


def shared_problems(root, library):
    shown = symbols(library, "-D", "--defined-only")
    promised = declared(root)
    if not promised:
        return ["include/smallpress declares no function with SP_API"]
    return (
        [f"{n} is exported and has no SP_API declaration" for n in sorted(shown - promised)]
        + [f"{n} is declared with SP_API and not exported" for n in sorted(promised - shown)]
    )


def wanted_problems(library, *options):
    wanted = symbols(library, "-u", *options)
    return [f"the library calls {n}" for n in sorted(wanted) if NOT_OURS.match(n)]


EXAMPLE_HEADER = """\
#define SP_API __attribute__((visibility("default")))
#define SP_MUST_CHECK __attribute__((warn_unused_result))
/* SP_API int sp_only_in_words(void); */
struct sp_a { int b; };
SP_API SP_MUST_CHECK int sp_good(struct sp_a *a,
                                 int (*call)(int));
"""
EXAMPLE_CODE = """\
#include "include/smallpress/a.h"
int sp_good(struct sp_a *a, int (*call)(int)) { return a->b + call(1); }
__attribute__((visibility("hidden"))) int sp_inside(void) { return 1; }
"""


def build_example(root, compiler):
    """Builds the example tree both ways: (static, shared)."""
    source, thing = os.path.join(root, "a.c"), os.path.join(root, "a.o")
    static, shared = os.path.join(root, "a.a"), os.path.join(root, "a.so")
    for command in (
        [*compiler, "-fPIC", "-c", source, "-o", thing],
        ["ar", "rcs", static, thing],
        [*compiler, "-shared", thing, "-o", shared],
    ):
        status, text = run(command)
        if status != 0:
            raise RuntimeError(text)
    return static, shared


def example(code, compiler):
    """All problems of the example with some code added."""
    with Tree({"include/smallpress/a.h": EXAMPLE_HEADER, "a.c": EXAMPLE_CODE + code}) as root:
        static, shared = build_example(root, compiler)
        return (static_problems(static) + shared_problems(root, shared)
                + wanted_problems(static) + wanted_problems(shared, "-D"))


def self_test(tap, compiler):
    tap.accepts("a library in order", example("static int x; int *sp_y(void);", compiler))
    bad = [
        ("a stray global function", "int helper(void) { return 1; }\n", "helper is global"),
        ("a stray global variable", "int counter = 1;\n", "counter is global"),
        ("an undeclared export", "int sp_secret(void) { return 1; }\n", "sp_secret is exported"),
        ("a call to the network", "int socket(int, int, int);\nint sp_s(void);\n"
         "int sp_s(void) { return socket(1, 2, 3); }\n", "calls socket"),
    ]
    for name, code, words in bad:
        tap.catches(name, example(code, compiler), words)
    header = EXAMPLE_HEADER + "SP_API int sp_missing(void);\n"
    with Tree({"include/smallpress/a.h": header, "a.c": EXAMPLE_CODE}) as root:
        _, shared = build_example(root, compiler)
        tap.catches("a promise not kept", shared_problems(root, shared), "sp_missing is declared")


def main():
    root, static, shared = sys.argv[1:4]
    tap = Tap()
    self_test(tap, sys.argv[4:] or ["cc"])
    tap.point("every global symbol of the static library begins with sp_", static_problems(static))
    tap.point("the shared library exports what the headers declare", shared_problems(root, shared))
    tap.point("the library needs no network and no data base",
              wanted_problems(static) + wanted_problems(shared, "-D"))
    tap.end()


if __name__ == "__main__":
    main()
