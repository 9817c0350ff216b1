"""How near the photos in a document are to the best that can be made of their originals.

The reference is a full decode and a Lanczos downscale, kept without loss, at the size the document
has. Encoding at quality 80 alone costs most of the difference, so the reference is also encoded by
Pillow at that quality: what counts is how much worse than that the document's photo is.
"""

import glob
import io
import os
import subprocess
import sys

QUALITY = 80


def libraries():
    """NumPy and Pillow, or the reason why not; Debian's Python has them when ours has not."""
    try:
        import numpy
        from PIL import Image, ImageOps
    except ImportError as error:
        return None, f"{error.name} is missing (python3-numpy, python3-pil)"
    Image.MAX_IMAGE_PIXELS = None
    return (numpy, Image, ImageOps), None


def extract(document, folder):
    """The JPEG files in a document, in its order; None if pdfimages is missing."""
    prefix = os.path.join(folder, "photo")
    try:
        subprocess.run(["pdfimages", "-j", document, prefix], check=True)
    except OSError:
        return None
    return sorted(glob.glob(prefix + "-*.jpg"))


def psnr(numpy, one, other):
    difference = numpy.asarray(one, float) - numpy.asarray(other, float)
    error = (difference * difference).mean()
    return float("inf") if error == 0 else 10 * numpy.log10(255 * 255 / error)


def on_white(Image, picture):
    if "A" not in picture.getbands():
        return picture.convert("RGB")
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture.convert("RGBA"))
    return white.convert("RGB")


def compare(found, original):
    """dB of a document's photo, and of the reference encoded alike."""
    numpy, Image, ImageOps = libraries()[0]
    with Image.open(found) as picture:
        mine = picture.convert("RGB")
    with Image.open(original) as picture:
        reference = on_white(Image, ImageOps.exif_transpose(picture))
        reference = reference.resize(mine.size, Image.LANCZOS)
    encoded = io.BytesIO()
    reference.save(encoded, "JPEG", quality=QUALITY)
    again = Image.open(encoded).convert("RGB")
    return psnr(numpy, mine, reference), psnr(numpy, again, reference)


def main():
    """FOUND ORIGINAL…: one line of two figures for each pair."""
    for found, original in zip(sys.argv[1::2], sys.argv[2::2]):
        print("%.3f %.3f" % compare(found, original), flush=True)


if __name__ == "__main__":
    main()
