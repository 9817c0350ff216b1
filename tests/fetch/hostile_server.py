"""A server on 127.0.0.1 that says whatever a path tells it to, and remembers what it was asked."""
import re
import socket
import ssl
import threading
import time
import zlib

LONGEST_S = 60  # no connection lives longer
JPEG = b"\xff\xd8\xff\xe0" + b"the smaller the better" * 500
OTHER = b"\xff\xd8\xff\xe1" + b"another photo altogether" * 300
CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"


def head(status="200 OK", length=None, **fields):
    lines = [f"HTTP/1.1 {status}"]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def photo(body=JPEG, **fields):
    return head(length=len(body), Content_Type="image/jpeg", **fields) + body


def redirect(location, status="302 Found"):
    return head(status, 0, Location=location)


class Server:
    """answers: {path: bytes, or a function of (connection, how many times asked)}"""

    def __init__(self, answers, certificate=None):
        self.answers, self.asked, self.connections = answers, [], 0
        self.ended = threading.Event()
        self.tls = None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*certificate)
        while True:  # a port that is not on the list of those refused
            self.socket = socket.create_server(("127.0.0.1", 0))
            self.port = self.socket.getsockname()[1]
            if self.port > 12000:
                break
            self.socket.close()
        self.socket.settimeout(0.2)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while not self.ended.is_set():
            try:
                connection, _ = self.socket.accept()
            except (TimeoutError, OSError):
                continue
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            connection.settimeout(LONGEST_S)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                while self.answer_one(connection):
                    pass
        except (OSError, ValueError):
            pass  # the other side went away, as it may

    def answer_one(self, connection):
        request = b""
        while b"\r\n\r\n" not in request:
            more = connection.recv(65536)
            if not more:
                return False
            request += more
            if request.startswith(b"\x16\x03"):  # TLS, where none is spoken
                connection.sendall(head("400 Bad Request", 0))
                return False
        path = request.split(b" ", 2)[1].decode()
        self.asked.append((path, request.decode("latin-1")))
        known = self.answers.get(path, head("404 Not Found", 0))
        if callable(known):
            count = sum(1 for asked, _ in self.asked if asked == path)
            known = known(connection, count)
            if known is None:
                return False
        connection.sendall(known)
        return True

    def paths(self):
        return [path for path, _ in self.asked]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.socket.close()


# Answers that take a while, or never end ------------------------------------------------------

def drip(pause_s, piece=b"x"):
    """Headers at once, then a little now and then."""
    def answer(connection, _):
        connection.sendall(head(length=10_000_000, Content_Type="image/jpeg"))
        end = time.monotonic() + LONGEST_S
        while time.monotonic() < end:
            connection.sendall(piece)
            time.sleep(pause_s)
    return answer


def silence(connection, _):
    connection.sendall(head(length=10_000_000, Content_Type="image/jpeg") + JPEG)
    connection.recv(1)  # until the other side goes


def endless(connection, _):
    connection.sendall(head(Content_Type="image/jpeg", Transfer_Encoding="chunked"))
    for _ in range(100_000):
        connection.sendall(CHUNK)


def endless_headers(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(1_000_000):
        connection.sendall(b"X-Header-%d: " % number + b"y" * 1000 + b"\r\n")


def endless_header(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
    for _ in range(100_000):
        connection.sendall(b"z" * 65536)


def endless_interim(connection, _):
    for _ in range(1_000_000):
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")


def short(connection, _):
    connection.sendall(head(length=len(JPEG) * 2, Content_Type="image/jpeg") + JPEG)


def reset(connection, _):
    connection.sendall(head(length=len(JPEG) * 2, Content_Type="image/jpeg") + JPEG)
    time.sleep(0.1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def nothing(connection, _):
    return None


def first(*answers):
    """One answer after another, the last for ever; each bytes or a function."""
    def answer(connection, count):
        chosen = answers[min(count, len(answers)) - 1]
        return chosen(connection, count) if callable(chosen) else chosen
    return answer


def bomb(plain_bytes):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(b"\0" * (1 << 20)) for _ in range(plain_bytes >> 20))
    return packed + packer.flush()


def field(request, name):
    """What a header of a request says, or None."""
    found = re.search(rf"^{name}: *(.*?)\r?$", request, re.MULTILINE | re.IGNORECASE)
    return found.group(1) if found else None
