"""What the tests of the command share: the tool as a program, its folders, and points of TAP.

A test is a function of the tool and a folder of its own that returns what is wrong, as a list of
sentences; @point gives it a name. It may raise Skip with the reason.
"""
import contextlib
import os
import pty
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from check_tap import Tap

SEED = "0123456789abcdef0123456789abcdef"
OTHER_SEED = "fedcba9876543210fedcba9876543210"
NOBODY = 65534  # a user that exists nowhere and may nothing


class Skip(Exception):
    """Raised by a test that cannot hold here."""


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def expect(self, status, *words, absent=()):
        """What differs from a status and from words that standard error holds."""
        problems = []
        if self.status != status:
            problems.append(f"ended with {self.status}, and {status} is due: {self.err[-2000:]}")
        problems += [f"`{word}` is not in: {self.err[-2000:]}"
                     for word in words if word not in self.err]
        problems += [f"`{word}` is in: {self.err[-2000:]}" for word in absent if word in self.err]
        return problems


class Tool:
    def __init__(self, path):
        self.path = os.path.abspath(path)
        with open(self.path, "rb") as file:
            program = file.read()
        self.sanitized = b"__asan_init" in program or b"__tsan_init" in program
        # Sanitizers make a program several times slower.
        self.patience = 8 if self.sanitized else 1

    def run(self, *arguments, given=None, cwd=None, env=None, **options):
        """Runs to the end; `given` is what standard input holds, or a file."""
        stdin = {"input": given} if isinstance(given, bytes) else {
            "stdin": given if given is not None else subprocess.DEVNULL}
        stdout = options.pop("stdout", subprocess.PIPE)
        done = subprocess.run([self.path, *arguments], stdout=stdout, stderr=subprocess.PIPE,
                              cwd=cwd, env=None if env is None else {**os.environ, **env},
                              timeout=120 * self.patience, check=False, **stdin, **options)
        return Result(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))

    def sheet(self, *arguments, **options):
        return self.run("sheet", *arguments, **options)

    def plan(self, *arguments, **options):
        return self.run("plan", "sheet", *arguments, **options)

    def start(self, *arguments, **options):
        """Starts a job that the test watches."""
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL,
                   "stderr": subprocess.PIPE, **options}
        return subprocess.Popen([self.path, *arguments], **streams)

    def end(self, process, seconds, status, *words):
        """What is wrong with how a started job ended, if it did in time; it is gone afterwards."""
        began = time.monotonic()
        try:
            _, err = process.communicate(timeout=seconds * self.patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return [f"still ran {time.monotonic() - began:.1f} seconds later"]
        said = (err or b"").decode("utf-8", "replace")
        return Result(process.returncode, b"", said).expect(status, *words)


def as_nobody(tool):
    """Options that run the tool without what root may; none where we are not root."""
    if os.geteuid() != 0:
        return {}
    options = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    try:
        subprocess.run([tool.path, "--version"], check=True, capture_output=True, cwd="/",
                       **options)
    except (OSError, subprocess.CalledProcessError):
        raise Skip("the tool stands where another user cannot run it") from None
    return options


def open_terminal():
    """Both ends of a terminal, where the system has one to give."""
    try:
        return pty.openpty()
    except OSError as reason:
        raise Skip(f"the system gives no terminal: {reason}") from None


def until(condition, seconds=20):
    """Waits for something that is about to be true; whether it came to be."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def write(path, contents):
    with open(path, "wb") as file:
        file.write(contents if isinstance(contents, bytes) else contents.encode())
    return path


def left(folder, *allowed):
    """A problem for each file in a folder that ought not to be there."""
    return [f"{name} is left in the folder"
            for name in sorted(os.listdir(folder)) if name not in allowed]


def missing(folder, *names):
    return [f"{name} is not there" for name in names
            if not os.path.exists(os.path.join(folder, name))]


def differ(one, other):
    """A problem if two files are not the same, byte for byte."""
    a, b = read(one), read(other)
    if a == b:
        return [] if a else [f"{one} is empty"]
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return [f"{os.path.basename(one)} and {os.path.basename(other)} differ from byte {at} on, of "
            f"{len(a)} and {len(b)}"]


@contextlib.contextmanager
def read_only(folder):
    """A folder that nobody but root can write to while it lasts."""
    os.chmod(folder, 0o555)
    try:
        yield folder
    finally:
        os.chmod(folder, 0o755)


POINTS = []


def point(name):
    def register(test):
        POINTS.append((name, test))
        return test
    return register


def main(doc):
    """Runs every point on the tool that the command line names."""
    if len(sys.argv) != 2:
        sys.exit(doc)
    tool, tap = Tool(sys.argv[1]), Tap()
    for name, test in POINTS:
        with tempfile.TemporaryDirectory(prefix="smallpress-cli-") as folder:
            try:
                tap.point(name, test(tool, folder))
            except Skip as skip:
                tap.skip(name, str(skip))
            except Exception:
                tap.point(name, [traceback.format_exc()])
        sys.stdout.flush()
    tap.end()
