#!/usr/bin/env python3
"""Photos that mean harm, or are none: hostile.py FOLDER [SERVER]

FOLDER gets more than a hundred of them, some 15 MiB in all, `hostile.json`, a submission with every
one and a good photo first, in between and last, and `expected.json`: of each whether it has to be
refused ("refused"), to be shown ("shown"), or may be either ("either"), as long as the report is
finished. With SERVER, as http://127.0.0.1:8000, the submission has the addresses of
hostile_server.py, too, as for a run with --allow-host 127.0.0.1; those of ALWAYS_REFUSED have to be
refused even then. The same bytes every time, as far as Pillow is the same; ends with 77 if there is
no Pillow.
"""

import io
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import pillow

if __name__ == "__main__":
    pillow.need()

from PIL import Image

import hostile_server
from photos import after_start, chunk, exif, jpeg, png, saved, segment

Image.MAX_IMAGE_PIXELS = None
REFUSED, SHOWN, EITHER = "refused", "shown", "either"
HUGE = 65535
SECRET = b"SECRET-TEXT"

ALWAYS_REFUSED = (
    "file:///etc/passwd", "ftp://127.0.0.1/photo.jpg", "gopher://127.0.0.1:70/x",
    "data:image/png;base64,iVBORw0KGgo=", "/etc/passwd", "../../../../../../etc/passwd",
    "/proc/self/mem", "/dev/zero", "no-such-file.jpg", "name-too-long-" + "x" * 300 + ".jpg",
    "http://[::ffff:10.0.0.1]/p.jpg", "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/", "http://[::]:1/p.jpg", "http://0x7f.1:1/p.jpg",
    "http://2130706433:1/p.jpg", "http://0177.0.0.1:1/p.jpg", "http://user:word@192.0.2.1/p.jpg",
    "http://", "https://:443/", "http://[::1", "http://127.0.0.1:99999/p.jpg",
)


def noise(size, seed=7):
    """Something like a photograph: soft noise."""
    small = (max(1, size[0] // 4), max(1, size[1] // 4))
    data = random.Random(seed).randbytes(3 * small[0] * small[1])
    return Image.frombytes("RGB", small, data).resize(size, Image.BILINEAR)


def cut(data, thousandths):
    return data[:len(data) * thousandths // 1000]


# --- JPEG ---------------------------------------------------------------------------------------

def segments(data):
    """[(marker, start, end)] up to the first scan, and where its data begins."""
    found, place = [], 2
    while True:
        marker, length = data[place + 1], struct.unpack_from(">H", data, place + 2)[0]
        found.append((marker, place, place + 2 + length))
        place += 2 + length
        if marker == 0xDA:
            return found, place


def frame(data):
    """Where the payload of SOFn begins."""
    return next(start + 4 for marker, start, _ in segments(data)[0]
                if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC))


def patched(data, at, value):
    return data[:at] + value + data[at + len(value):]


def sized(data, width, height):
    return patched(data, frame(data) + 1, struct.pack(">HH", height, width))


def many_scans(count):
    """A flat progressive picture whose last scan comes again and again."""
    data = jpeg(Image.new("L", (4096, 4096), 90), progressive=True)
    last = data.rfind(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + data[-2:]


def legal_scans():
    """
    A grey picture of 4096 x 4096 in 694 scans that follow every rule (ITU-T T.81, G.1): each
    coefficient comes by itself, a bit at a time. A scan is 30 bytes: sixteen runs of 16,384 blocks.
    """
    bits = 10
    head = b"\xff\xdb\0\x43\0" + b"\x08" * 64 \
        + b"\xff\xc2\0\x0b\x08" + struct.pack(">HH", 4096, 4096) + b"\x01\x01\x11\0" \
        + b"\xff\xc4" + struct.pack(">HB", 20, 0x00) + b"\x01" + bytes(15) + b"\0" \
        + b"\xff\xc4" + struct.pack(">HB", 20, 0x10) + b"\x01" + bytes(15) + b"\xe0"

    def scan(first, last, approximation, count):
        return b"\xff\xda\0\x08\x01\x01\0" + bytes([first, last, approximation]) + bytes(count)
    parts = [b"\xff\xd8", head, scan(0, 0, 0, 512 * 512 // 8)]
    for coefficient in range(1, 64):
        parts.append(scan(coefficient, coefficient, bits, 30))
        for bit in range(bits, 0, -1):
            parts.append(scan(coefficient, coefficient, bit << 4 | (bit - 1), 30))
    return b"".join(parts) + b"\xff\xd9"


def truncated_jpegs():
    for kind, data in (("baseline", jpeg(noise((480, 360)))),
                       ("progressive", jpeg(noise((480, 360)), progressive=True)),
                       ("grey", jpeg(noise((480, 360)).convert("L")))):
        for thousandths in (2, 20, 250, 500, 950):
            yield f"cut-{kind}-{thousandths}.jpg", cut(data, thousandths), REFUSED
        yield f"cut-{kind}-end.jpg", data[:-40], REFUSED


def false_jpegs():
    good = jpeg(noise((320, 240)))
    progressive = jpeg(noise((320, 240)), progressive=True)
    at = frame(good)
    yield "huge.jpg", sized(good, HUGE, HUGE), REFUSED
    yield "huge-progressive.jpg", sized(progressive, HUGE, HUGE), REFUSED
    yield "large.jpg", sized(good, 22000, 22000), REFUSED
    yield "large-progressive.jpg", sized(progressive, 22000, 22000), REFUSED
    yield "wide.jpg", sized(good, HUGE, 1), EITHER
    yield "no-width.jpg", sized(good, 0, 240), REFUSED
    yield "no-height.jpg", sized(good, 320, 0), REFUSED
    yield "no-components.jpg", patched(good, at + 5, b"\0"), REFUSED
    yield "many-components.jpg", patched(good, at + 5, b"\xff"), REFUSED
    yield "sampling.jpg", patched(good, at + 7, b"\x44"), REFUSED
    yield "sampling-none.jpg", patched(good, at + 7, b"\0"), REFUSED
    yield "bits-12.jpg", patched(good, at, b"\x0c"), REFUSED
    yield "arithmetic.jpg", patched(good, at - 3, b"\xc9"), REFUSED
    yield "lossless.jpg", patched(good, at - 3, b"\xc3"), REFUSED
    yield "scans.jpg", many_scans(10000), REFUSED
    yield "scans-legal.jpg", legal_scans(), REFUSED
    yield "nonsense.jpg", b"\xff\xd8\xff" + random.Random(1).randbytes(5000), REFUSED
    yield "nonsense-scan.jpg", good[:segments(good)[1]] + random.Random(2).randbytes(9000), REFUSED
    yield "only-start.jpg", b"\xff\xd8", REFUSED
    yield "start-start.jpg", b"\xff\xd8" * 4000, REFUSED
    yield "fill.jpg", b"\xff\xd8" + b"\xff" * 100000, REFUSED
    yield "segment-0.jpg", b"\xff\xd8\xff\xe0\0\0" + good[2:], EITHER
    yield "segment-long.jpg", b"\xff\xd8\xff\xe0\xff\xff" + good[2:], REFUSED
    yield "no-tables.jpg", without(good, 0xC4), EITHER
    yield "no-quantities.jpg", without(good, 0xDB), REFUSED
    yield "frame-twice.jpg", after_start(good, good[at - 4:at + 15]), REFUSED
    yield "many-segments.jpg", after_start(good, segment(0xFE, b"") * 200000), EITHER


def without(data, unwanted):
    """A JPEG without the segments of one marker."""
    found, scan = segments(data)
    return data[:2] + b"".join(data[start:end] for marker, start, end in found
                               if marker != unwanted) + data[scan:]


def loaded_jpegs():
    """Good pictures with bad baggage: they have to be shown, or may be."""
    good = jpeg(noise((320, 240)))
    profile = b"ICC_PROFILE\0"
    yield ("profile-long.jpg",
           after_start(good, *[segment(0xE2, profile + bytes([number, 70]) + bytes(65000))
                               for number in range(1, 71)]), SHOWN)
    yield "profile-part.jpg", after_start(good, segment(0xE2, profile + b"\x02\x09abc")), SHOWN
    yield ("profile-nonsense.jpg", after_start(good, segment(0xE2, profile + b"\x01\x01"
           + random.Random(3).randbytes(3000))), SHOWN)
    yield "behind-the-end.jpg", good + SECRET * 1000, SHOWN
    for name, data in exif_loops():
        yield f"exif-{name}.jpg", after_start(good, segment(0xE1, data)), SHOWN


def exif_loops():
    good = exif(1)
    tiff = 6  # after Exif and two zero bytes
    last = tiff + 8 + 2 + 3 * 12
    yield "loop", patched(good, last, struct.pack("<I", 8))
    yield "sub-loop", patched(good, tiff + 8 + 2 + 2 * 12 + 8, struct.pack("<I", 8))
    yield "entries", patched(good, tiff + 8, b"\xff\xff")
    yield "far", patched(good, tiff + 4, b"\xff\xff\xff\xff")
    yield "before", patched(good, tiff + 4, bytes(4))
    yield "count", patched(good, tiff + 8 + 2 + 12 + 4, b"\xff\xff\xff\xff")
    yield "orientation-0", patched(good, tiff + 8 + 2 + 12 + 8, b"\0\0")
    yield "orientation-9", patched(good, tiff + 8 + 2 + 12 + 8, b"\x09\0")
    yield "cut", good[:tiff + 12]
    yield "order", patched(good, tiff, b"XX")
    yield "empty", good[:tiff]


# --- PNG ----------------------------------------------------------------------------------------

def deflated(total, step=1 << 20):
    """So many zero bytes, deflated a piece at a time."""
    packer, parts = zlib.compressobj(9), []
    piece = bytes(step)
    while total > 0:
        parts.append(packer.compress(piece[:min(step, total)]))
        total -= step
    return b"".join(parts) + packer.flush()


def png_of(size, bits, kind, packed, *before, interlace=0):
    head = struct.pack(">IIBBBBB", *size, bits, kind, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(before) \
        + (chunk(b"IDAT", packed) if packed is not None else b"") + chunk(b"IEND", b"")


def pngs():
    size = (64, 64)
    rows = zlib.compress((b"\0" + bytes(64 * 3)) * 64)
    good = png_of(size, 8, 2, rows)
    photo = saved(noise((400, 300)), "PNG")
    for thousandths in (20, 500, 950):
        yield f"cut-{thousandths}.png", cut(photo, thousandths), REFUSED
    yield "huge.png", png_of((HUGE, HUGE), 8, 2, rows), REFUSED
    yield "huge-31.png", png_of((0x7FFFFFFF, 0x7FFFFFFF), 16, 6, rows), REFUSED
    yield "huge-interlaced.png", png_of((HUGE, HUGE), 16, 6, rows, interlace=1), REFUSED
    yield "no-size.png", png_of((0, 64), 8, 2, rows), REFUSED
    yield "bomb.png", png_of((30000, 30000), 8, 0, deflated(30000 * 30001)), REFUSED
    yield "bomb-smaller.png", png_of((20000, 20000), 1, 0, deflated(20000 * 2501)), EITHER
    yield "bomb-longer.png", png_of(size, 8, 2, deflated(200 << 20)), EITHER
    yield "bomb-interlaced.png", png_of((16000, 16000), 8, 2, deflated(64 << 20), interlace=1), \
        REFUSED
    bomb = deflated(300 << 20)
    yield "profile-bomb.png", png_of(size, 8, 2, rows, chunk(b"iCCP", b"p\0\0" + bomb)), SHOWN
    yield "text-bomb.png", png_of(size, 8, 2, rows, chunk(b"zTXt", b"a\0\0" + bomb)), SHOWN
    yield "text-bomb-2.png", png_of(size, 8, 2, rows, chunk(b"iTXt", b"a\0\1\0\0\0" + bomb)), SHOWN
    yield "texts.png", png_of(size, 8, 2, rows, chunk(b"tEXt", b"a\0" + SECRET) * 50000), EITHER
    yield "palette-none.png", png_of(size, 8, 3, rows), REFUSED
    yield "kind-7.png", png_of(size, 8, 7, rows), REFUSED
    yield "bits-3.png", png_of(size, 3, 0, rows), REFUSED
    yield "no-data.png", png_of(size, 8, 2, None), REFUSED
    yield "data-nonsense.png", png_of(size, 8, 2, random.Random(4).randbytes(2000)), REFUSED
    yield "filter-9.png", png(size, 8, 2, (b"\x09" + bytes(64 * 3)) * 64), REFUSED
    yield "checksum.png", good[:29] + b"\0\0\0\0" + good[33:], REFUSED
    yield "chunk-long.png", good[:33] + b"\x7f\xff\xff\xffIDAT" + rows, EITHER


# --- WebP and HEIC ------------------------------------------------------------------------------

def webp_of(*chunks):
    body = b"WEBP" + b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
                              for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webps():
    lossy = saved(noise((400, 300)), "WEBP", quality=80, method=0)
    lossless = saved(noise((200, 150)), "WEBP", lossless=True, method=0)
    for name, data in (("lossy", lossy), ("lossless", lossless)):
        for thousandths in (20, 500, 950):
            yield f"cut-{name}-{thousandths}.webp", cut(data, thousandths), REFUSED
    yield "huge-lossy.webp", patched(lossy, 26, struct.pack("<HH", 0x3FFF, 0x3FFF)), REFUSED
    bits = struct.unpack_from("<I", lossless, 21)[0]
    yield ("huge-lossless.webp",
           patched(lossless, 21, struct.pack("<I", bits | 0x0FFFFFFF)), REFUSED)
    canvas = b"\0" * 4 + b"\xff\xff\0" * 2
    yield "huge-canvas.webp", webp_of((b"VP8X", canvas), (b"VP8 ", lossy[20:])), REFUSED
    yield ("large-lossless.webp",
           saved(Image.new("RGB", (6000, 6000), (90, 120, 40)), "WEBP", lossless=True, method=0,
                 quality=0), EITHER)
    yield "length.webp", patched(lossy, 4, b"\xff\xff\xff\xff"), EITHER
    yield "empty.webp", webp_of(), REFUSED
    yield "animated.webp", saved(noise((64, 48)), "WEBP", save_all=True,
                                 append_images=[noise((64, 48), 8)]), EITHER


def heics():
    """Of a good one by heif-enc; without it only the headers."""
    yield "header.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", REFUSED
    yield "header.avif", b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", REFUSED
    yield "box-endless.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\1meta" \
        + b"\xff" * 8, REFUSED
    if not shutil.which("heif-enc"):
        return
    with tempfile.TemporaryDirectory() as folder:
        source, made = os.path.join(folder, "a.png"), os.path.join(folder, "a.heic")
        noise((640, 480)).save(source)
        subprocess.run(["heif-enc", "-q", "60", source, "-o", made], check=True,
                       capture_output=True)
        with open(made, "rb") as file:
            good = file.read()
    for thousandths in (20, 300, 700, 990):
        yield f"cut-{thousandths}.heic", cut(good, thousandths), REFUSED
    at = good.find(b"ispe") + 8
    yield "huge.heic", patched(good, at, struct.pack(">II", HUGE, HUGE)), REFUSED
    yield "places.heic", patched(good, good.find(b"iloc") + 10, b"\xff" * 20), REFUSED


# --- What is no photo ---------------------------------------------------------------------------

SVG = b"""<?xml version="1.0"?>
<!DOCTYPE svg [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9"
 height="9"><script>while (1);</script><text>&secret;</text>
<image xlink:href="http://169.254.169.254/" width="9" height="9"/></svg>
"""
HTML = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please</body></html>\n"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n" \
      b"trailer<</Root 1 0 R>>\n%%EOF\n"


def others():
    image = noise((64, 48))
    yield "svg.jpg", SVG, REFUSED
    yield "svg-bare.jpg", SVG[SVG.index(b"<svg"):], REFUSED
    yield "pdf.jpg", PDF, REFUSED
    yield "html.jpg", HTML, REFUSED
    yield "empty.jpg", b"", REFUSED
    yield "byte.jpg", b"\xff", REFUSED
    yield "text.jpg", b"root:x:0:0:root:/root:/bin/sh\n" * 50, REFUSED
    yield "postscript.jpg", b"%!PS-Adobe-3.0\n(%pipe%id) (w) file\n", REFUSED
    yield "script.jpg", b"push graphic-context\nfill 'url(|id)'\n", REFUSED
    yield "zip.jpg", b"PK\x03\x04" + bytes(200), REFUSED
    yield "gif.jpg", saved(image, "GIF"), REFUSED
    yield "tiff.jpg", saved(image, "TIFF"), REFUSED
    yield "bmp.jpg", saved(image, "BMP"), REFUSED
    yield "zeros.jpg", bytes(300000), REFUSED
    yield "png-named.jpg", saved(image, "PNG"), SHOWN
    yield "jpeg-named.png", jpeg(image), SHOWN


def specials(folder):
    """Names that are no ordinary files. What would hang a reader that just opens them."""
    def place(name):
        path = os.path.join(folder, name)
        if os.path.lexists(path):
            os.rmdir(path) if os.path.isdir(path) and not os.path.islink(path) \
                else os.remove(path)
        return path
    os.mkdir(place("folder.jpg"))
    os.mkfifo(place("pipe.jpg"))
    os.symlink("/dev/zero", place("zero.jpg"))
    os.symlink("nowhere", place("dangling.jpg"))
    os.symlink("loop.jpg", place("loop.jpg"))
    with open(place("sparse.jpg"), "wb") as file:
        file.write(jpeg(noise((64, 48)))[:300])
        file.truncate(3 << 30)
    return [(name, REFUSED) for name in ("folder.jpg", "pipe.jpg", "zero.jpg", "dangling.jpg",
                                         "loop.jpg", "sparse.jpg")]


# --- The folder ---------------------------------------------------------------------------------

def make(folder, server=None):
    """Writes everything; {source: "refused", "shown" or "either"} as in expected.json."""
    os.makedirs(folder, exist_ok=True)
    expected = {}
    for group in (truncated_jpegs(), false_jpegs(), loaded_jpegs(), pngs(), webps(), heics(),
                  others()):
        for name, data, verdict in group:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
            expected[name] = verdict
    expected.update(specials(folder))
    expected.update({source: REFUSED for source in ALWAYS_REFUSED})
    if server:
        expected.update({server + path: verdict
                         for path, verdict in hostile_server.EXPECTED.items()})
    with open(os.path.join(folder, "good.jpg"), "wb") as file:
        file.write(jpeg(noise((640, 480), 9)))
    write(os.path.join(folder, "expected.json"), expected)
    sources = ["good.jpg"]
    for number, source in enumerate(expected, 1):
        sources += [source] + (["good.jpg"] if number % 20 == 0 else [])
    sources.append("good.jpg")
    write(os.path.join(folder, "hostile.json"),
          {"title": "Photos that mean harm", "date": "2026-04-17",
           "photos": [{"src": source, "caption": source[:100]} for source in sources]})
    return expected


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)


def main():
    if len(sys.argv) not in (2, 3):
        print("usage: hostile.py FOLDER [SERVER]", file=sys.stderr)
        sys.exit(2)
    print(f"{len(make(*sys.argv[1:]))} sources")


if __name__ == "__main__":
    main()
