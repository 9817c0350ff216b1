#!/usr/bin/env python3
"""Small test photos of every kind a report takes: photos.py FOLDER

All but the plain ones show the same picture: a dark F between four coloured corners, red, green,
blue and yellow from the upper left on. However it is stored, the report must show it like that.
FOLDER gets the files, `photos.json`, a submission with all of them, and `expected.json`, which says
of each its size upright and which colours are where. Metadata holds the words in SECRETS, which no
report may contain (that of the profile is in UTF-16). The same bytes every time, as far as Pillow
is the same; ends with 77 if there is no Pillow.
"""

import io
import json
import os
import shutil
import struct
import subprocess
import sys
import zlib

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import pillow

if __name__ == "__main__":
    pillow.need()

from PIL import Image, ImageCms, ImageDraw

SECRETS = ("SECRET-PLACE", "SECRET-MAKER", "SECRET-COMMENT", "SECRET-PROFILE", "SECRET-TEXT")
LARGE, SMALL = (1800, 1350), (600, 450)

RED, GREEN, BLUE, YELLOW = (200, 30, 30), (20, 150, 40), (30, 50, 190), (235, 200, 20)
GROUND, INK = (236, 236, 228), (40, 40, 48)
CORNERS = ((0.08, 0.08, RED), (0.92, 0.08, GREEN), (0.08, 0.92, BLUE), (0.92, 0.92, YELLOW))
INSIDE = ((0.5, 0.08, GROUND), (0.36, 0.5, INK), (0.58, 0.26, INK), (0.62, 0.75, GROUND))
POINTS = CORNERS + INSIDE

# What undoes the turning that an EXIF orientation asks for.
STORED = {1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
          4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
          6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
          8: Image.Transpose.ROTATE_270}


def picture(size):
    """The F. Its bars are wide enough for a thumbnail."""
    width, height = size
    image = Image.new("RGB", size, GROUND)
    draw = ImageDraw.Draw(image)

    def bar(left, top, right, bottom, colour):
        draw.rectangle((left * width, top * height, right * width - 1, bottom * height - 1),
                       fill=colour)
    for x, y, colour in CORNERS:
        bar(round(x) - 0.2 * (x > 0.5), round(y) - 0.2 * (y > 0.5),
            round(x) + 0.2 * (x < 0.5), round(y) + 0.2 * (y < 0.5), colour)
    bar(0.3, 0.2, 0.42, 0.85, INK)
    bar(0.3, 0.2, 0.72, 0.32, INK)
    bar(0.3, 0.46, 0.62, 0.58, INK)
    return image


def stored(image, orientation):
    turn = STORED[orientation]
    return image if turn is None else image.transpose(turn)


# --- Metadata -----------------------------------------------------------------------------------

def exif(orientation, order="<"):
    """TIFF as cameras write it, in either byte order: maker, orientation, a place."""
    def entry(tag, kind, count, value):
        return struct.pack(order + "HHI", tag, kind, count) + value

    def short(value):
        return struct.pack(order + "HH", value, 0)

    def offset(value):
        return struct.pack(order + "I", value)
    maker, place = b"SECRET-MAKER\0", b"SECRET-PLACE\0"
    start = 8 + 2 + 3 * 12 + 4
    gps = start + len(maker) + 1
    data = {"<": b"II*\0", ">": b"MM\0*"}[order] + offset(8) + struct.pack(order + "H", 3)
    data += entry(0x010F, 2, len(maker), offset(start))
    data += entry(0x0112, 3, 1, short(orientation))
    data += entry(0x8825, 4, 1, offset(gps)) + offset(0)
    data += maker + b"\0"
    data += struct.pack(order + "H", 1)
    data += entry(0x001B, 2, len(place), offset(gps + 2 + 12 + 4)) + offset(0) + place
    return b"Exif\0\0" + data


def swapped_profile():
    """sRGB with red and blue in each other's place: who obeys it, sees red where blue is stored."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    profile[84:100] = bytes(16)  # no digest
    count = struct.unpack_from(">I", profile, 128)[0]
    for place in range(132, 132 + 12 * count, 12):
        name = bytes(profile[place:place + 4])
        swapped = {b"rXYZ": b"bXYZ", b"bXYZ": b"rXYZ"}.get(name, name)
        profile[place:place + 4] = swapped
        if name == b"cprt":  # texts in UTF-16, the first of them 28 bytes from the start
            at = struct.unpack_from(">I", profile, place + 4)[0] + 28
            secret = "SECRET-PROFILE".encode("utf-16-be")
            profile[at:at + len(secret)] = secret
    return bytes(profile)


def channels_swapped(image):
    red, green, blue = image.split()
    return Image.merge("RGB", (blue, green, red))


# --- JPEG ---------------------------------------------------------------------------------------

def jpeg(image, **options):
    data = io.BytesIO()
    image.save(data, "JPEG", **{"quality": 92, "subsampling": 0, **options})
    return data.getvalue()


def segment(marker, payload):
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def after_start(data, *segments):
    """A JPEG with segments of ours behind its first marker."""
    return data[:2] + b"".join(segments) + data[2:]


def jpegs():
    large, small = picture(LARGE), picture(SMALL)
    for number in STORED:
        yield f"orientation-{number}.jpg", jpeg(stored(large, number), exif=exif(number)), large
        yield (f"small-orientation-{number}.jpg",
               jpeg(stored(small, number), exif=exif(number, ">")), small)
    yield "progressive.jpg", jpeg(large, progressive=True), large
    yield "progressive-turned.jpg", jpeg(stored(large, 6), progressive=True, exif=exif(6)), large
    yield "subsampled-420.jpg", jpeg(large, subsampling=2), large
    yield "subsampled-422.jpg", jpeg(large, subsampling=1), large
    yield "grey.jpg", jpeg(large.convert("L")), large.convert("L")
    yield "cmyk.jpg", jpeg(large.convert("CMYK")), large
    yield "cmyk-turned.jpg", jpeg(stored(large, 8).convert("CMYK"), exif=exif(8)), large
    yield ("profile.jpg", jpeg(channels_swapped(large), icc_profile=swapped_profile()), large)
    yield ("small-profile.jpg", jpeg(channels_swapped(small), icc_profile=swapped_profile()),
           small)
    commented = after_start(jpeg(small), segment(0xFE, b"SECRET-COMMENT"),
                            segment(0xED, b"Photoshop 3.0\0SECRET-TEXT"))
    yield "commented.jpg", commented + b"SECRET-TEXT behind the end", small
    for width, height in ((1, 1), (1, 300), (300, 1), (17, 31), (4001, 3), (3, 4001)):
        plain = Image.new("RGB", (width, height), GREEN)
        yield f"plain-{width}x{height}.jpg", jpeg(plain), plain


# --- PNG ----------------------------------------------------------------------------------------

def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(size, bits, kind, rows, *before, interlaced=False):
    """A PNG of raw rows, with chunks of ours before the picture."""
    head = struct.pack(">IIBBBBB", *size, bits, kind, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(before) \
        + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b"")


def rows_of(image):
    """Rows with the filter byte none."""
    width, height = image.size
    data, stride = image.tobytes(), width * len(image.getbands())
    return b"".join(b"\0" + data[y * stride:(y + 1) * stride] for y in range(height))


ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
         (0, 1, 1, 2))


def interlaced(image):
    """Seven passes (PNG specification, 8.2); nearest pixels, as they stand."""
    width, height = image.size
    data, depth = image.tobytes(), len(image.getbands())
    rows = bytearray()
    for x, y, right, down in ADAM7:
        if x >= width:
            continue
        for row in range(y, height, down):
            line = data[row * width * depth:(row + 1) * width * depth]
            rows.append(0)
            for column in range(x, width, right):
                rows += line[column * depth:(column + 1) * depth]
    return bytes(rows)


def doubled(image):
    """8 bits to 16: the high byte, and a low byte that must not matter."""
    width, height = image.size
    data, stride = image.tobytes(), width * len(image.getbands())
    rows = bytearray()
    for y in range(height):
        line = bytearray(2 * stride)
        line[0::2] = data[y * stride:(y + 1) * stride]
        line[1::2] = bytes([0x7F]) * stride
        rows += b"\0" + line
    return bytes(rows)


def see_through(image):
    """The lower half fades away; what is behind it is white."""
    alpha = Image.new("L", image.size, 255)
    alpha.paste(0, (0, image.height * 65 // 100, image.width, image.height))
    clear = image.convert("RGBA")
    clear.putalpha(alpha)
    white = Image.new("RGBA", image.size, "white")
    white.alpha_composite(clear)
    return clear, white.convert("RGB")


def saved(image, kind, **options):
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def pngs():
    large, small = picture(LARGE), picture(SMALL)
    clear, on_white = see_through(large)
    text = chunk(b"tEXt", b"Comment\0SECRET-TEXT")
    yield "colour.png", png(LARGE, 8, 2, rows_of(large), text), large
    yield "colour-16.png", png(LARGE, 16, 2, doubled(large)), large
    yield "grey-16.png", png(LARGE, 16, 0, doubled(large.convert("L"))), large.convert("L")
    yield "alpha.png", png(LARGE, 8, 6, rows_of(clear)), on_white
    yield "alpha-16.png", png(SMALL, 16, 6, doubled(see_through(small)[0])), \
        see_through(small)[1]
    yield "grey-alpha.png", saved(clear.convert("LA"), "PNG"), on_white.convert("L")
    palette = small.quantize(16, dither=Image.Dither.NONE)
    yield "palette.png", saved(palette, "PNG"), small
    yield "palette-alpha.png", saved(palette, "PNG", transparency=palette.getpixel((300, 36))), \
        with_ground(small, (255, 255, 255))
    yield "one-bit.png", saved(small.convert("1", dither=Image.Dither.NONE), "PNG"), \
        small.convert("1", dither=Image.Dither.NONE)
    yield "interlaced.png", png(LARGE, 8, 2, interlaced(large), interlaced=True), large
    turned = stored(large, 6)
    yield ("turned.png", png(turned.size, 8, 2, rows_of(turned), chunk(b"eXIf", exif(6)[6:])),
           large)
    profile = chunk(b"iCCP", b"p\0\0" + zlib.compress(swapped_profile()))
    yield "profile.png", png(LARGE, 8, 2, rows_of(channels_swapped(large)), profile), large


def with_ground(image, colour):
    """The picture on another ground."""
    pixels = image.copy()
    pixels.putdata([colour if pixel == GROUND else pixel for pixel in image.getdata()])
    return pixels


# --- WebP and HEIC ------------------------------------------------------------------------------

def webps():
    large = picture(LARGE)
    clear, on_white = see_through(large)
    yield "lossy.webp", saved(large, "WEBP", quality=90, method=2), large
    yield "lossless.webp", saved(large, "WEBP", lossless=True, method=2), large
    yield "alpha.webp", saved(clear, "WEBP", quality=90, method=2), on_white
    yield "alpha-lossless.webp", saved(clear, "WEBP", lossless=True, method=2), on_white
    yield "turned.webp", saved(stored(large, 6), "WEBP", quality=90, method=2,
                               exif=exif(6)[6:]), large
    yield "profile.webp", saved(channels_swapped(large), "WEBP", quality=90, method=2,
                                icc_profile=swapped_profile()), large


def heics(folder):
    """By heif-enc, if it is there and can."""
    if not shutil.which("heif-enc"):
        return
    large = picture(LARGE)
    source, made = os.path.join(folder, "source.png"), os.path.join(folder, "made.heic")
    large.save(source)
    for name, more in (("photo.heic", []), ("photo.avif", ["-A"])):
        done = subprocess.run(["heif-enc", "-q", "85", *more, source, "-o", made], check=False,
                              capture_output=True)
        if done.returncode == 0 and os.path.exists(made):
            with open(made, "rb") as file:
                yield name, file.read(), large
            os.remove(made)
    os.remove(source)


# --- The folder ---------------------------------------------------------------------------------

def colours(image):
    """[[x, y, [red, green, blue]]]: what is where, in thousandths of the sides."""
    seen = image.convert("RGB")
    if min(image.size) < 40:
        return [[500, 500, list(seen.getpixel((image.width // 2, image.height // 2)))]]
    return [[round(1000 * x), round(1000 * y),
             list(seen.getpixel((int(x * image.width), int(y * image.height))))]
            for x, y, _ in POINTS]


def make(folder):
    """Writes everything; [{"src", "width", "height", "colours"}] as in expected.json."""
    os.makedirs(folder, exist_ok=True)
    expected = []
    for group in (jpegs(), pngs(), webps(), heics(folder)):
        for name, data, upright in group:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(data)
            expected.append({"src": name, "width": upright.width, "height": upright.height,
                             "colours": colours(upright)})
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as file:
        json.dump(expected, file, indent=1)
    submission = {"title": "Photos of every kind", "date": "2026-04-17",
                  "photos": [{"src": one["src"], "caption": one["src"]} for one in expected]}
    with open(os.path.join(folder, "photos.json"), "w", encoding="utf-8") as file:
        json.dump(submission, file, indent=1)
    return expected


def main():
    if len(sys.argv) != 2:
        print("usage: photos.py FOLDER", file=sys.stderr)
        sys.exit(2)
    print(f"{len(make(sys.argv[1]))} photos")


if __name__ == "__main__":
    main()
