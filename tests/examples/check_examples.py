#!/usr/bin/env python3
"""The examples, built by a stranger: check_examples.py ROOT BUILD SMALLPRESS READ_CELLS CC…

The build is installed into a folder of its own and found there by pkg-config. Each example is then
compiled with plain cc and every warning, once with the shared library and once with the archive,
and must do what it says: sheet writes the very bytes that the tool writes, qr draws a code that a
reader which is not ours reads, and both say in one sentence why they cannot.
"""

import glob
import os
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE)]

from check_tap import Tap, read, run

SEED = "00112233445566778899aabbccddeeff"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]
MEMORY_STEPS = range(128 * 1024, 8 * 1024 * 1024, 64 * 1024)  # bytes of data the system grants
NOT_LOADED = 127  # what the dynamic loader ends with
BLOCKS = {" ": (0, 0), "\u2580": (1, 0), "\u2584": (0, 1), "\u2588": (1, 1)}  # light: upper, lower


class Installed:
    """A copy of the build, as an installation leaves it below `folder`."""

    def __init__(self, build, folder):
        status, text = run(["meson", "install", "--no-rebuild", "-C", build, "--destdir", folder])
        self.problems = [] if status == 0 else [text]
        found = glob.glob(os.path.join(folder, "**", "smallpress.pc"), recursive=True)
        self.pc_folder = os.path.dirname(found[0]) if found else folder
        self.lib = os.path.dirname(self.pc_folder)
        self.prefix = folder
        if found:
            prefix = self.ask("--variable=prefix", moved=False)[0]
            self.prefix = folder + prefix
        else:
            self.problems.append("no smallpress.pc was installed")

    def answer(self, *words, moved=True, module="smallpress"):
        """What pkg-config says of a module, of ours as if it had been built for this folder."""
        move = [f"--define-variable=prefix={self.prefix}"] if moved else []
        done = subprocess.run(["pkg-config", *move, *words, module], text=True, check=True,
                              capture_output=True,
                              env={**os.environ, "PKG_CONFIG_PATH": self.pc_folder})
        return done.stdout

    def ask(self, *words, **how):
        return shlex.split(self.answer(*words, **how))

    def shared_flags(self):
        return self.ask("--libs")

    def static_flags(self):
        """The archive by its name; the libraries it stands on as the system has them."""
        flags = [os.path.join(self.lib, "libsmallpress.a")]
        for line in self.answer("--print-requires-private").splitlines():
            flags += self.ask("--libs", moved=False, module=line.split()[0])
        return flags + ["-pthread"]


def compile_example(name, source, compiler, installed, flags, folder):
    """The program, or the compiler's words."""
    program = os.path.join(folder, name)
    status, text = run([*compiler, *WARNINGS, source, *installed.ask("--cflags"), "-o", program,
                        *flags])
    return (program, []) if status == 0 and not text else (None, [text or f"status {status}"])


def start(program, *arguments, lib=None, folder=None, data_bytes=None):
    def limit():
        if data_bytes:
            resource.setrlimit(resource.RLIMIT_DATA, (data_bytes, data_bytes))
    environment = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    if lib:
        environment["LD_LIBRARY_PATH"] = lib
    done = subprocess.run([program, *arguments], capture_output=True, check=False, cwd=folder,
                          env=environment, preexec_fn=limit, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def sentence_problems(name, done, *words):
    """A refusal is status 1 and one line that begins with the program and says all the words."""
    status, out, said = done
    if status != 1 or out:
        return [f"status {status}, {len(out)} bytes of output: {said}"]
    if said.count("\n") != 1 or not said.startswith(f"{name}: "):
        return [f"not one sentence of {name}: {said!r}"]
    return [f"{word!r} is not in {said!r}" for word in words if word not in said]


def check_sheet(tap, label, program, lib, tool, folder):
    """The same bytes as the tool's; the sentences of every way to fail, which leaves nothing."""
    def sheet(*arguments, data_bytes=None):
        return start(program, *arguments, lib=lib, folder=folder, data_bytes=data_bytes)

    ours, theirs = (os.path.join(folder, f"{label}-{name}.pdf") for name in ("example", "tool"))
    status, _, said = sheet(ours, "100", SEED)
    problems = [] if status == 0 and "100 codes on 4 pages" in said else [f"{status}: {said}"]
    done = start(tool, "sheet", "--count", "100", "--seed", SEED, "--quiet", "-o", theirs)
    problems += [] if done[0] == 0 else [done[2]]
    if not problems:
        with open(ours, "rb") as one, open(theirs, "rb") as other:
            problems = [] if one.read() == other.read() else ["the two files differ"]
    tap.point(f"sheet, {label}: the same bytes as the tool", problems)
    before = sorted(os.listdir(folder))
    for name, words, done in (
            ("a seed that is none", ["seed"], sheet("no.pdf", "30", "xyz")),
            ("no records", ["count"], sheet("no.pdf", "0", SEED)),
            ("a folder that is not there", ["no/where.pdf"], sheet("no/where.pdf", "30", SEED))):
        problems = sentence_problems("sheet", done, *words)
        if sorted(os.listdir(folder)) != before:
            problems.append("files were left behind")
        tap.point(f"sheet, {label}: {name} is told in a sentence", problems)
    problems = memory_problems(sheet)
    if sorted(os.listdir(folder)) != before:
        problems.append("files were left behind")
    tap.point(f"sheet, {label}: memory that the system does not give is told in a sentence",
              problems)


def memory_problems(sheet):
    """From too little to load the program up to enough: whatever is refused, it says so."""
    told = 0
    for data_bytes in MEMORY_STEPS:
        done = sheet("/dev/null", "30", SEED, data_bytes=data_bytes)
        if done[0] == 0:
            return [] if told else ["it was never refused memory"]
        if done[0] == NOT_LOADED:
            continue
        told += 1
        problems = sentence_problems("sheet", done, "memory")
        if problems:
            return [f"with {data_bytes} bytes: {problem}" for problem in problems]
    return ["it never had enough"]


def portable_greymap(text, scale):
    """What a terminal would show of half blocks, as a picture."""
    rows = []
    for line in text.splitlines():
        for half in (0, 1):
            rows.append([BLOCKS[character][half] for character in line])
    while rows and not any(rows[-1]):
        rows.pop()  # the lower half of the last line, when the rows are odd in number
    width = len(rows[0])
    pixels = b"".join(bytes(255 * light for light in row for _ in range(scale)) * scale
                      for row in rows)
    return b"P5\n%d %d\n255\n" % (width * scale, len(rows) * scale) + pixels


def check_qr(tap, label, program, lib, read_cells, folder):
    text = "https://example.org/a/Größe?n=7"
    status, out, said = start(program, text, lib=lib)
    problems = [f"status {status}: {said}"] if status != 0 or said else []
    if not problems:
        picture = os.path.join(folder, f"{label}.pgm")
        with open(picture, "wb") as file:
            file.write(portable_greymap(out.decode("utf-8"), 8))
        status, cells, said = start(read_cells, "--page", "50000x50000", "--grid", "1x1", picture)
        if cells.decode("utf-8").split("\t")[3:] != [text + "\n"]:
            problems = [f"read back as {cells!r} {said}"]
    tap.point(f"qr, {label}: a reader reads what it draws", problems)
    tap.point(f"qr, {label}: a text too long is told in a sentence",
              sentence_problems("qr", start(program, "x" * 3000, lib=lib), "3,000"))


CPP = """#include <smallpress/arena.h>
{includes}
int main()
{{
    sp_sheet_spec spec;
    sp_sheet_spec_init(&spec);
    return spec.columns == 5 && sp_qr_encoder_need(SP_QR_VERSION_MAX) > 0 ? 0 : 1;
}}
"""


def check_cpp(tap, root, installed, folder):
    """A C++ program with all that the examples include, built and run."""
    name = "C++ takes the examples' headers"
    if not shutil.which("c++"):
        tap.skip(name, "no C++ compiler (c++) found")
        return
    lines = {line for example in ("qr", "sheet")
             for line in read(root, f"examples/{example}.c").splitlines()
             if line.startswith("#include <smallpress/")}
    source = os.path.join(folder, "both.cpp")
    with open(source, "w", encoding="utf-8") as file:
        file.write(CPP.format(includes="\n".join(sorted(lines))))
    program, problems = compile_example("both", source, ["c++", "-std=c++17"], installed,
                                        installed.shared_flags(), folder)
    if program:
        status, _, said = start(program, lib=installed.lib)
        problems = [] if status == 0 else [f"status {status}: {said}"]
    tap.point(name, problems)


def main():
    root, build, tool, read_cells = map(os.path.abspath, sys.argv[1:5])
    compiler = sys.argv[5:]
    compiler = [*(compiler or ["cc"]), "-std=c17"]
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="smallpress-examples-") as folder:
        installed = Installed(build, os.path.join(folder, "installed"))
        tap.point("the build installs", installed.problems)
        if installed.problems:
            tap.end()
        for label, flags, lib in (("shared", installed.shared_flags(), installed.lib),
                                  ("static", installed.static_flags(), None)):
            work = os.path.join(folder, label)
            os.mkdir(work)
            for name in ("sheet", "qr"):
                source = os.path.join(root, "examples", name + ".c")
                program, problems = compile_example(name, source, compiler, installed, flags,
                                                    work)
                tap.point(f"{name}, {label}: compiles without a warning", problems)
                if program and name == "sheet":
                    check_sheet(tap, label, program, lib, tool, work)
                elif program:
                    check_qr(tap, label, program, lib, read_cells, work)
        check_cpp(tap, root, installed, folder)
    tap.end()


if __name__ == "__main__":
    main()
