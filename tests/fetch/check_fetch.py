#!/usr/bin/env python3
"""smallpress-fetch against servers that lie, stall, flood and point elsewhere. All of them are on
127.0.0.1; hosts at public addresses are made up by name_shim.c, and nothing leaves the machine.

    check_fetch.py SMALLPRESS-FETCH NAME-SHIM
"""
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import hostile_server as hostile
from check_tap import Tap
from fetch_client import Fetcher
from hostile_server import JPEG, OTHER, Server, first, head, photo, redirect

PUBLIC = "198.41.0.1"    # mapped to 127.0.0.1 by the shim
NOBODY = "198.41.0.66"   # public too, and refuses every connection
NAMES = [f"photos.test={PUBLIC}", f"other.test={PUBLIC}", "inside.test=127.0.0.1",
         f"changing.test={NOBODY};127.0.0.1", f"both.test=127.0.0.1,{PUBLIC}",
         f"closed.test={NOBODY}", f"res.cloudinary.com={PUBLIC}", "localhost=127.0.0.1",
         "six.test=::ffff:127.0.0.1", "xn--ft-fka.test=" + PUBLIC]
POINTS = []


class Skip(Exception):
    """Raised by a test that cannot hold here."""


class Programs:
    def __init__(self, fetch, shim):
        self.fetch, self.shim = os.path.abspath(fetch), os.path.abspath(shim)
        with open(self.fetch, "rb") as file:
            self.sanitized = b"__asan_init" in file.read()

    def start(self, **settings):
        return Fetcher(self.fetch, shim=self.shim, **{"names": NAMES, "mapped": [PUBLIC],
                                                      **settings})


def point(name):
    def register(test):
        POINTS.append((name, test))
        return test
    return register


def good(answer, body=JPEG, transformed=False):
    """What is wrong with an answer that ought to be a photo."""
    if answer.status != "ok":
        return [f"{answer} where a photo is due"]
    problems = [] if answer.body == body else [f"{answer}: not the bytes that were sent"]
    if answer.length != len(body):
        problems.append(f"{answer}: {len(body)} bytes are due")
    if answer.transformed != transformed:
        problems.append(f"{answer}: transformed is {answer.transformed}")
    return problems


def bad(answer, status, *words):
    """What is wrong with an answer that ought to be a refusal."""
    problems = [] if answer.status == status else [f"{answer} where {status} is due"]
    return problems + [f"`{word}` is not in {answer}" for word in words
                       if word not in answer.sentence]


def same(what, found, due):
    return [] if found == due else [f"{what}: {found}, and {due} is due"]


@point("a photo of a public host comes as it is, by one connection")
def plain(programs):
    with Server({"/a.jpg": photo(), "/b.jpg?x=1": photo(OTHER)}) as server, \
            programs.start(at_once=1) as fetcher:
        base = f"http://photos.test:{server.port}"
        problems = good(fetcher.get(f"{base}/a.jpg"))
        problems += good(fetcher.get(f"{base}/b.jpg?x=1"), OTHER)
        problems += good(fetcher.get(f"{base}/a.jpg#top"))
        problems += same("connections", server.connections, 1)
        sent = server.asked[0][1]
        for name, due in (("Accept-Encoding", None), ("Cookie", None), ("Authorization", None),
                          ("Host", f"photos.test:{server.port}")):
            problems += same(name, hostile.field(sent, name), due)
        return problems


@point("names beyond ASCII are names")
def idn(programs):
    with Server({"/%c3%bc%20x": photo()}) as server, programs.start() as fetcher:
        return good(fetcher.get(f"http://FÖT.test:{server.port}/ü x"))


@point("every way to write 127.0.0.1 is refused, and nobody is asked")
def written(programs):
    hosts = ("127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost",
             "LOCALHOST.", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::1]", "[::127.0.0.1]",
             "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "0", "0.0.0.0", "１２７.0.0.1",
             "inside.test", "six.test")
    with Server({}) as server, programs.start(attempts_max=1) as fetcher:
        problems = []
        for host in hosts:
            answer = fetcher.get(f"http://{host}:{server.port}/")
            problems += bad(answer, "bad-data", "the address ", " is a", "public addresses only",
                            "--allow-host ")
        return problems + same("connections", server.connections, 0)


@point("private, link-local and metadata addresses are refused with their kind")
def kinds(programs):
    cases = {"10.0.0.1": "a private address", "169.254.1.1": "a link-local address",
             "100.64.0.1": "a carrier's internal", "224.0.0.1": "a multicast",
             "[fe80::1]": "a link-local", "[fd00::1]": "a private", "[2001:0:1::]": "Teredo",
             "169.254.169.254": "secrets", "[fd00:ec2::254]": "secrets"}
    problems = []
    with programs.start() as fetcher:
        for host, kind in cases.items():
            problems += bad(fetcher.get(f"http://{host}/"), "bad-data", kind)
    with programs.start(allow_private=1, attempts_max=1) as fetcher:
        for host in ("169.254.169.254", "[fd00:ec2::254]", "[::ffff:169.254.169.254]",
                     "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]"):
            problems += bad(fetcher.get(f"http://{host}/"), "bad-data", "secrets", "--allow-host")
        problems += bad(fetcher.get("http://10.0.0.1/"), "io", "no connection")
    return problems


@point("a host that is permitted by name is fetched from, at its port if one is named")
def permitted(programs):
    with Server({"/a": photo()}) as server, Server({"/a": photo()}) as other:
        problems = []
        for hosts, host, due in ((["Inside.TEST"], "inside.test", True),
                                 (["inside.test"], "INSIDE.test.", True),
                                 ([f"localhost:{server.port}"], "localhost", True),
                                 ([f"localhost:{other.port}"], "localhost", False),
                                 (["127.0.0.1"], "2130706433", True),
                                 (["127.0.0.1"], "localhost", False),
                                 (["inside.test"], "x.inside.test", False)):
            with programs.start(hosts=hosts, attempts_max=1) as fetcher:
                answer = fetcher.get(f"http://{host}:{server.port}/a")
                problems += [f"{hosts}, {host}: {p}" for p in (
                    good(answer) if due else [] if answer.status != "ok" else [str(answer)])]
        with programs.start(allow_private=1) as fetcher:
            problems += good(fetcher.get(f"http://127.0.0.1:{server.port}/a"))
        return problems


@point("a host to permit that is none is the answer to every order")
def not_a_host(programs):
    problems = []
    with programs.start(hosts=["http://photos.test/"]) as fetcher:
        for _ in range(3):
            problems += bad(fetcher.get("http://photos.test/a"), "bad-spec", "is not a host")
    with programs.start(rules=[("(", "x")]) as fetcher:
        problems += bad(fetcher.get("http://photos.test/a"), "bad-spec", "rule 1")
    return problems


@point("schemes, user names, ports and addresses that are none")
def addresses(programs):
    cases = {"file:///etc/passwd": "`file:`", "ftp://photos.test/a": "`ftp:`",
             "gopher://photos.test/": "`gopher:`", "data:image/jpeg;base64,AAAA": "`data:`",
             "http://me:secret@photos.test/": "user name or password",
             "http://photos.test:22/": "port 22 of photos.test", "photo.jpg": "is not an address",
             "http://photos.test:25/": "--allow-host photos.test:25", "http://": "not an address",
             "http://photos.test:99999/": "not an address", "http://a b/": "not an address"}
    with programs.start() as fetcher:
        problems = []
        for url, words in cases.items():
            problems += bad(fetcher.get(url), "bad-data", words)
        return problems + bad(fetcher.get("http://photos.test/" + "a" * 4070), "io")


@point("redirects are followed: relative, to another host, in chains, to the limit")
def redirects(programs):
    with Server({"/end/a.jpg": photo(), "/relative": redirect("end/a.jpg", "301 Moved"),
                 "/loop": redirect("/loop"), "/nowhere": head("302 Found", 0),
                 **{f"/{n}": redirect(f"/{n - 1}", "307 X") for n in range(1, 8)},
                 "/0": photo(OTHER), "/body": head("303 See", 500, Location="/0") + b"n" * 500,
                 "/endless": lambda c, n: (c.sendall(head("302 Found", Location="/0")),
                                           hostile.endless(c, n))[1],
                 }) as server, programs.start() as fetcher:
        base = f"http://photos.test:{server.port}"
        server.answers["/host"] = redirect(f"http://other.test:{server.port}/0")
        problems = good(fetcher.get(f"{base}/relative")) + good(fetcher.get(f"{base}/body"), OTHER)
        problems += good(fetcher.get(f"{base}/host"), OTHER) + good(fetcher.get(f"{base}/5"), OTHER)
        problems += good(fetcher.get(f"{base}/endless"), OTHER)
        problems += bad(fetcher.get(f"{base}/6"), "bad-data", "redirected more than 5 times")
        problems += bad(fetcher.get(f"{base}/loop"), "bad-data", "redirected more than 5 times")
        problems += bad(fetcher.get(f"{base}/nowhere"), "bad-data", "HTTP 302 Found")
        return problems + same("questions in the loop", server.paths().count("/loop"), 6)


@point("a redirect to inside is refused wherever it points, and nobody is asked there")
def redirected_inside(programs):
    with Server({}) as inside:
        targets = {f"http://127.0.0.1:{inside.port}/": "a loopback address",
                   f"http://2130706433:{inside.port}/": "a loopback address",
                   f"http://[::ffff:127.0.0.1]:{inside.port}/": "an IPv4 address inside",
                   f"//inside.test:{inside.port}/": "a loopback address",
                   "http://169.254.169.254/latest/meta-data/": "secrets",
                   "file:///etc/passwd": "`file:`", "FILE:/etc/passwd": "`FILE:`",
                   "ftp://photos.test/": "`ftp:`", "data:text/plain,x": "`data:`",
                   "http://u:p@photos.test/": "user name", "http://photos.test:25/": "port 25"}
        answers = {f"/{n}": redirect(target) for n, target in enumerate(targets)}
        with Server(answers) as server, programs.start() as fetcher:
            problems = []
            for n, words in enumerate(targets.values()):
                problems += bad(fetcher.get(f"http://photos.test:{server.port}/{n}"), "bad-data",
                                words)
            return problems + same("connections inside", inside.connections, 0)


@point("an answer of the name servers that changes is looked at when it is used")
def changing(programs):
    with Server({"/": photo()}) as server, programs.start() as fetcher:
        answer = fetcher.get(f"http://changing.test:{server.port}/")
        problems = bad(answer, "bad-data", "127.0.0.1 of changing.test is a loopback address")
        problems += same("connections", server.connections, 0)
        # Of two addresses the public one is taken.
        return problems + good(fetcher.get(f"http://both.test:{server.port}/"))


@point("bodies longer and shorter than they say, broken off, reset, empty")
def lengths(programs):
    chunked = head(Transfer_Encoding="chunked") + b"5\r\n\xff\xd8\xff12\r\n"
    with Server({"/long": lambda c, n: c.sendall(photo() + b"more" * 9999),
                 "/short": hostile.short, "/reset": hostile.reset, "/empty": photo(b""),
                 "/nothing": hostile.nothing, "/closed": lambda c, n: c.sendall(head() + JPEG),
                 "/chunked": lambda c, n: c.sendall(chunked),
                 "/twice": first(hostile.short, photo(OTHER)),
                 "/noise": lambda c, n: c.sendall(b"SSH-2.0-OpenSSH\r\n" * 10),
                 }) as server, programs.start(attempts_max=2) as fetcher:
        base = f"http://photos.test:{server.port}"
        # First, because libcurl asks once more by itself where a kept connection was closed.
        problems = bad(fetcher.get(f"{base}/nothing"), "io", "without an answer")
        problems += good(fetcher.get(f"{base}/long")) + good(fetcher.get(f"{base}/closed"))
        problems += good(fetcher.get(f"{base}/twice"), OTHER)
        count = f"{len(JPEG):,} bytes of {2 * len(JPEG):,} came"
        problems += bad(fetcher.get(f"{base}/short"), "io", "ended early", count)
        problems += bad(fetcher.get(f"{base}/reset"), "io", "ended early")
        problems += bad(fetcher.get(f"{base}/chunked"), "io", "broke off after 5 bytes")
        problems += bad(fetcher.get(f"{base}/empty"), "bad-data", "nothing at all")
        problems += bad(fetcher.get(f"{base}/noise"), "io", "no photo to be had")
        for path, due in (("/short", 2), ("/reset", 2), ("/nothing", 2), ("/empty", 1),
                          ("/noise", 1)):
            problems += same(path, server.paths().count(path), due)
        return problems


@point("what is too large is cut off at the limit, whatever length it claims")
def sizes(programs):
    limit = 100_000
    at = b"\xff\xd8\xff" + b"a" * (limit - 3)
    with Server({"/endless": hostile.endless, "/claims": head(length=1 << 40), "/at": photo(at),
                 "/over": photo(at + b"b"),
                 "/over-chunked": lambda c, n: c.sendall(head() + at + b"b"),
                 "/at-chunked": lambda c, n: c.sendall(head() + at),
                 }) as server, programs.start(bytes_max=limit) as fetcher:
        base = f"http://photos.test:{server.port}"
        problems = good(fetcher.get(f"{base}/at"), at) + good(fetcher.get(f"{base}/at-chunked"), at)
        for path in ("/endless", "/claims", "/over", "/over-chunked"):
            answer = fetcher.get(base + path)
            problems += bad(answer, "too-big", "larger than 97.7 KiB")
            problems += same(f"{path} in the file", len(answer.body) <= limit, True)
            problems += same(path, server.paths().count(path), 1)
        return problems


@point("headers without end, gigantic, or without an answer behind them")
def headers(programs):
    with Server({"/many": hostile.endless_headers, "/one": hostile.endless_header,
                 "/interim": hostile.endless_interim}) as server, programs.start() as fetcher:
        base = f"http://photos.test:{server.port}"
        problems = bad(fetcher.get(f"{base}/many"), "bad-data", "64 KiB of headers")
        problems += bad(fetcher.get(f"{base}/interim"), "bad-data", "64 KiB of headers")
        answer = fetcher.get(f"{base}/one")
        problems += [] if answer.status != "ok" else [str(answer)]
        if not programs.sanitized and fetcher.peak_kib() > 40 << 10:
            problems.append(f"{fetcher.peak_kib()} KiB of memory")
        return problems


@point("bombs stay packed: nothing is unpacked that was not asked for")
def bombs(programs):
    packed = hostile.bomb(64 << 20)
    deflated = head(length=len(packed), Content_Type="image/jpeg", Content_Encoding="gzip") + packed
    transfer = head(Transfer_Encoding="gzip, chunked") + b"%x\r\n" % len(packed) + packed + \
        b"\r\n0\r\n\r\n"
    with Server({"/content": deflated, "/transfer": transfer,
                 "/lie": photo(Content_Encoding="gzip")}) as server, programs.start() as fetcher:
        base = f"http://photos.test:{server.port}"
        problems = bad(fetcher.get(f"{base}/content"), "bad-data", "compressed")
        problems += bad(fetcher.get(f"{base}/transfer"), "bad-data", "transfer encoding")
        return problems + good(fetcher.get(f"{base}/lie"))


@point("a page for browsers is no photo; a photo under the wrong type is one")
def pages(programs):
    page = b"<!doctype html><title>Please log in</title>"
    with Server({"/page": head(length=len(page), Content_Type="text/html; charset=utf-8") + page,
                 "/wrong": head(length=len(JPEG), Content_Type="text/html") + JPEG,
                 "/untold": head(length=5) + b"what?"}) as server, programs.start() as fetcher:
        base = f"http://photos.test:{server.port}"
        problems = bad(fetcher.get(f"{base}/page"), "bad-data", "a page for browsers")
        problems += good(fetcher.get(f"{base}/wrong"))
        return problems + good(fetcher.get(f"{base}/untold"), b"what?")


@point("what is worth it is asked again, what is not is not, and not for ever")
def retries(programs):
    refusals = {"400 B": 1, "401 U": 1, "403 F": 1, "404 N": 1, "410 G": 1, "501 N": 1,
                "500 I": 3, "502 B": 3, "503 S": 3, "408 R": 3, "429 T": 3}
    answers = {f"/{status[:3]}": head(status, 0) for status in refusals}
    answers["/soon"] = first(head("503 S", 0, Retry_After="1"), photo())
    answers["/late"] = head("429 T", 0, Retry_After="100000")
    answers["/date"] = head("503 S", 0, Retry_After="Fri, 31 Dec 2399 23:59:59 GMT")
    with Server(answers) as server, programs.start(at_once=8) as fetcher:
        base = f"http://photos.test:{server.port}"
        problems = []
        for status, answer in zip(refusals, fetcher.all([f"{base}/{s[:3]}" for s in refusals])):
            problems += bad(answer, "io", f"HTTP {status[:3]} ")
            problems += same(status, server.paths().count(f"/{status[:3]}"), refusals[status])
        problems += bad(fetcher.get(f"{base}/404"), "io", "HTTP 404 Not Found")
        began = time.monotonic()
        problems += good(fetcher.get(f"{base}/soon"))
        if time.monotonic() - began < 1:
            problems.append("Retry-After was not waited for")
        began = time.monotonic()
        problems += bad(fetcher.get(f"{base}/late"), "io", "HTTP 429 Too Many Requests", "1 d 03 h")
        problems += bad(fetcher.get(f"{base}/date"), "io", "HTTP 503")
        if time.monotonic() - began > 5:
            problems.append("what was put off for years was waited for")
        problems += bad(fetcher.get("http://unknown.test/"), "io", "know no host unknown.test")
        return problems + bad(fetcher.get("http://closed.test/"), "io", "no connection to closed")


@point("slow and silent servers are left after ten seconds, and each photo has its time")
def slow(programs):
    with Server({"/slow": hostile.drip(0.5), "/silent": hostile.silence,
                 "/steady": hostile.drip(0.1, b"x" * 500)}) as server:
        base = f"http://photos.test:{server.port}"
        with programs.start(attempts_max=1, time_ms=15000, bytes_max=20 << 20) as fetcher:
            steady, creeping, silent = fetcher.all(
                [f"{base}/steady", f"{base}/slow", f"{base}/silent"])
        problems = bad(creeping, "io", "fewer than 1000 bytes a second for 10 s")
        problems += bad(silent, "io", "no bytes for 10 s")
        problems += bad(steady, "io", "longer than 15 s")
        began = time.monotonic()
        with programs.start(time_ms=1500, bytes_max=20 << 20) as fetcher:
            problems += bad(fetcher.get(f"{base}/silent"), "io", "longer than 1.5 s")
        if time.monotonic() - began > 5:
            problems.append("1.5 s took long")
        return problems


@point("image hosts are asked for less, and for the original where they refuse")
def transform(programs):
    base = "/demo/image/upload/"
    less = base + "c_limit,w_1200,h_1200,q_80,f_jpg/"
    page = b"<html>"
    with Server({less + "v1/a.jpg": photo(OTHER), base + "v1/a.jpg": photo(),
                 **{f"{base}v1/{name}": photo() for name in ("400", "page", "svg", "short", "in")},
                 less + "v1/400": head("400 Bad", 0),
                 less + "v1/page": head(length=6, Content_Type="text/html") + page,
                 less + "v1/svg": head(length=6, Content_Type="image/svg+xml") + b"<svg/>",
                 less + "v1/short": hostile.short, less + "v1/in": redirect("http://127.0.0.1/"),
                 less + "v1/slow": hostile.silence, base + "v1/slow": photo(),
                 "/r/1200/80/x": photo(OTHER), "/full/x": photo(),
                 }) as server:
        host = f"http://res.cloudinary.com:{server.port}{base}v1/"
        rules = [(r"(http://photos\.test:[0-9]+)/full/(.*)", "$1/r/{width}/{quality}/$2")]
        problems = []
        with programs.start(transform=1, rules=rules, time_ms=6000) as fetcher:
            size = {"edge": 1200, "quality": 80}
            problems += good(fetcher.get(host + "a.jpg", **size), OTHER, transformed=True)
            for name in ("400", "page", "svg", "short", "in", "slow"):
                problems += [f"{name}: {p}" for p in good(fetcher.get(host + name, **size))]
                problems += same(name, server.paths().count(f"{less}v1/{name}"), 1)
            problems += bad(fetcher.get(host + "lost", **size), "io", "HTTP 404")
            rule = f"http://photos.test:{server.port}/full/x"
            problems += good(fetcher.get(rule, **size), OTHER, transformed=True)
            problems += good(fetcher.get(host + "a.jpg"))
        with programs.start() as fetcher:
            problems += good(fetcher.get(host + "a.jpg", **size))
        return problems


@point("a proxy of the environment is used when asked for, and hosts in numbers are still judged")
def proxy(programs):
    with Server({}) as server:
        base = f"http://photos.test:{server.port}"
        through = "http://far.test:8080/a.jpg"
        server.answers.update({"/a.jpg": photo(), through: photo(OTHER),
                               "http://far.test:8080/in": redirect("http://[::1]:8080/")})
        environment = {"http_proxy": f"http://127.0.0.1:{server.port}", "no_proxy": "photos.test"}
        problems = []
        with programs.start(environment=environment, attempts_max=1) as fetcher:
            problems += bad(fetcher.get(through), "io", "know no host")
        with programs.start(environment=environment, proxy_environment=1) as fetcher:
            problems += good(fetcher.get(through), OTHER) + good(fetcher.get(f"{base}/a.jpg"))
            for url in ("http://127.0.0.1:8080/", "http://0x7f.1:8080/", "http://localhost:8080/",
                        "http://a.localhost:8080/", "http://[::ffff:10.0.0.1]:8080/",
                        "http://169.254.169.254/", "http://far.test:8080/in"):
                problems += bad(fetcher.get(url), "bad-data", "--allow-host")
        return problems


def make_certificate(folder, name, host):
    """A certificate that vouches for itself: (certificate, key)."""
    openssl = shutil.which("openssl")
    if not openssl:
        raise Skip("openssl is not installed")
    paths = f"{folder}/{name}.pem", f"{folder}/{name}.key"
    subprocess.run([openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}",
                    "-out", paths[0], "-keyout", paths[1]], check=True, capture_output=True)
    return paths


@point("certificates are verified: who vouches for them, and for whom")
def certificates(programs):
    with tempfile.TemporaryDirectory() as folder:
        own = make_certificate(folder, "own", "photos.test")
        with Server({"/a": photo()}, own) as server, Server({"/a": photo()}) as plain_server:
            base = f"https://photos.test:{server.port}"
            with programs.start() as fetcher:
                problems = bad(fetcher.get(f"{base}/a"), "io", "no trust in the certificate of")
                problems += bad(fetcher.get(f"https://photos.test:{plain_server.port}/a"), "io",
                                "no secure connection to photos.test")
            trusting = {"environment": {"SSL_CERT_FILE": own[0]}}
            with programs.start(**trusting) as fetcher:
                problems += good(fetcher.get(f"{base}/a"))
                problems += bad(fetcher.get(f"https://other.test:{server.port}/a"), "io",
                                "no trust in the certificate of other.test")
            return problems + same("photos", server.paths(), ["/a"])


@point("as many orders as a press has at once wait their turn; nothing is left open")
def many(programs):
    with Server({f"/{n}": photo(b"\xff\xd8\xff%d" % n) for n in range(64)}) as server, \
            programs.start(at_once=8) as fetcher:
        problems = good(fetcher.get(f"http://photos.test:{server.port}/0"), b"\xff\xd8\xff0")
        for _ in range(3):
            answers = fetcher.all([f"http://photos.test:{server.port}/{n}" for n in range(64)])
            for n, answer in enumerate(answers):
                problems += good(answer, b"\xff\xd8\xff%d" % n)
            # Standard ones, the channel, 8 connections, libcurl's and its resolver's own.
            if fetcher.descriptors() > 24:
                problems.append(f"{fetcher.descriptors()} descriptors are open")
        print(f"# {fetcher.descriptors()} descriptors")
        return problems


@point("a disk that is full is told once, and a photo is not mixed from two")
def full_disk(programs):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    with Server({"/a": photo(), "/small": photo(JPEG[:4096])}) as server, \
            programs.start(before=limit) as fetcher:
        base = f"http://photos.test:{server.port}"
        problems = bad(fetcher.get(f"{base}/a"), "io", "could not be written", "File too large")
        return problems + same("questions", server.paths().count("/a"), 1) + \
            good(fetcher.get(f"{base}/small"), JPEG[:4096])


@point("the end of the channel ends it, at work or not; what is no message does too")
def ends(programs):
    with Server({"/silent": hostile.silence}) as server:
        problems = []
        fetcher = programs.start()
        problems += same("at rest", fetcher.end(), (0, ""))
        fetcher = programs.start()
        fetcher.order(f"http://photos.test:{server.port}/silent")
        time.sleep(0.5)
        problems += same("at work", fetcher.end(), (0, ""))
        fetcher = programs.start()
        fetcher.send(b"no such message")
        problems += same("garbage", fetcher.process.wait(20), 0)
        fetcher.end()
        fetcher = programs.start(at_once=99)
        problems += bad(fetcher.get("http://photos.test/"), "bad-spec", "99 photos")
        problems += same("a bad set-up", fetcher.end(), (0, ""))
        done = subprocess.run([programs.fetch], capture_output=True, stdin=subprocess.DEVNULL,
                              check=False, timeout=20)
        return problems + same("by hand", done.returncode, 2)


@point("a photo costs the fetcher no memory")
def memory(programs):
    if programs.sanitized:
        raise Skip("sanitizers take memory of their own")
    body = b"\xff\xd8\xff" + b"m" * (40 << 20)
    with Server({"/small": photo(), "/large": photo(body)}) as server, \
            programs.start(bytes_max=64 << 20) as fetcher:
        base = f"http://photos.test:{server.port}"
        problems = good(fetcher.get(f"{base}/small"))
        before = fetcher.peak_kib()
        problems += good(fetcher.get(f"{base}/large"), body)
        print(f"# {before} KiB with a small photo, {fetcher.peak_kib()} KiB with 40 MiB")
        if fetcher.peak_kib() > before + 512:
            problems.append(f"{before} KiB grew to {fetcher.peak_kib()} KiB")
        return problems


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    programs, tap = Programs(*sys.argv[1:3]), Tap()
    socket.setdefaulttimeout(60)
    for name, test in POINTS:
        if sys.argv[3:] and test.__name__ not in sys.argv[3:]:
            continue
        try:
            tap.point(name, test(programs))
        except Skip as skip:
            tap.skip(name, str(skip))
        except Exception:
            tap.point(name, [traceback.format_exc()])
        sys.stdout.flush()
    tap.end()


if __name__ == "__main__":
    main()
