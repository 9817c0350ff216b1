"""What the source checks share: TAP points, throw-away trees, and C with its comments taken out."""

import os
import re
import subprocess
import sys
import tempfile

C_ENDINGS = (".c", ".h", ".cpp", ".hpp", ".cc")


class Tap:
    """Prints points as they come and the plan at the end."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def point(self, name, problems):
        """One point, which fails if there are problems; each is printed under it."""
        self.count += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}")
        for problem in problems:
            for line in str(problem).splitlines():
                print(f"# {line}")

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}")

    def catches(self, name, problems, *words):
        """A point of the check's own test: it must have found something that says all the words."""
        found = [p for p in problems if all(word in str(p) for word in words)]
        self.point(f"self-test: {name}", [] if found else [f"not caught; found {problems}"])

    def accepts(self, name, problems):
        """A point of the check's own test: there was nothing to find."""
        self.point(f"self-test: {name}", problems)

    def end(self):
        print(f"1..{self.count}")
        sys.stdout.flush()
        sys.exit(1 if self.failed else 0)


class Tree:
    """A folder of small files that goes when it is left: with Tree({"src/a.c": "…"}) as root."""

    def __init__(self, contents):
        self.contents = contents

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="smallpress-check-")
        for path, text in self.contents.items():
            full = os.path.join(self.folder.name, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        return self.folder.name

    def __exit__(self, *_):
        self.folder.cleanup()


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def files(root, folders, endings):
    """Paths below the folders, relative to root and sorted; build output and packages left out."""
    found = []
    for folder in folders:
        for where, names, leaves in os.walk(os.path.join(root, folder)):
            names[:] = [n for n in names if n not in ("node_modules", "__pycache__", ".git")]
            for leaf in leaves:
                if leaf.endswith(endings):
                    found.append(os.path.relpath(os.path.join(where, leaf), root))
    return sorted(found)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


TOKENS = re.compile(
    r"""//(?:[^\n\\]|\\.|\\\n)*      # a comment to the end of the line
      | /\*.*?\*/                    # a comment
      | "(?:[^"\\\n]|\\.|\\\n)*"     # a string
      | '(?:[^'\\\n]|\\.)+'          # a character""",
    re.VERBOSE | re.DOTALL,
)


def without_comments(text, strings=True):
    """The same text with comments (and strings, unless kept) as blanks; lines and columns stay."""

    def blank(match):
        token = match.group(0)
        if not strings and token[0] in "\"'":
            return token[0] + re.sub(r"[^\n]", " ", token[1:-1]) + token[0]
        if token[0] in "\"'":
            return token
        return re.sub(r"[^\n]", " ", token)

    return TOKENS.sub(blank, text)


def run(arguments, **options):
    """A program's status with all it printed."""
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **options)
    return done.returncode, done.stdout.decode("utf-8", "replace")
