#!/usr/bin/env python3
"""The photo report as one writes it in Python who knows the libraries: what bench/report compares
with where the shared peers are not at hand.

    report_peer.py OUT.pdf OUT.xlsx PHOTO…

One photo in memory at a time: Pillow reads the JPEG at a fraction of its size (draft), thumbnail
does the rest, reportlab gets the name of the small file and so never decodes it, and xlsxwriter
keeps no rows. Two photos a row, 1,200 pixels at quality 80; thumbnails of 320 in the workbook.
"""

import os
import sys
import tempfile

import xlsxwriter
from PIL import Image, ImageOps
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from report_data import FIELDS

EDGE, QUALITY, THUMBNAIL = 1200, 80, 320
COLUMN_PT, WIDTH_PT = 255, 240


class Photo(Flowable):
    def __init__(self, path, size):
        super().__init__()
        width = WIDTH_PT if size[0] >= size[1] else WIDTH_PT * 3 // 4
        self.path, self.size = path, (width, width * size[1] / size[0])

    def wrap(self, *_):
        return self.size

    def draw(self):
        self.canv.drawImage(self.path, 0, 0, *self.size)


def shrink(source, edge, path):
    """The photo upright, with `edge` pixels on its longer side; the size it got."""
    with Image.open(source) as photo:
        photo.draft("RGB", (edge, edge))
        photo.thumbnail((edge, edge), Image.LANCZOS)
        upright = ImageOps.exif_transpose(photo)
        if upright.mode not in ("RGB", "L"):
            upright = upright.convert("RGB")
        upright.save(path, "JPEG", quality=QUALITY)
        return upright.size


def frame(canvas: Canvas, document):
    canvas.setFont("Helvetica", 9)
    canvas.drawString(40, A4[1] - 25, "Photo inspection report")
    canvas.drawRightString(A4[0] - 40, 25, f"Page {document.page}")


def write_pdf(path, photos):
    styles = getSampleStyleSheet()
    fields = Table(FIELDS, colWidths=[120, 360])
    fields.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey)]))
    rows = []
    for first in range(0, len(photos), 2):
        pair = photos[first:first + 2]
        rows.append([Photo(*photo) for photo in pair])
        rows.append([Paragraph(f"Photo {first + number}: caption of the photo", styles["Normal"])
                     for number in range(1, len(pair) + 1)])
    document = SimpleDocTemplate(path, pagesize=A4, topMargin=50, bottomMargin=50)
    document.build([Paragraph("Inspection report", styles["Title"]), fields, Spacer(1, 12),
                    Table(rows, colWidths=[COLUMN_PT, COLUMN_PT])],
                   onFirstPage=frame, onLaterPages=frame)


def write_xlsx(path, photos, folder):
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": folder})
    sheet = book.add_worksheet("Fields")
    for row, field in enumerate(FIELDS):
        sheet.write_row(row, 0, field)
    sheet = book.add_worksheet("Photos")
    for number, (photo, _) in enumerate(photos):
        small = os.path.join(folder, f"small{number}.jpg")
        shrink(photo, THUMBNAIL, small)
        sheet.insert_image(7 * number, 0, small, {"x_scale": 0.5, "y_scale": 0.5})
    book.close()


def main():
    document, book, *sources = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        photos = []
        for number, source in enumerate(sources):
            path = os.path.join(folder, f"{number}.jpg")
            photos.append((path, shrink(source, EDGE, path)))
        write_pdf(document, photos)
        write_xlsx(book, photos, folder)


if __name__ == "__main__":
    main()
