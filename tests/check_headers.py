#!/usr/bin/env python3
"""Each public header compiles alone, as C17 and as C++17: check_headers.py ROOT CC… [-- CXX…]

Alone means first and only: a header that leans on what another one happened to include fails.
Without a C++ compiler those points are skipped.
"""

import os
import shutil
import sys

from check_tap import Tap, Tree, files, run

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wundef", "-Werror"]
LANGUAGES = {
    "C17": ["-std=c17", "-Wstrict-prototypes", "-xc"],
    "C++17": ["-std=c++17", "-Wold-style-cast", "-xc++"],
}


def problems(root, header, compiler, language):
    """What the compiler says to a file that includes nothing else, twice (for its guard)."""
    name = os.path.relpath(header, "include")
    with Tree({"alone": f"#include <{name}>\n#include <{name}>\nextern int alone;\n"}) as folder:
        status, text = run([*compiler, *WARNINGS, *LANGUAGES[language], "-fsyntax-only",
                            "-I", os.path.join(root, "include"), os.path.join(folder, "alone")])
    return [text or f"status {status}"] if status != 0 else []


def self_test(tap, compilers):
    example = {
        "include/smallpress/good.h": "#ifndef G\n#define G\n#include <stddef.h>\n"
                                     "struct g { size_t n; };\n#endif\n",
        "include/smallpress/leans.h": "size_t sp_leans(void);\n",
        "include/smallpress/twice.h": "struct t { int n; };\n",
        "include/smallpress/onlyc.h": "#ifndef O\n#define O\n"
                                      "static inline char *sp_o(void *p) { return p; }\n#endif\n",
    }
    with Tree(example) as root:
        for language, compiler in compilers.items():
            tap.accepts(f"{language}: a header in order",
                        problems(root, "include/smallpress/good.h", compiler, language))
            for name in ("leans", "twice"):
                found = problems(root, f"include/smallpress/{name}.h", compiler, language)
                tap.catches(f"{language}: {name}.h", found, "error")
        if "C++17" in compilers:
            found = problems(root, "include/smallpress/onlyc.h", compilers["C++17"], "C++17")
            tap.catches("C++17: a header that is C only", found, "error")


def main():
    root, *commands = sys.argv[1:]
    cut = commands.index("--") if "--" in commands else len(commands)
    compilers = {"C17": commands[:cut] or ["cc"]}
    cxx = commands[cut + 1:] or ["c++"]
    if shutil.which(cxx[0]):
        compilers["C++17"] = cxx
    tap = Tap()
    self_test(tap, compilers)
    for header in files(root, ["include/smallpress"], (".h",)):
        for language in LANGUAGES:
            name = f"{os.path.basename(header)} compiles alone as {language}"
            if language in compilers:
                tap.point(name, problems(root, header, compilers[language], language))
            else:
                tap.skip(name, f"no C++ compiler ({cxx[0]}) found")
    tap.end()


if __name__ == "__main__":
    main()
