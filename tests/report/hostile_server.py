#!/usr/bin/env python3
"""A web server that means harm: hostile_server.py [SECONDS]

It listens on 127.0.0.1 only, prints its address, http://127.0.0.1:PORT, and ends by itself after
SECONDS (60), or when its standard input is closed. In a test:

    with Server() as server:
        … server.base, server.count("/slow") requests so far

EXPECTED has its paths, and whether a photo from there has to be refused or shown in a run that
allows its host. Nothing it sends is longer than SENT_MAX.
"""

import collections
import os
import socket
import struct
import sys
import threading
import time
import zlib

SENT_MAX = 256 << 20
SERVED_MAX = 64      # connections at once
PAUSE_S = 0.2

# What to do with each path, and what has to become of the photo.
EXPECTED = {
    "/photo.jpg": "shown",             # a plain photo
    "/no-length.jpg": "shown",         # ended by closing
    "/chunked.jpg": "shown",
    "/redirect.jpg": "shown",          # to /photo.jpg
    "/busy-twice.jpg": "shown",        # 503 two times, then the photo
    "/named.html": "shown",            # a photo that is called a web page
    "/long.jpg": "either",             # more than its Content-Length
    "/short.jpg": "refused",           # less than its Content-Length
    "/slow.jpg": "refused",            # a byte now and then
    "/hang.jpg": "refused",            # takes the request, and says nothing
    "/hang-later.jpg": "refused",      # half of the photo, then nothing
    "/endless.jpg": "refused",         # never stops
    "/endless-chunks.jpg": "refused",
    "/endless-headers.jpg": "refused",
    "/large-header.jpg": "refused",    # one line of 8 MiB
    "/loop.jpg": "refused",            # redirects to itself
    "/chain-0.jpg": "refused",         # through a hundred others
    "/to-file.jpg": "refused",         # redirects to file:///etc/passwd
    "/to-metadata.jpg": "refused",     # to 169.254.169.254
    "/to-mapped.jpg": "refused",       # to [::ffff:127.0.0.1]
    "/to-other-port.jpg": "refused",   # to 127.0.0.1:1, where nobody listens
    "/to-nothing.jpg": "refused",      # without a Location
    "/gzip.jpg": "refused",            # a bomb, said to be compressed
    "/page.jpg": "refused",            # 200 and a web page
    "/empty.jpg": "refused",           # 200 and nothing
    "/gone.jpg": "refused",            # 404
    "/secret.jpg": "refused",          # 401
    "/wait.jpg": "refused",            # 429, Retry-After 100000
    "/broken-chunks.jpg": "refused",
    "/no-http.jpg": "refused",         # an answer that is none
    "/reset.jpg": "refused",           # cut off
}


def plain_photo():
    """A small grey JPEG, made without any library: one block, and it comes again."""
    quantities = b"\xff\xdb\0\x43\0" + b"\x08" * 64
    frame = b"\xff\xc0\0\x0b\x08" + struct.pack(">HH", 64, 64) + b"\x01\x01\x11\0"
    codes = b"".join(b"\xff\xc4" + struct.pack(">HB", 20, kind) + b"\x01" + bytes(15) + b"\0"
                     for kind in (0x00, 0x10))
    scan = b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + bytes(16)  # 64 blocks of two bits, all 0
    return b"\xff\xd8" + quantities + frame + codes + scan + b"\xff\xd9"


PHOTO = plain_photo()


class Over(Exception):
    """Enough was sent, or it is time."""


class Server:
    """Runs in a thread of its own until it is left."""

    def __init__(self, seconds=60):
        self.until = time.monotonic() + seconds
        self.counts = collections.Counter()
        self.stopped = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=SERVED_MAX)
        self.listener.settimeout(PAUSE_S)
        self.base = "http://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.places = threading.BoundedSemaphore(SERVED_MAX)
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()
        self.listener.close()

    def count(self, path):
        return self.counts[path]

    def over(self):
        return self.stopped.is_set() or time.monotonic() > self.until

    def serve(self):
        while not self.over():
            try:
                taken, _ = self.listener.accept()
            except TimeoutError:
                continue
            if not self.places.acquire(blocking=False):
                taken.close()
                continue
            threading.Thread(target=self.answer, args=(taken,), daemon=True).start()

    def answer(self, taken):
        try:
            with taken:
                taken.settimeout(5)
                request = b""
                while b"\r\n\r\n" not in request and len(request) < 65536:
                    more = taken.recv(4096)
                    if not more:
                        return
                    request += more
                path = request.split()[1].decode("ascii", "replace")
                self.counts[path] += 1
                Answer(self, taken, path).send()
        except (OSError, Over, IndexError):
            pass
        finally:
            self.places.release()


class Answer:
    """One answer, by its path."""

    def __init__(self, server, connection, path):
        self.server = server
        self.connection = connection
        self.path = path
        self.sent = 0

    def put(self, data):
        if self.server.over() or self.sent > SENT_MAX:
            raise Over
        self.connection.sendall(data)
        self.sent += len(data)

    def pause(self):
        if self.server.over():
            raise Over
        time.sleep(PAUSE_S)

    def head(self, status="200 OK", *lines, kind="image/jpeg"):
        self.put("\r\n".join([f"HTTP/1.1 {status}", f"Content-Type: {kind}", *lines,
                              "Connection: close", "", ""]).encode("ascii"))

    def whole(self, body, status="200 OK", *lines, kind="image/jpeg"):
        self.head(status, f"Content-Length: {len(body)}", *lines, kind=kind)
        self.put(body)

    def redirect(self, place):
        self.whole(b"", "302 Found", *([f"Location: {place}"] if place else []))

    def chunk(self, data):
        self.put(b"%x\r\n%s\r\n" % (len(data), data))

    def send(self):
        name = self.path.strip("/").rpartition(".")[0].replace("-", "_")
        if name.startswith("chain_"):
            number = int(name.rpartition("_")[2])
            return self.redirect(f"/chain-{number + 1}.jpg" if number < 100 else "/photo.jpg")
        return getattr(self, "send_" + name, self.send_gone)()

    def send_photo(self):
        self.whole(PHOTO)

    def send_no_length(self):
        self.head()
        self.put(PHOTO)

    def send_chunked(self):
        self.head("200 OK", "Transfer-Encoding: chunked")
        for place in range(0, len(PHOTO), 50):
            self.chunk(PHOTO[place:place + 50])
        self.put(b"0\r\n\r\n")

    def send_redirect(self):
        self.redirect("/photo.jpg")

    def send_busy_twice(self):
        if self.server.count(self.path) <= 2:
            return self.whole(b"", "503 Service Unavailable", "Retry-After: 0")
        return self.whole(PHOTO)

    def send_named(self):
        self.whole(PHOTO, kind="text/html")

    def send_long(self):
        self.whole(PHOTO)
        self.put(b"SECRET-TEXT" * 10000)

    def send_short(self):
        self.head("200 OK", f"Content-Length: {len(PHOTO) * 2}")
        self.put(PHOTO)

    def send_slow(self):
        self.head("200 OK", f"Content-Length: {len(PHOTO)}")
        for number in range(len(PHOTO)):
            self.put(PHOTO[number:number + 1])
            for _ in range(10):
                self.pause()

    def send_hang(self):
        while True:
            self.pause()

    def send_hang_later(self):
        self.head("200 OK", f"Content-Length: {len(PHOTO)}")
        self.put(PHOTO[:len(PHOTO) // 2])
        self.send_hang()

    def send_endless(self):
        self.head()
        self.put(PHOTO)
        while True:
            self.put(bytes(65536))

    def send_endless_chunks(self):
        self.head("200 OK", "Transfer-Encoding: chunked")
        while True:
            self.chunk(bytes(65536))

    def send_endless_headers(self):
        self.put(b"HTTP/1.1 200 OK\r\n")
        number = 0
        while True:
            number += 1
            self.put(b"X-%d: %s\r\n" % (number, b"a" * 1000))

    def send_large_header(self):
        self.put(b"HTTP/1.1 200 OK\r\nX-Large: " + b"a" * (8 << 20) + b"\r\n\r\n")
        self.put(PHOTO)

    def send_loop(self):
        self.redirect(self.path)

    def send_to_file(self):
        self.redirect("file:///etc/passwd")

    def send_to_metadata(self):
        self.redirect("http://169.254.169.254/latest/meta-data/")

    def send_to_mapped(self):
        self.redirect(self.server.base.replace("127.0.0.1", "[::ffff:127.0.0.1]") + "/photo.jpg")

    def send_to_other_port(self):
        self.redirect("http://127.0.0.1:1/photo.jpg")

    def send_to_nothing(self):
        self.redirect(None)

    def send_gzip(self):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
        self.whole(packed, "200 OK", "Content-Encoding: gzip")

    def send_page(self):
        self.whole(b"<!DOCTYPE html><html><body>Sign in</body></html>")

    def send_empty(self):
        self.whole(b"")

    def send_gone(self):
        self.whole(b"gone", "404 Not Found")

    def send_secret(self):
        self.whole(b"", "401 Unauthorized", 'WWW-Authenticate: Basic realm="photos"')

    def send_wait(self):
        self.whole(b"", "429 Too Many Requests", "Retry-After: 100000")

    def send_broken_chunks(self):
        self.head("200 OK", "Transfer-Encoding: chunked")
        self.put(b"ffffffffffffffffff\r\n" + PHOTO)

    def send_no_http(self):
        self.put(b"220 mail.example.org ready\r\n" * 3)

    def send_reset(self):
        self.head("200 OK", f"Content-Length: {len(PHOTO)}")
        self.put(PHOTO[:100])
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    with Server(seconds) as server:
        print(server.base, flush=True)
        watcher = threading.Thread(target=lambda: (os.read(0, 1), server.stopped.set()),
                                   daemon=True)
        watcher.start()
        while not server.over():
            time.sleep(PAUSE_S)


if __name__ == "__main__":
    main()
