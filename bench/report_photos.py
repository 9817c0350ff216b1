#!/usr/bin/env python3
"""Makes the photos that bench/report measures with: report_photos.py SOURCE FOLDER

SOURCE has Debian's wallpaper packages, unpacked. Where photo-mkdata.py of the shared peers is at
hand it is used instead; this makes a set of the same names, kinds, sizes and turnings. A wallpaper
has two to twenty megapixels, so it is cut to 4:3, enlarged, and given noise until its JPEG is as
large as a phone's.
"""

import glob
import os
import sys

from PIL import Image, ImageChops, ImageFilter

Image.MAX_IMAGE_PIXELS = None
SIZE, BYTES = (4032, 3024), 3000000
NOISE = 7
TURNED = {3: 6, 4: 6, 8: 6, 5: 8, 9: 8, 14: 8}
PROGRESSIVE, CMYK, GREY = 10, 11, 12
STORED = {1: None, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
LARGE = {"f48": ((8064, 6048), 10000000), "f100": ((11584, 8688), 20000000)}


def sources(folder):
    """Photographs of at least 1.5 megapixels, in an order that stays."""
    found = []
    for pattern in ("wallpapers/*/contents/images/2560x1600.jpg", "backgrounds/*.jpg",
                    "backgrounds/mate/nature/*.jpg"):
        found += sorted(glob.glob(os.path.join(folder, "usr", "share", pattern)))
    large = []
    for path in found:
        with Image.open(path) as picture:
            if picture.width * picture.height >= 1500000:
                large.append(path)
    return large


def enlarged(path, size):
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    width = min(picture.width, picture.height * size[0] // size[1])
    height = min(picture.height, width * size[1] // size[0])
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    picture = picture.crop((left, top, left + width, top + height)).resize(size, Image.LANCZOS)
    noise = Image.effect_noise(size, NOISE).filter(ImageFilter.GaussianBlur(0.6))
    return ImageChops.add(picture, Image.merge("RGB", (noise,) * 3), 1, -128)


def save(picture, path, target, orientation=1, **options):
    """With the quality whose file is nearest to `target` bytes."""
    data = Image.Exif()
    data[0x0112] = orientation
    turn = STORED[orientation]
    stored = picture if turn is None else picture.transpose(turn)

    def attempt(quality):
        stored.save(path, "JPEG", quality=quality, subsampling=2, exif=data.tobytes(), **options)
        return os.path.getsize(path)
    low, high = 60, 98
    while low < high:
        quality = (low + high) // 2
        if attempt(quality) < target:
            low = quality + 1
        else:
            high = quality
    print(f"{os.path.basename(path)}: quality {low}, {attempt(low)} bytes", flush=True)
    return low


def make_twenty(photos, folder):
    for number in range(1, 21):
        orientation = TURNED.get(number, 1)
        size = SIZE if orientation == 1 else SIZE[::-1]
        picture = enlarged(photos[number % len(photos)], size)
        if number in (CMYK, GREY):
            picture = picture.convert("CMYK" if number == CMYK else "L")
        save(picture, os.path.join(folder, f"p{number:02}.jpg"), BYTES, orientation,
             progressive=number == PROGRESSIVE)


def make_formats(photo, folder):
    picture = enlarged(photo, SIZE)
    save(picture, os.path.join(folder, "f12prog.jpg"), BYTES, progressive=True)
    picture.save(os.path.join(folder, "f12.webp"), quality=88, method=2)
    picture.save(os.path.join(folder, "f12q.png"), compress_level=1)
    alpha = Image.linear_gradient("L").resize(SIZE).point(lambda value: 128 + value // 2)
    picture.putalpha(alpha)
    picture.save(os.path.join(folder, "f12.png"))
    for name, (size, target) in LARGE.items():
        picture = enlarged(photo, size)
        path = os.path.join(folder, name)
        quality = save(picture, path + ".jpg", target)
        picture.save(path + "prog.jpg", quality=quality, subsampling=2, progressive=True)


def main():
    source, folder = sys.argv[1:]
    photos = sources(source)
    if not photos:
        sys.exit(f"there are no photographs below {source}/usr/share")
    make_twenty(photos, folder)
    make_formats(photos[0], folder)


if __name__ == "__main__":
    main()
