#!/usr/bin/env python3
"""Makes the pictures of this example anew: make_pictures.py [FOLDER]

The photographs come from two Debian packages, which apt-get downloads into FOLDER (default: one
that is removed again); photos/LICENSE.md names who made each of them. The logo and the signatures
are drawn here. Needs Pillow and NumPy (python3-pil, python3-numpy); the same pictures every time,
as far as Pillow is the same.
"""

import glob
import io
import os
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image, ImageDraw, ImageFont

HERE = os.path.dirname(os.path.abspath(__file__))
FONT = os.path.join(HERE, "..", "..", "assets", "fonts", "DejaVuSans.ttf")
PACKAGES = ("lomiri-wallpapers-16.04", "lomiri-wallpapers-20.04")
BYTES_MAX = 195 * 1000
FINER = 4  # drawn so many times larger, and made smaller then

# name: source, part of it that is taken (left, top, right, bottom in thousandths), longer side,
# EXIF orientation, when it was taken
PHOTOS = {
    "stream.jpg": ("life_by_Aitzol_Berasategi", (0, 0, 1000, 1000), 1080, 1, "09:12:40"),
    "path.jpg": ("picosdeeuropa_by_Aitzol_Berasategi", (0, 250, 1000, 1000), 1280, 1, "09:31:05"),
    "bridge.jpg": ("Bridge_by_Sander_Klootwijk", (0, 0, 1000, 1000), 1600, 1, "09:48:22"),
    "viewpoint.jpg": ("sunset_by_Aitzol_Berasategi", (0, 0, 1000, 1000), 1500, 1, "10:20:51"),
    "tree.jpg": ("Kleiber_by_Lukas_Baubkus", (80, 0, 780, 1000), 1500, 1, "10:44:10"),
    "meadow.jpg": ("aitzgorri_by_Aitzol_Berasategi", (0, 0, 1000, 1000), 1400, 1, "10:57:33"),
    "hedge.jpg": ("Dragonfly_by_Bolly", (0, 0, 1000, 1000), 1400, 1, "11:02:47"),
    "seeds.jpg": ("seeding_by_Clements_Engelhardt", (0, 0, 1000, 1000), 1600, 1, "11:10:02"),
    "facade.jpg": ("friends_by_Aitzol_Berasategi", (0, 0, 1000, 1000), 1500, 6, "11:34:15"),
    "lamps.jpg": ("free_by_Peter_Nerlich", (0, 0, 1000, 1000), 1400, 1, "11:41:58"),
    "clock.jpg": ("greentock_by_Peter_Nerlich", (0, 0, 1000, 1000), 1400, 1, "11:43:30"),
    "lounge.jpg": ("Wine_by_Jakkub_Mede", (0, 0, 1000, 1000), 1500, 8, "11:52:07"),
    "brushes.png": ("Picture_1A_by_freespace", (0, 0, 1000, 1000), 560, 1, None),
}

ORIENTATION, MAKER, WHEN, EXIF_IFD, GPS_IFD = 0x0112, 0x010F, 0x0132, 0x8769, 0x8825
TURNS = {1: None, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
ACCENT, INK = (11, 92, 173), (24, 38, 96)


def unpack(folder):
    """The packages' files below `folder`; what is there already stays."""
    for package in PACKAGES:
        if not glob.glob(os.path.join(folder, package + "_*.deb")):
            subprocess.run(["apt-get", "-qq", "download", package], cwd=folder, check=True)
        deb = glob.glob(os.path.join(folder, package + "_*.deb"))[0]
        subprocess.run(["dpkg-deb", "-x", deb, folder], check=True)
    return os.path.join(folder, "usr", "share", "backgrounds")


def scaled(source, part, edge):
    with Image.open(source) as whole:
        box = [round(side * thousandths / 1000)
               for side, thousandths in zip(whole.size * 2, part)]
        picture = whole.convert("RGB").crop(box)
    picture.thumbnail((edge, edge), Image.LANCZOS)
    return picture


def exif(orientation, time):
    """As a camera writes it, with a place that is nowhere: reports must not show it."""
    data = Image.Exif()
    data[ORIENTATION] = orientation
    data[MAKER] = "Example"
    data[WHEN] = f"2026:04:17 {time}"
    data.get_ifd(EXIF_IFD)[0x9003] = f"2026:04:17 {time}"
    data.get_ifd(GPS_IFD).update({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)})
    return data.tobytes()


def save_jpeg(picture, path, orientation, time):
    """At quality 80, or what brings it under BYTES_MAX."""
    if TURNS[orientation] is not None:
        picture = picture.transpose(TURNS[orientation])
    for quality in range(80, 50, -2):
        encoded = io.BytesIO()
        picture.save(encoded, "JPEG", quality=quality, optimize=True,
                     exif=exif(orientation, time))
        if encoded.tell() <= BYTES_MAX:
            break
    with open(path, "wb") as file:
        file.write(encoded.getvalue())
    return quality


def make_photos(folder):
    for name, (source, part, edge, orientation, time) in PHOTOS.items():
        picture = scaled(os.path.join(folder, source + ".jpg"), part, edge)
        path = os.path.join(HERE, "photos", name)
        said = "256 colours"
        if name.endswith(".png"):
            picture.quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
        else:
            said = f"quality {save_jpeg(picture, path, orientation, time)}"
        print(f"{name}: {picture.size[0]} x {picture.size[1]}, {said}, orientation "
              f"{orientation}, {os.path.getsize(path)} bytes")


def make_logo():
    """Two hills and a path on a disc, and the name."""
    width, height = 790 * FINER, 240 * FINER
    logo = Image.new("RGBA", (width, height), (255, 255, 255, 0))
    draw = ImageDraw.Draw(logo)

    def scale(points):
        return [(x * FINER, y * FINER) for x, y in points]
    mark = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    shape = ImageDraw.Draw(mark)
    shape.rectangle((0, 0, width, height), fill=ACCENT)
    shape.ellipse([v * FINER for v in (142, 48, 178, 84)], fill=(255, 205, 84))
    shape.polygon(scale([(0, 190), (78, 84), (150, 190)]), fill=(126, 174, 222))
    shape.polygon(scale([(70, 220), (156, 112), (250, 220)]), fill=(222, 236, 250))
    shape.polygon(scale([(0, 240), (0, 176), (120, 168), (240, 188), (240, 240)]),
                  fill=(30, 123, 82))
    shape.polygon(scale([(112, 240), (126, 200), (104, 182), (120, 169), (128, 169), (116, 182),
                         (144, 200), (150, 240)]), fill=(250, 246, 232))
    disc = Image.new("L", (width, height), 0)
    ImageDraw.Draw(disc).ellipse([v * FINER for v in (12, 12, 228, 228)], fill=255)
    logo.paste(mark, (0, 0), disc)
    font = ImageFont.truetype(FONT, 84 * FINER)
    draw.text((262 * FINER, 34 * FINER), "Example", fill=(*ACCENT, 255), font=font)
    draw.text((262 * FINER, 118 * FINER), "Trail Service", fill=(70, 82, 96, 255), font=font)
    save_small(logo, "logo.png")


def curve(points, steps=240):
    """A smooth line through points: Catmull and Rom's."""
    points = np.array([points[0], *points, points[-1]], float)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = [0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t ** 2
                     + (3 * b - a - 3 * c + d) * t ** 3)
              for a, b, c, d in zip(points, points[1:], points[2:], points[3:])]
    return np.concatenate(pieces)


def make_signature(name, strokes, size):
    """Ink on nothing: a pen that presses harder where it is slow."""
    picture = Image.new("RGBA", (size[0] * FINER, size[1] * FINER), (*INK, 0))
    draw = ImageDraw.Draw(picture)
    for stroke in strokes:
        line = curve(stroke) * FINER
        speed = np.hypot(*np.gradient(line, axis=0).T)
        speed = np.convolve(speed, np.ones(121) / 121, "same")
        radius = FINER * (1.1 + 1.9 / (1 + speed / (0.6 * FINER)))
        for (x, y), r in zip(line, radius):
            draw.ellipse((x - r, y - r, x + r, y + r), fill=(*INK, 255))
    save_small(picture, name)


def save_small(picture, name):
    small = picture.resize((picture.width // FINER, picture.height // FINER), Image.LANCZOS)
    path = os.path.join(HERE, name)
    small.save(path, optimize=True)
    print(f"{name}: {small.width} x {small.height}, {os.path.getsize(path)} bytes")


SIGNATURES = {
    "signature-inspector.png": (
        [[(40, 150), (70, 60), (104, 24), (112, 84), (96, 160), (130, 120), (150, 96), (158, 132),
          (186, 104), (196, 136), (222, 100), (230, 132), (262, 112), (300, 130), (372, 96),
          (470, 108)],
         [(58, 112), (104, 100), (150, 92)],
         [(300, 60), (304, 62)]], (500, 190)),
    "signature-keeper.png": (
        [[(60, 40), (48, 96), (40, 160), (58, 100), (92, 40), (134, 44), (120, 88), (72, 104),
          (128, 104), (140, 146), (84, 168), (60, 150)],
         [(160, 132), (186, 96), (170, 138), (208, 104), (204, 140), (236, 84), (262, 30),
          (246, 96), (248, 142), (286, 108), (300, 140), (340, 100), (352, 144), (420, 132)],
         [(150, 172), (260, 162), (410, 160)]], (460, 195)),
}


def main():
    os.makedirs(os.path.join(HERE, "photos"), exist_ok=True)
    make_logo()
    for name, (strokes, size) in SIGNATURES.items():
        make_signature(name, strokes, size)
    if len(sys.argv) > 1:
        make_photos(unpack(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        make_photos(unpack(folder))


if __name__ == "__main__":
    main()
