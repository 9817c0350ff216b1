"""Runs a program with all that it starts, and tells what they took together.

CPU time is what the kernel says of the program and of everything it waited for (`wait4`, asked by
launch.c). Memory is looked at every 20 ms, in two ways: the proportional set size of all the
processes, added up, and, where a memory cgroup can be made, its anonymous memory. A cgroup can
also hold the program to a limit of memory and to a part of a processor.
"""

import os
import signal
import subprocess
import tempfile
import time

import programs

LOOK_S = 0.02
ROOT = "/sys/fs/cgroup"
QUOTA_PERIOD_US = 100000
LEFT_S = 5  # for what is left in a group to end, when its program has


def read(path):
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(text))


def number_of(text, name):
    """The number behind a name in lines of names and numbers; 0 if it is not there."""
    for line in text.splitlines():
        words = line.split()
        if len(words) >= 2 and words[0].rstrip(":") == name:
            return int(words[1])
    return 0


class Unavailable(Exception):
    """No cgroup can be made here, with the reason."""


class Group:
    """A cgroup for one run, of version 1 or 2; with limits if they are given."""

    def __init__(self, memory_bytes=None, cpu_share=None):
        self.name = f"smallpress-bench-{os.getpid()}-{time.monotonic_ns()}"
        self.folders = []
        self.unified = os.path.exists(os.path.join(ROOT, "cgroup.controllers"))
        try:
            self.make(memory_bytes, cpu_share)
        except OSError as error:
            self.remove()
            raise Unavailable(f"no cgroup can be made here ({error.strerror}: "
                              f"{error.filename})") from error

    def make(self, memory_bytes, cpu_share):
        quota = int(cpu_share * QUOTA_PERIOD_US) if cpu_share else None
        if self.unified:
            write(os.path.join(ROOT, "cgroup.subtree_control"), "+memory +cpu")
            self.memory = self.folder(ROOT)
            if not os.path.exists(self.file("memory.max")):
                raise OSError(1, "the memory controller is not to be had", self.memory)
            if memory_bytes:
                write(self.file("memory.max"), memory_bytes)
                write(self.file("memory.swap.max"), 0)
            if quota:
                write(self.file("cpu.max"), f"{quota} {QUOTA_PERIOD_US}")
            return
        self.memory = self.folder(os.path.join(ROOT, "memory"))
        if memory_bytes:
            write(self.file("memory.limit_in_bytes"), memory_bytes)
            if os.path.exists(self.file("memory.memsw.limit_in_bytes")):
                write(self.file("memory.memsw.limit_in_bytes"), memory_bytes)
        if quota:
            cpu = self.folder(os.path.join(ROOT, "cpu"))
            write(os.path.join(cpu, "cpu.cfs_period_us"), QUOTA_PERIOD_US)
            write(os.path.join(cpu, "cpu.cfs_quota_us"), quota)

    def folder(self, parent):
        path = os.path.join(parent, self.name)
        os.mkdir(path)
        self.folders.append(path)
        return path

    def file(self, name):
        return os.path.join(self.memory, name)

    def doors(self):
        """The files that a process writes its number to, to be inside."""
        return [os.path.join(folder, "cgroup.procs") for folder in self.folders]

    def processes(self):
        return [int(word) for word in read(self.file("cgroup.procs")).split()]

    def anonymous_kib(self):
        name = "anon" if self.unified else "total_rss"
        return number_of(read(self.file("memory.stat")), name) // 1024

    def killed(self):
        """How many processes the kernel has ended for want of memory."""
        file = "memory.events" if self.unified else "memory.oom_control"
        return number_of(read(self.file(file)), "oom_kill")

    def remove(self):
        """Ends what is left inside, and the group."""
        until = time.monotonic() + LEFT_S
        while self.folders:
            for process in self.processes():
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            try:
                os.rmdir(self.folders[-1])
                self.folders.pop()
            except OSError:
                if time.monotonic() > until:
                    programs.say(f"{self.folders[-1]} could not be removed.")
                    return
                time.sleep(LOOK_S)


def children(top):
    """The processes below one, by what /proc says of parents; for when there is no group."""
    parents = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            words = read(f"/proc/{name}/stat").rpartition(")")[2].split()
            if words:
                parents.setdefault(int(words[1]), []).append(int(name))
    found, todo = [], [top]
    while todo:
        below = parents.get(todo.pop(), [])
        found += below
        todo += below
    return found


def pss_kib(process):
    return number_of(read(f"/proc/{process}/smaps_rollup"), "Pss")


class Watch:
    """The highest that was seen while a launcher ran."""

    def __init__(self, launcher, group):
        self.launcher = launcher
        self.group = group
        self.pss_kib = 0
        self.anonymous_kib = 0

    def look(self):
        if self.group:
            self.anonymous_kib = max(self.anonymous_kib, self.group.anonymous_kib())
            inside = self.group.processes()
        else:
            inside = children(self.launcher)
        self.pss_kib = max(self.pss_kib, sum(pss_kib(process) for process in inside
                                             if process != self.launcher))


class Runner:
    """Where programs run. `core` is the processor they stay on, -1 for any."""

    def __init__(self, folder, core):
        self.folder = folder
        self.core = core
        self.launcher = programs.compile_c("launch", os.path.join(programs.HERE, "launch.c"), [])
        if not self.launcher:
            raise SystemExit(2)
        self.no_groups = None  # the reason
        try:
            Group().remove()
        except Unavailable as why:
            self.no_groups = str(why)

    def run(self, command, environment=None, memory_bytes=None, cpu_share=None):
        """
        One run. Seconds, KiB and the status (128 + signal for a program that was killed); `said`
        has what it wrote to standard error. Unavailable if limits are asked for and cannot be had.
        """
        group = None
        if not self.no_groups:
            group = Group(memory_bytes, cpu_share)
        elif memory_bytes or cpu_share:
            raise Unavailable(self.no_groups)
        try:
            return self.watch(command, environment or {}, group)
        finally:
            if group:
                group.remove()

    def watch(self, command, environment, group):
        doors = group.doors() if group else []
        enter = "".join(f"echo $$ > '{door}' && " for door in doors) + 'exec "$@"'
        with tempfile.NamedTemporaryFile(dir=self.folder) as result, \
                tempfile.TemporaryFile(dir=self.folder) as said:
            process = subprocess.Popen(["sh", "-c", enter, "sh", self.launcher, result.name,
                                        str(self.core), *command], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=said,
                                       env={**os.environ, **environment})
            watch = Watch(process.pid, group)
            while process.poll() is None:
                watch.look()
                time.sleep(LOOK_S)
            said.seek(0)
            text = said.read().decode("utf-8", "replace").strip()
            numbers = read(result.name).split()
            if process.returncode != 0 or len(numbers) != 5:
                numbers = [0, 0, 0, 0, 128 + signal.SIGKILL]  # the launcher went with the rest
            user, system, wall, _, status = map(int, numbers)
        return {"user_s": user / 1e6, "system_s": system / 1e6, "wall_s": wall / 1e6,
                "status": status, "said": text, "pss_kib": watch.pss_kib,
                "anonymous_kib": watch.anonymous_kib if group else None,
                "killed": group.killed() if group else None}
