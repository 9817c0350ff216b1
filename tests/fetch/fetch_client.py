"""smallpress-fetch as the press uses it: a channel, a set-up, orders with files, answers."""
import os
import socket
import struct
import subprocess
import tempfile

SETUP = struct.Struct("@IIIIQIIIIIII4x")
HOST = struct.Struct("@264s")
RULE = struct.Struct("@512s1024s")
REQUEST = struct.Struct("@QII4096s")
ANSWER = struct.Struct("@QIIQ320s")

STATUS = ("ok", "bad-spec", "bad-data", "too-big", "no-room", "io", "stopped")


class Answer:
    def __init__(self, packed, file):
        number, status, transformed, length, sentence = ANSWER.unpack(packed)
        self.number, self.status = number, STATUS[status]
        self.transformed, self.length = bool(transformed), length
        self.sentence = sentence.split(b"\0", 1)[0].decode("utf-8")
        file.seek(0)
        self.body = file.read()

    def __repr__(self):
        return (f"[{self.status}, {self.length} bytes, {len(self.body)} in the file: "
                f"{self.sentence}]")


class Fetcher:
    """with Fetcher(program, names=…, …) as fetcher: fetcher.get(url)"""

    def __init__(self, program, shim=None, names=(), mapped=(), hosts=(), rules=(),
                 environment=None, before=None, **setup):
        self.settings = {"allow_private": 0, "proxy_environment": 0, "transform": 0, "at_once": 4,
                         "bytes_max": 1 << 20, "time_ms": 20000, "connect_ms": 3000,
                         "speed_min": 1000, "redirects_max": 5, "attempts_max": 3, **setup,
                         "host_count": len(hosts), "rule_count": len(rules)}
        self.ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.files, self.number = {}, 0
        env = {"SHIM_NAMES": " ".join(names), "SHIM_MAP": " ".join(mapped), **(environment or {}),
               "ASAN_OPTIONS": "verify_asan_link_order=0"}
        if shim:
            env["LD_PRELOAD"] = shim

        def move():
            os.dup2(theirs.fileno(), 3)
            os.set_inheritable(3, True)
            if before:
                before()

        self.process = subprocess.Popen([program], env=env, pass_fds=(3,), preexec_fn=move,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE)
        theirs.close()
        self.ours.settimeout(60)
        order = ("allow_private", "proxy_environment", "transform", "at_once", "bytes_max",
                 "time_ms", "connect_ms", "speed_min", "redirects_max", "attempts_max",
                 "host_count", "rule_count")
        self.send(SETUP.pack(*(self.settings[name] for name in order)))
        for host in hosts:
            self.send(HOST.pack(host.encode()))
        for match, to in rules:
            self.send(RULE.pack(match.encode(), to.encode()))

    def send(self, message, files=()):
        socket.send_fds(self.ours, [message], list(files))

    def order(self, url, edge=0, quality=0):
        """Orders a photo, into a file that holds something else; its number."""
        file = tempfile.TemporaryFile()
        file.write(b"left from before" * 4096)
        file.flush()
        self.number += 1
        self.files[self.number] = file
        self.send(REQUEST.pack(self.number, edge, quality, url.encode()), [file.fileno()])
        return self.number

    def answer(self):
        packed = self.ours.recv(ANSWER.size + 1)
        if len(packed) != ANSWER.size:
            raise EOFError(f"the program is gone: {self.end()}")
        number = ANSWER.unpack(packed)[0]
        with self.files.pop(number) as file:
            return Answer(packed, file)

    def get(self, url, **options):
        self.order(url, **options)
        return self.answer()

    def all(self, urls):
        """The answers in the order of the addresses, fetched side by side."""
        numbers = [self.order(url) for url in urls]
        answers = {}
        for _ in numbers:
            answer = self.answer()
            answers[answer.number] = answer
        return [answers[number] for number in numbers]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def peak_kib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return int(next(line for line in file if line.startswith("VmHWM")).split()[1])

    def end(self):
        """Closes the channel; the status of the program and what it said."""
        self.ours.close()
        try:
            _, said = self.process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, said = self.process.communicate()
            return "hung", said.decode("utf-8", "replace")
        return self.process.returncode, said.decode("utf-8", "replace")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.ours.fileno() < 0:
            return
        status, said = self.end()
        for file in self.files.values():
            file.close()
        if kind is None and (status != 0 or said):
            raise AssertionError(f"ended with {status}: {said[-3000:]}")
