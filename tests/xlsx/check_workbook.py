#!/usr/bin/env python3
"""Workbooks as other programs see them: sound packages, every value back, flat memory.

    check_workbook.py MAKE_WORKBOOK

openpyxl reads every value, LibreOffice opens and converts, unzip and zipfile test the package, and
the rules that Excel asks to be kept (ECMA-376 parts 1 and 2) are checked one by one.
"""
import ctypes
import datetime
import os
import posixpath
import random
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
import zipfile
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE)]

from check_tap import Tap

try:
    import openpyxl
except ImportError:
    # Debian's package is for Debian's Python, which need not be the first that is found.
    openpyxl = None
    DEBIAN = "/usr/bin/python3"
    if os.access(DEBIAN, os.X_OK) and os.path.realpath(sys.executable) != os.path.realpath(DEBIAN):
        if subprocess.run([DEBIAN, "-c", "import openpyxl"], capture_output=True).returncode == 0:
            os.execv(DEBIAN, [DEBIAN] + sys.argv)

EMPTY, TEXT, NUMBER, DATE, DATETIME, BOOL = range(6)
PLAIN, TITLE, HEADER, LABEL, OK, FAIL, NA, MUTED = range(8)
EPOCH = datetime.datetime(1899, 12, 30)
CREATED = 1763733600

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
ART = "http://schemas.openxmlformats.org/drawingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

# The order of a worksheet's elements (CT_Worksheet).
SHEET_ORDER = """sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr
    sheetProtection protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews
    mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins
    pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags
    drawing""".split()
WORKBOOK_ORDER = """fileVersion fileSharing workbookPr workbookProtection bookViews sheets
    functionGroups externalReferences definedNames calcPr""".split()
STYLE_ORDER = """numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs
    tableStyles""".split()


def word(text):
    return "-" if text is None else text.encode("utf-8", "surrogateescape").hex()


class Maker:
    """A workbook in the making: what was asked for, and the commands for it."""

    def __init__(self, title=None, author=None, subject=None, rtl=False, paper="A4"):
        self.rtl = rtl
        self.commands = [f"book {word(title)} {word(author)} {word(subject)} {CREATED} {rtl:d} "
                         f"1F4E79 {paper}"]

    def sheet(self, name, header=False, landscape=False, widths=()):
        self.commands.append(f"sheet {word(name)} {header:d} {landscape:d} "
                             + ",".join(map(str, widths)))

    def row(self, *cells, height=0):
        """A cell is (kind, value) or (kind, value, look)."""
        words = []
        for kind, value, *look in cells:
            shown = word(value) if kind == TEXT else "" if kind == EMPTY else repr(float(value))
            words.append(f"{kind}:{look[0] if look else PLAIN}:{shown}")
        self.commands.append(" ".join(["row", str(height)] + words))

    def picture(self, path, png, row, column, width, height, alt=None, offset=0, length=None):
        length = os.path.getsize(path) - offset if length is None else length
        self.commands.append(f"picture {path} {offset} {length} {png:d} {row} {column} {width} "
                             f"{height} {word(alt)}")

    def make(self, tool, path, folder):
        """Returns what is wrong, and KiB of memory and bytes of scratch."""
        done = subprocess.run([tool, path, folder], input="\n".join(self.commands) + "\n",
                              capture_output=True, text=True, check=False)
        if done.returncode != 0 or done.stderr:
            return [f"make_workbook ends with {done.returncode}: {done.stderr.strip()}"], 0, 0
        memory, scratch = map(int, done.stdout.split())
        return [], memory, scratch


def png_of(width, height, seed):
    """A picture of noise, so that no two are alike."""
    noise = random.Random(seed)
    rows = b"".join(b"\0" + noise.randbytes(3 * width) for _ in range(height))

    def chunk(kind, data):
        return (len(data).to_bytes(4, "big") + kind + data
                + zlib.crc32(kind + data).to_bytes(4, "big"))
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\0\0\0"
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows))
            + chunk(b"IEND", b""))


def jpeg_like(seed):
    """A grey JPEG of 8 x 8 pixels: one block that is only its mean."""
    tables = (b"\xff\xdb\0C\0" + b"\x01" * 64
              + b"\xff\xc0\0\x0b\x08\0\x08\0\x08\x01\x01\x11\0"
              + b"\xff\xc4\0\x14\0\x01" + b"\0" * 15 + b"\x03"
              + b"\xff\xc4\0\x14\x10\x01" + b"\0" * 15 + b"\0")
    comment = b"\xff\xfe" + (2 + 8).to_bytes(2, "big") + f"{seed:08}".encode()
    return (b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + comment + tables
            + b"\xff\xda\0\x08\x01\x01\0\0?\0" + b"\x5f" + b"\xff\xd9")


# --- The rules --------------------------------------------------------------------------------

def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL, **more)
    return done.returncode, done.stdout, done.stderr


def package_is_sound(path):
    with zipfile.ZipFile(path) as package:
        bad = package.testzip()
        problems = [f"zipfile says {bad} is damaged"] if bad else []
        names = package.namelist()
        if len(set(names)) != len(names):
            problems.append("a part is there twice")
        if names[0] != "[Content_Types].xml":
            problems.append(f"the first part is {names[0]}")
        for info in package.infolist():
            if info.flag_bits or info.date_time != (1980, 1, 1, 0, 0, 0):
                problems.append(f"{info.filename} has flags {info.flag_bits}, {info.date_time}")
            stored = info.filename.startswith("xl/media/")
            if info.compress_type != (zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED):
                problems.append(f"{info.filename} is packed by method {info.compress_type}")
    return problems


def unzip_agrees(path):
    status, out, said = run("unzip", "-tqq", path)
    return [] if status == 0 else [f"unzip ends with {status}"] + (out + said).splitlines()


def every_part_has_its_type(path):
    problems = []
    with zipfile.ZipFile(path) as package:
        types = xml.fromstring(package.read("[Content_Types].xml"))
        space = "{" + PACKAGE + "/content-types}"
        defaults = {d.get("Extension"): d.get("ContentType") for d in types.iter(space + "Default")}
        overrides = {o.get("PartName"): o.get("ContentType")
                     for o in types.iter(space + "Override")}
        parts = {"/" + name for name in package.namelist()} - {"/[Content_Types].xml"}
    for part in overrides.keys() - parts:
        problems.append(f"{part} has a type and is not there")
    for part in parts - overrides.keys():
        ending = part.rsplit(".", 1)[-1]
        if ending not in defaults or (ending == "xml"):
            problems.append(f"{part} has no type")
    first = types.iter()
    next(first)
    tags = [element.tag for element in first]
    if tags != sorted(tags, key=lambda tag: tag.endswith("Override")):
        problems.append("a default stands behind an override")
    return problems


def relations(package, name):
    """{id: (type, target's name)} of a part."""
    folder, leaf = posixpath.split(name)
    listed = posixpath.join(folder, "_rels", leaf + ".rels")
    if listed not in package.namelist():
        return {}
    found = {}
    for relation in xml.fromstring(package.read(listed)):
        target = posixpath.normpath(posixpath.join(folder, relation.get("Target")))
        if relation.get("Id") in found:
            raise ValueError(f"{listed} has {relation.get('Id')} twice")
        found[relation.get("Id")] = (relation.get("Type"), target)
    return found


def relations_lead_somewhere(path):
    problems, reached = [], set()
    with zipfile.ZipFile(path) as package:
        names = set(package.namelist())
        waiting = [""]
        while waiting:
            name = waiting.pop()
            related = relations(package, name)
            for kind, target in related.values():
                if target not in names:
                    problems.append(f"{name or 'the package'} is related to {target}, which is "
                                    "not there")
                elif target not in reached:
                    reached.add(target)
                    waiting.append(target)
            if not name.endswith(".xml"):
                continue
            used = re.findall(r'\br:(?:id|embed)="([^"]*)"', package.read(name).decode())
            for identity in used:
                if identity not in related:
                    problems.append(f"{name} names {identity}, which is no relation of it")
        for name in names - reached:
            if not name.endswith(".rels") and name != "[Content_Types].xml":
                problems.append(f"nothing leads to {name}")
    return problems


def out_of_order(element, order):
    tags = [child.tag.split("}")[1] for child in element]
    unknown = [tag for tag in tags if tag not in order]
    places = [order.index(tag) for tag in tags if tag in order]
    problems = [f"{tag} has no place there" for tag in unknown]
    if places != sorted(set(places)):
        problems.append(f"the order is {' '.join(tags)}")
    return problems


def sheet_problems(root, formats):
    problems = out_of_order(root, SHEET_ORDER)
    last_row = 0
    for row in root.iter(f"{{{MAIN}}}row"):
        number = int(row.get("r"))
        if number <= last_row:
            problems.append(f"row {number} comes after row {last_row}")
        last_row = number
        last_column = 0
        for cell in row:
            letters, digits = re.fullmatch(r"([A-Z]+)([0-9]+)", cell.get("r")).groups()
            column = 0
            for letter in letters:
                column = 26 * column + ord(letter) - 64
            if int(digits) != number or column <= last_column:
                problems.append(f"cell {cell.get('r')} is out of order in row {number}")
            last_column = column
            if int(cell.get("s", 0)) >= formats:
                problems.append(f"cell {cell.get('r')} has format {cell.get('s')} of {formats}")
    return problems


def drawing_problems(root):
    ids = [element.get("id") for element in root.iter(f"{{{DRAWING}}}cNvPr")]
    problems = ["an id is there twice"] if len(ids) != len(set(ids)) else []
    for anchor in root:
        tags = [child.tag.split("}")[1] for child in anchor]
        if tags != ["from", "ext", "pic", "clientData"]:
            problems.append(f"an anchor holds {tags}")
    return problems


def style_problems(root):
    """What a format refers to is there, and counts are right."""
    problems = out_of_order(root, STYLE_ORDER)
    size = {}
    for child in root:
        size[child.tag.split("}")[1]] = len(child)
        if int(child.get("count")) != len(child):
            problems.append(f"{child.tag} says {child.get('count')} and has {len(child)}")
    for xf in root.find(f"{{{MAIN}}}cellXfs"):
        for kind in ("font", "fill", "border"):
            if int(xf.get(kind + "Id")) >= size[kind + "s"]:
                problems.append(f"a format has {kind} {xf.get(kind + 'Id')}")
    return problems


def workbook_problems(root):
    problems = out_of_order(root, WORKBOOK_ORDER)
    names = [sheet.get("name") for sheet in root.iter(f"{{{MAIN}}}sheet")]
    if len({name.casefold() for name in names}) != len(names):
        problems.append("two sheets have one name")
    for name in names:
        if not 0 < len(name.encode("utf-16-le")) // 2 <= 31 or re.search(r"[\[\]:*?/\\]", name):
            problems.append(f"a sheet may not be called {name}")
    ids = [sheet.get("sheetId") for sheet in root.iter(f"{{{MAIN}}}sheet")]
    if len(set(ids)) != len(ids):
        problems.append("two sheets have one id")
    return problems


def parts_keep_the_rules(path):
    problems = []
    with zipfile.ZipFile(path) as package:
        styles = xml.fromstring(package.read("xl/styles.xml"))
        formats = len(styles.find(f"{{{MAIN}}}cellXfs"))
        for name in package.namelist():
            if not name.endswith((".xml", ".rels")):
                continue
            root = xml.fromstring(package.read(name))
            if name == "xl/styles.xml":
                found = style_problems(root)
            elif name == "xl/workbook.xml":
                found = workbook_problems(root)
            elif name.startswith("xl/worksheets/sheet"):
                found = sheet_problems(root, formats)
            elif name.startswith("xl/drawings/drawing"):
                found = drawing_problems(root)
            else:
                found = []
            problems += [f"{name}: {problem}" for problem in found]
    return problems


def convert(path, folder, form):
    """LibreOffice's version of a workbook, and what is wrong."""
    profile = "file://" + os.path.join(folder, "profile")
    status, out, said = run("soffice", "-env:UserInstallation=" + profile, "--headless",
                            "--convert-to", form, "--outdir", folder, path, timeout=300)
    made = os.path.join(folder, os.path.splitext(os.path.basename(path))[0] + "."
                        + form.split(":")[0])
    if status != 0 or not os.path.exists(made):
        return None, [f"soffice ends with {status}: {out.strip()} {said.strip()}"]
    return made, []


# --- What is put in, and read back ---------------------------------------------------------------

TEXTS = ["plain", "=1+2", "=HYPERLINK(\"http://example.org\")", "+49 30 1234", "-5", "@SUM(A1:A2)",
         "0123", "1e5", "TRUE", "2026-01-02", "http://example.org/?a=1&b=<2>", "file:///etc/passwd",
         " blanks ", "two\nlines", "tab\there", "quotes \" and '", "]]>", "<t>&amp;</t>",
         "Grüße, Ἀθῆναι, Москва", "שלום עולם", "مرحبا", "点検報告", "😀👍🏽", "e\u0301",
         "\u202e\u200b", "x" * 32767, "😀" * 16383]
NUMBERS = [0, 1, -1, 0.1, 1 / 3, 1e-300, -1.5e300, 2 ** 53, 123456789.123, 0.1 + 0.2, 1e21, 5e-324]
DATES = [1, 59, 60, 61, 45000, 2958465]
LIBRE_TEXT = "_x0041_ stays, and so does _x005F_"


def small_workbook(folder):
    """Two sheets of every kind of value, some pictures; what is expected beside it."""
    maker = Maker("Title & <tag>", "A. Author", "Subject", rtl=True)
    expected = []
    maker.sheet("Values: all/of them", header=True, landscape=True, widths=(20, 30, 12.5))
    maker.row((TEXT, "Kind", HEADER), (TEXT, "=Value", HEADER), (EMPTY, None, HEADER))
    for text in TEXTS:
        maker.row((TEXT, "text", LABEL), (TEXT, text))
        expected.append(text)
    for number in NUMBERS:
        maker.row((TEXT, "number", MUTED), (NUMBER, number, OK))
        expected.append(number)
    for days in DATES:
        maker.row((TEXT, "date", NA), (DATE, days))
        expected.append(days)
    maker.row((TEXT, "when", FAIL), (DATETIME, 45000.75, TITLE), height=33.5)
    expected.append(EPOCH + datetime.timedelta(45000.75))
    for value in (True, False):
        maker.row((TEXT, "bool"), (BOOL, value))
        expected.append(value)
    maker.row((EMPTY, None), (EMPTY, None), (TEXT, "third"))
    pictures = []
    maker.sheet("Photos")
    maker.row((TEXT, LIBRE_TEXT))
    for i in range(7):
        png = i % 2 == 0
        data = png_of(20 + i, 15, i) if png else jpeg_like(i)
        path = os.path.join(folder, f"picture{i}")
        with open(path, "wb") as file:
            file.write(b"before" + data + b"after")
        maker.picture(path, png, 3 * i, i % 3, 60, 45.5, f"Photo {i}: \"<&>\" é", 6, len(data))
        pictures.append((data, 3 * i, i % 3))
    return maker, expected, pictures


def values_come_back(path, expected):
    problems = []
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    for row, want in enumerate(expected, 2):
        cell = sheet.cell(row, 2)
        got = cell.value
        if cell.is_date and isinstance(want, int):
            got = (got - EPOCH).total_seconds() / 86400 if want > 60 else want
        if got != want or isinstance(got, bool) != isinstance(want, bool):
            problems.append(f"row {row}: {got!r:.60} was {want!r:.60}")
        if isinstance(want, str) and cell.data_type == "f":
            problems.append(f"row {row}: {want!r} became a formula")
    days = sheet.cell(2 + len(TEXTS) + len(NUMBERS), 2)
    if days.number_format != "yyyy\\-mm\\-dd":
        problems.append(f"dates are shown as {days.number_format}")
    if sheet.cell(len(expected) + 2, 3).value != "third":
        problems.append("a cell behind empty ones is not where it was")
    return problems


def sheets_are_set_up(path):
    book = openpyxl.load_workbook(path)
    first, second = book.worksheets
    found = {
        "names": book.sheetnames, "title": book.properties.title,
        "author": book.properties.creator,
        "created": book.properties.created,
        "rtl": [s.sheet_view.rightToLeft for s in book], "frozen": first.freeze_panes,
        "filter": first.auto_filter.ref, "repeated": first.print_title_rows,
        "second frozen": second.freeze_panes, "orientation": first.page_setup.orientation,
        "paper": first.page_setup.paperSize, "fit": first.sheet_properties.pageSetUpPr.fitToPage,
        "tall": first.page_setup.fitToHeight, "footer": first.oddFooter.center.text,
        "width": round(first.column_dimensions["B"].width, 3),
        "height": first.row_dimensions[2 + len(TEXTS) + len(NUMBERS) + len(DATES)].height,
        "bold": first["A1"].font.b, "accent": first["A1"].fill.fgColor.rgb,
        "marked": [first.cell(row, 2).quotePrefix for row in (2, 3, 5, 6, 7)],
        "wrapped": first["B2"].alignment.wrap_text,
    }
    wanted = {
        "names": ["Values- all-of them", "Photos"], "title": "Title & <tag>",
        "author": "A. Author",
        "created": datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=CREATED),
        "rtl": [True, True], "frozen": "A2",
        "filter": f"A1:C{first.max_row}", "repeated": "$1:$1", "second frozen": None,
        "orientation": "landscape", "paper": 9, "fit": True, "tall": 0, "footer": "&P / &N",
        "width": 30.711, "height": 33.5, "bold": True, "accent": "FF1F4E79",
        "marked": [False, True, True, True, True], "wrapped": True,
    }
    return [f"{key} is {found[key]!r}, and {wanted[key]!r} is due" for key in wanted
            if found[key] != wanted[key]]


def pictures_come_back(path, pictures):
    """Where they are, by the drawing; what they are, by the package."""
    problems = []
    with zipfile.ZipFile(path) as package:
        related = relations(package, "xl/drawings/drawing2.xml")
        root = xml.fromstring(package.read("xl/drawings/drawing2.xml"))
        if len(root) != len(pictures):
            problems.append(f"{len(root)} anchors for {len(pictures)} pictures")
        for i, (anchor, (data, row, column)) in enumerate(zip(root, pictures)):
            at = [int(anchor.find(f"{{{DRAWING}}}from/{{{DRAWING}}}{side}").text)
                  for side in ("row", "col")]
            blip = anchor.find(f".//{{{ART}}}blip").get(f"{{{OFFICE}}}embed")
            alt = anchor.find(f".//{{{DRAWING}}}cNvPr").get("descr")
            size = anchor.find(f"{{{DRAWING}}}ext")
            if at != [row, column]:
                problems.append(f"picture {i} is at {at}, and {[row, column]} is due")
            if package.read(related[blip][1]) != data:
                problems.append(f"picture {i} is not what it was")
            if alt != f"Photo {i}: \"<&>\" é":
                problems.append(f"picture {i} is described as {alt}")
            if (size.get("cx"), size.get("cy")) != (str(60 * 12700), str(455 * 1270)):
                problems.append(f"picture {i} is {size.attrib}")
    return problems


def libreoffice_reads(path, folder):
    made, problems = convert(path, folder, "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,"
                             "true,false,false,false,2")
    if problems:
        sheet = os.path.join(folder, "small-Photos.csv")
        if not os.path.exists(sheet):
            return problems
        made = sheet
    with open(made, encoding="utf-8") as file:
        first = file.read().splitlines()[0]
    return [] if first == f'"{LIBRE_TEXT}"' or first == LIBRE_TEXT else [f"it reads {first}"]


def libreoffice_prints(path, folder):
    made, problems = convert(path, folder, "pdf")
    if problems:
        return problems
    if not shutil.which("pdfimages"):
        return []
    _, out, _ = run("pdfimages", "-list", made)
    count = len([line for line in out.splitlines()[2:] if " image " in line])
    return [] if count >= 7 else [f"{count} pictures on its pages, and 7 are due"]


RANDOM_TEXT = "ab _x0041é\n\t<>&\"'=+-@\u05d0\u4e00😀\u00a0]"


def random_values(tool, folder):
    """Texts and numbers of any kind, many, read back."""
    source = random.Random(20)
    rows = []
    for _ in range(1500):
        row = []
        for _ in range(source.randrange(1, 8)):
            pick = source.random()
            if pick < 0.4:
                row.append((TEXT, "".join(source.choices(RANDOM_TEXT, k=source.randrange(1, 30)))))
            elif pick < 0.6:
                row.append((NUMBER, source.choice((1, -1)) * source.random()
                            * 10 ** source.randrange(-20, 20)))
            elif pick < 0.8:
                row.append((NUMBER, round(source.uniform(-1e6, 1e6), source.randrange(0, 7))))
            elif pick < 0.9:
                row.append((BOOL, source.random() < 0.5))
            else:
                row.append((EMPTY, None))
        rows.append(row)
    maker = Maker()
    maker.sheet("Random")
    for row in rows:
        maker.row(*row)
    path = os.path.join(folder, "random.xlsx")
    problems, _, _ = maker.make(tool, path, folder)
    if problems:
        return problems
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    for number, (row, got) in enumerate(zip(rows, sheet.iter_rows(values_only=True)), 1):
        want = [value for _, value in row]
        while want and want[-1] is None:
            want.pop()
        # openpyxl leaves the coding of characters in texts as it is.
        found = [g.replace("_x005F_", "_") if isinstance(g, str) else g for g in got[:len(want)]]
        if found != want:
            problems.append(f"row {number}: {found} was {want}")
    return problems[:5] + parts_keep_the_rules(path)


def same_twice(tool, folder, maker, path):
    other = os.path.join(folder, "again.xlsx")
    problems, _, _ = maker.make(tool, other, folder)
    with open(path, "rb") as first, open(other, "rb") as second:
        if first.read() != second.read():
            problems.append("the same commands gave other bytes")
    return problems


# Any more than this from few to many is growth, and not the noise of the kernel's counting.
NOISE_KIB = 256


def memory_of(tool, folder, *commands):
    # Where libraries lie moves the peak by some 300 KiB from run to run; not here.
    ctypes.CDLL(None).personality(0x0040000) # ADDR_NO_RANDOMIZE, for the programs it starts
    maker = Maker()
    maker.commands += commands
    path = os.path.join(folder, "large.xlsx")
    problems, memory, scratch = maker.make(tool, path, folder)
    size = os.path.getsize(path) if not problems else 0
    return problems, memory, scratch, size


def memory_is_flat(tool, folder, few, many):
    problems, small, _, _ = memory_of(tool, folder, *few)
    more, large, scratch, size = memory_of(tool, folder, *many)
    print(f"# {few[-1].rsplit(' ', 1)[0]}: {small} KiB; {many[-1].rsplit(' ', 1)[0]}: {large} KiB, "
          f"{scratch >> 10} KiB of scratch, {size >> 10} KiB of workbook")
    if small == 0 or large > small + NOISE_KIB:
        more.append(f"{small} KiB became {large}")
    return problems + more


def refused_writes(tool, folder):
    """A disk that is full at any point: a sentence, and no workbook."""
    problems = []
    commands = "\n".join(["book - - - 1 0 0 A4", "sheet 41 1 0 9,9", "bulk 40000 4"]) + "\n"
    whole = os.path.join(folder, "whole.xlsx")
    subprocess.run([tool, whole, folder], input=commands, text=True, check=True,
                   stdout=subprocess.DEVNULL)
    size = os.path.getsize(whole)
    for part in range(8):
        path = os.path.join(folder, "refused.xlsx")
        limit = size * part // 8 // 1024
        done = subprocess.run(["sh", "-c", f"trap '' XFSZ; ulimit -f {limit * 2}; exec \"$@\"",
                               "sh", tool, path, folder], input=commands, text=True,
                              capture_output=True, check=False)
        if done.returncode != 1 or "File too large" not in done.stderr or os.path.exists(path):
            problems.append(f"with {limit} KiB it ends with {done.returncode}: "
                            f"{done.stderr.strip()}")
        left = [name for name in os.listdir(folder) if ".partial" in name or "smallpress." in name]
        if left:
            problems.append(f"with {limit} KiB it leaves {left}")
    return problems


def check_readers(tap, folder, path, expected, pictures):
    no_openpyxl = None if openpyxl else "openpyxl is not installed"
    no_office = None if shutil.which("soffice") else "LibreOffice is not installed"
    no_unzip = None if shutil.which("unzip") else "unzip is not installed"
    checks = (
        ("its package is sound", lambda: package_is_sound(path), None),
        ("unzip finds nothing wrong", lambda: unzip_agrees(path), no_unzip),
        ("every part has its type", lambda: every_part_has_its_type(path), None),
        ("relations lead to parts, and to all of them", lambda: relations_lead_somewhere(path),
         None),
        ("its parts keep the rules", lambda: parts_keep_the_rules(path), None),
        ("pictures are where and what they were", lambda: pictures_come_back(path, pictures), None),
        ("openpyxl reads every value", lambda: values_come_back(path, expected), no_openpyxl),
        ("openpyxl sees how sheets are set up", lambda: sheets_are_set_up(path), no_openpyxl),
        ("LibreOffice reads its text", lambda: libreoffice_reads(path, folder), no_office),
        ("LibreOffice prints it with its pictures", lambda: libreoffice_prints(path, folder),
         no_office),
    )
    for name, check, reason in checks:
        if reason:
            tap.skip(name, reason)
        else:
            tap.point(name, check())


def main(tool):
    tap = Tap()
    many_rows = 1000000 if os.environ.get("SMALLPRESS_TEST_LONG") else 100000
    with tempfile.TemporaryDirectory(prefix="smallpress-xlsx-", dir="/var/tmp") as folder:
        maker, expected, pictures = small_workbook(folder)
        path = os.path.join(folder, "small.xlsx")
        problems, _, _ = maker.make(tool, path, folder)
        tap.point("a workbook is made", problems)
        if not problems:
            check_readers(tap, folder, path, expected, pictures)
            tap.point("the same commands give the same bytes",
                      same_twice(tool, folder, maker, path))
        if openpyxl:
            tap.point("random values come back", random_values(tool, folder))
        else:
            tap.skip("random values come back", "openpyxl is not installed")
        picture = os.path.join(folder, "many.png")
        with open(picture, "wb") as file:
            file.write(png_of(60, 40, 0))
        tap.point("memory does not grow with rows", memory_is_flat(
            tool, folder, ["sheet - 1 0 9", "bulk 1000 10"],
            ["sheet - 1 0 9", f"bulk {many_rows} 10"]))
        tap.point("memory does not grow with pictures", memory_is_flat(
            tool, folder, ["sheet - 0 0 9", f"pictures 20 {picture}"],
            ["sheet - 0 0 9", f"pictures 5000 {picture}"]))
        tap.point("five thousand pictures make a sound package",
                  package_is_sound(os.path.join(folder, "large.xlsx"))
                  + relations_lead_somewhere(os.path.join(folder, "large.xlsx")))
        tap.point("a refused write is told", refused_writes(tool, folder))
    tap.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
