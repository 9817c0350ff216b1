#!/usr/bin/env python3
"""Where the document goes, and what happens when it cannot go there.

    check_output.py SMALLPRESS
"""
import os
import resource
import shutil
import subprocess
import time

from tool import (SEED, Skip, as_nobody, differ, left, main, missing, point, read, read_only,
                  write)

JOB = ["--count", "70", "--seed", SEED]
LONG = ["--count", "100000", "--id", "{n}"]


def unchanged(folder, name):
    return [] if read(folder, name) == b"precious" else [f"{name} was changed"]


@point("an existing output is left as it is without --force, and replaced with it")
def existing(tool, folder):
    write(f"{folder}/out.pdf", "precious")
    result = tool.sheet(*JOB, "-o", "out.pdf", cwd=folder)
    problems = result.expect(5, "out.pdf exists", "--force") + unchanged(folder, "out.pdf")
    problems += left(folder, "out.pdf")
    problems += tool.sheet(*JOB, "-o", "out.pdf", "--force", cwd=folder).expect(0)
    if not read(folder, "out.pdf").startswith(b"%PDF-1.7"):
        problems.append("it was not replaced")
    return problems + left(folder, "out.pdf")


@point("an existing manifest is left as it is without --force")
def existing_manifest(tool, folder):
    write(f"{folder}/out.csv", "precious")
    result = tool.sheet(*JOB, "-o", "out.pdf", "--manifest", "out.csv", cwd=folder)
    problems = result.expect(5, "out.csv exists", "--force") + unchanged(folder, "out.csv")
    return problems + left(folder, "out.csv")


@point("a job that fails leaves what --force would have replaced")
def force_and_fail(tool, folder):
    for name in ("out.pdf", "out.csv"):
        write(f"{folder}/{name}", "precious")
    write(f"{folder}/in.txt", "a\n" * 100 + "\n")
    result = tool.sheet("--lines", "in.txt", "--strict", "-o", "out.pdf", "--manifest", "out.csv",
                        "--force", cwd=folder)
    problems = result.expect(3) + left(folder, "out.pdf", "out.csv", "in.txt")
    return problems + unchanged(folder, "out.pdf") + unchanged(folder, "out.csv")


@point("a folder, a missing folder, and a name that is too long are status 5")
def no_place(tool, folder):
    os.mkdir(f"{folder}/sub")
    problems = []
    for name, words in (("sub", ["sub is a folder"]), ("sub/", ["folder"]),
                        ("none/x.pdf", ["none/x.pdf", "No such file"]),
                        ("y" * 255 + ".pdf", ["too long"]),
                        ("sub/x.pdf/y.pdf", ["No such file"])):
        problems += tool.sheet(*JOB, "-o", name, cwd=folder).expect(5, *words)
        problems += tool.sheet(*JOB, "-o", "x.pdf", "--manifest", name,
                               cwd=folder).expect(5, *words)
    return problems + left(folder, "sub") + left(f"{folder}/sub")


@point("a folder that is not ours to write to is status 5")
def forbidden(tool, folder):
    options = as_nobody(tool)
    with read_only(folder):
        problems = tool.sheet(*JOB, "-o", "out.pdf", cwd=folder, **options).expect(
            5, "out.pdf", "Permission denied")
        problems += tool.sheet(*JOB, "-o", "/dev/null", "--scratch", folder, cwd=folder,
                               **options).expect(5, "scratch", folder)
    return problems + left(folder)


@point("a scratch folder that does not exist is status 5 and leaves nothing")
def no_scratch(tool, folder):
    result = tool.sheet(*JOB, "-o", "out.pdf", "--scratch", "none", cwd=folder)
    return result.expect(5, "scratch", "none", "No such file") + left(folder)


@point("a full device is status 5")
def full_device(tool, folder):
    problems = []
    for threads in ("1", "3"):
        problems += tool.sheet(*LONG, "-o", "/dev/full", "--threads", threads,
                               cwd=folder).expect(5, "/dev/full", "No space left")
        problems += tool.sheet(*LONG, "-o", "out.pdf", "--manifest", "/dev/full", "--threads",
                               threads, cwd=folder).expect(5, "/dev/full", "No space left")
    with open("/dev/full", "wb") as full:
        problems += tool.sheet(*JOB, "-o", "-", stdout=full, cwd=folder).expect(
            5, "standard output", "No space left")
    return problems + left(folder)


@point("a full disk is status 5 and leaves nothing")
def full_disk(tool, folder):
    """A tmpfs of its own, where mounting is allowed."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        raise Skip("only root can mount a small disk")
    script = ('mount -t tmpfs -o size=256k none "$1" 2>/dev/null || exit 99\ncd "$1"\n'
              '"$0" sheet --count 100000 --id {n} -o out.pdf; status=$?\n'
              'ls -A "$1"; exit $status')
    done = subprocess.run(["unshare", "-m", "sh", "-c", script, tool.path, folder],
                          capture_output=True, text=True, check=False)
    if done.returncode == 99 or "unshare" in done.stderr:
        raise Skip("mounting is not allowed here")
    problems = [] if done.returncode == 5 else [f"ended with {done.returncode}"]
    if "out.pdf" not in done.stderr or "No space left" not in done.stderr:
        problems.append(done.stderr)
    return problems + ([f"left: {done.stdout}"] if done.stdout else [])


@point("a limit on the size of files is status 5 and leaves nothing")
def file_limit(tool, folder):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))
    problems = []
    for threads in ("1", "3"):
        result = tool.sheet(*LONG, "-o", "out.pdf", "--threads", threads, cwd=folder,
                            preexec_fn=limit)
        problems += result.expect(5, "out.pdf", "File too large") + left(folder)
    return problems


@point("a reader that closes its pipe early is status 5, at once")
def closed_pipe(tool, folder):
    problems = []
    for threads in ("1", "3"):
        process = tool.start("sheet", *LONG, "-o", "-", "--threads", threads, cwd=folder,
                             stdout=subprocess.PIPE)
        if process.stdout.read(10) != b"%PDF-1.7\n%":
            problems.append("the first ten bytes are not those of a PDF")
        process.stdout.close()
        process.stdout = None
        problems += tool.end(process, 10, 5, "standard output", "closed")
    return problems + left(folder)


@point("a pipe that does not wait is written to all the same")
def pipe_without_waiting(tool, folder):
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    process = tool.start("sheet", *LONG, "-o", "-", cwd=folder, stdout=writer)
    os.close(writer)
    time.sleep(0.5 * tool.patience) # until it is full
    with open(reader, "rb") as pipe:
        got = pipe.read()
    problems = tool.end(process, 20, 0)
    problems += tool.sheet(*LONG, "-o", "out.pdf", cwd=folder).expect(0)
    return problems if got == read(folder, "out.pdf") else problems + ["the bytes are others"]


@point("a file, a pipe, a named pipe and a device take the same bytes")
def kinds(tool, folder):
    problems = tool.sheet(*JOB, "-o", "a.pdf", "--manifest", "a.csv", cwd=folder).expect(0)
    write(f"{folder}/b.pdf", tool.sheet(*JOB, "-o", "-", cwd=folder).out)
    write(f"{folder}/c.pdf", tool.sheet(*JOB, "-o", "/dev/stdout", cwd=folder).out)
    os.mkfifo(f"{folder}/fifo")
    process = tool.start("sheet", *JOB, "-o", "fifo", cwd=folder)
    write(f"{folder}/d.pdf", read(folder, "fifo"))
    problems += tool.end(process, 20, 0)
    write(f"{folder}/e.csv", tool.sheet(*JOB, "-o", "/dev/null", "--manifest", "-", cwd=folder).out)
    for name in ("b.pdf", "c.pdf", "d.pdf"):
        problems += differ(f"{folder}/a.pdf", f"{folder}/{name}")
    problems += differ(f"{folder}/a.csv", f"{folder}/e.csv")
    return problems + left(folder, "a.pdf", "a.csv", "b.pdf", "c.pdf", "d.pdf", "e.csv", "fifo")


@point("/dev/stdout that is a file is written to like standard output")
def stdout_file(tool, folder):
    problems = []
    os.symlink("/proc/self/fd/1", f"{folder}/stdout")
    for force in ([], ["--force"]):
        with open(f"{folder}/got.pdf", "wb") as got:
            # The link has the shape of /dev/stdout, which no test may put at risk.
            result = tool.sheet(*JOB, "-o", f"{folder}/stdout", *force, stdout=got)
        problems += result.expect(0)
        if not read(folder, "got.pdf").startswith(b"%PDF"):
            problems.append("the file of standard output holds no PDF")
    if not os.path.islink(f"{folder}/stdout"):
        problems.append("the link was replaced")
    return problems


@point("a link to a file stays a link, and its file is replaced")
def link(tool, folder):
    write(f"{folder}/real.pdf", "precious")
    os.symlink("real.pdf", f"{folder}/link.pdf")
    problems = tool.sheet(*JOB, "-o", "link.pdf", cwd=folder).expect(5, "exists")
    problems += unchanged(folder, "real.pdf")
    problems += tool.sheet(*JOB, "-o", "link.pdf", "--force", cwd=folder).expect(0)
    if not os.path.islink(f"{folder}/link.pdf"):
        problems.append("the link was replaced by a file")
    if not read(folder, "real.pdf").startswith(b"%PDF"):
        problems.append("the file was not replaced")
    return problems + left(folder, "real.pdf", "link.pdf")


@point("a link that leads nowhere is told before the work, not after it")
def dangling_link(tool, folder):
    os.symlink("none/nowhere.pdf", f"{folder}/link.pdf")
    result = tool.sheet("--count", "100000", "--id", "{n}", "-o", "link.pdf", cwd=folder)
    return result.expect(5, "link.pdf", absent=("meanwhile",)) + left(folder, "link.pdf")


@point("a file that appears meanwhile is left as it is")
def meanwhile(tool, folder):
    process = tool.start("sheet", "--lines", "-", "-o", "out.pdf", cwd=folder,
                         stdin=subprocess.PIPE)
    process.stdin.write(b"a\n")
    process.stdin.flush()
    while not os.listdir(folder):
        pass
    write(f"{folder}/out.pdf", "precious")
    process.stdin.close()
    process.stdin = None
    problems = tool.end(process, 20, 5, "out.pdf", "meanwhile") + unchanged(folder, "out.pdf")
    return problems + left(folder, "out.pdf")


@point("the manifest and the output cannot be one file by two names")
def one_file(tool, folder):
    problems = []
    for force in ([], ["--force"]):
        result = tool.sheet(*JOB, "-o", "x.pdf", "--manifest", "./x.pdf", *force, cwd=folder)
        problems += result.expect(2, "--manifest") + left(folder)
    return problems


@point("a job whose document cannot be made final leaves no manifest either")
def both_or_none(tool, folder):
    process = tool.start("sheet", "--lines", "-", "-o", "out.pdf", "--manifest", "out.csv",
                         cwd=folder, stdin=subprocess.PIPE)
    process.stdin.write(b"a\n")
    process.stdin.flush()
    while len(os.listdir(folder)) < 2:
        pass
    write(f"{folder}/out.pdf", "precious")
    process.stdin.close()
    process.stdin = None
    return tool.end(process, 20, 5, "out.pdf") + left(folder, "out.pdf")


@point("messages never run into the document, whichever descriptors are closed")
def closed_descriptors(tool, folder):
    """Without care the file would become descriptor 2, and every message part of it."""
    text = b"a\n" + b"\n" * 1000 + b"b\n" * 5000
    problems = tool.sheet("--lines", "-", "-q", "-o", "good.pdf", cwd=folder, given=text).expect(1)
    for closed in ("2>&-", ">&-", ">&- 2>&-"):
        command = f'exec "$0" sheet --lines - --progress json --force -o out.pdf {closed}'
        done = subprocess.run(["sh", "-c", command, tool.path], cwd=folder, input=text, check=False,
                              stderr=subprocess.DEVNULL)
        if done.returncode != 1:
            problems.append(f"{closed}: ended with {done.returncode}")
        problems += [f"{closed}: {p}" for p in differ(f"{folder}/good.pdf", f"{folder}/out.pdf")]
    return problems


@point("a job without any standard descriptor is done")
def no_descriptors(tool, folder):
    problems = tool.sheet(*JOB, "-o", "good.pdf", cwd=folder).expect(0)
    command = 'exec "$0" sheet "$@" --manifest out.csv -o out.pdf <&- >&- 2>&-'
    done = subprocess.run(["sh", "-c", command, tool.path, *JOB], cwd=folder, check=False)
    if done.returncode != 0:
        problems.append(f"ended with {done.returncode}")
    return problems + missing(folder, "out.csv") + differ(f"{folder}/good.pdf", f"{folder}/out.pdf")


@point("a new file has the mode that the umask leaves, a replaced one keeps its own")
def mode(tool, folder):
    problems = []
    for mask, due in ((0o022, 0o644), (0o077, 0o600)):
        name = f"{folder}/{mask:o}.pdf"
        for replaced in (False, True):
            tool.sheet(*JOB, "-f", "-o", name, cwd=folder, preexec_fn=lambda m=mask: os.umask(m))
            found = os.stat(name).st_mode & 0o777
            wanted = 0o640 if replaced else due
            problems += [] if found == wanted else [f"{found:o}, and {wanted:o} is due"]
            os.chmod(name, 0o640)
    return problems


@point("names with blanks, dashes and line ends are names like others")
def names(tool, folder):
    os.mkdir(f"{folder}/a b")
    problems = []
    for name in ("a b/c d.pdf", "./-x.pdf", "line\nend.pdf", "é.pdf", "%s%n.pdf", ".hidden"):
        problems += tool.sheet(*JOB, "-o", name, cwd=folder).expect(0)
        problems += missing(folder, name)
    return problems


@point("a standard output that is closed is an error, not a success")
def closed_output(tool, folder):
    return tool.sheet("--count", "5", "-o", "-", cwd=folder, stdout=None,
                      preexec_fn=lambda: os.close(1)).expect(5, "standard output")


@point("two outputs into one pipe are refused")
def one_pipe(tool, folder):
    return tool.sheet("--count", "5", "-o", "-", "--manifest", "/dev/stdout", "-f",
                      cwd=folder).expect(2, "same file")


main(__doc__)
