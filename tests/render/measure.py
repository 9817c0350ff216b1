"""Measures how codes look on rendered pages, against where their modules ought to be.

Where the modules are, and which are dark, is taken from one rendering of the page at a high
resolution (`find_codes`). Other renderings of the page are held against that (`measure`):

    grey     share of pixels in the code that are neither black nor white
    seams    pairs of neighbouring dark modules with something lighter between their centres
    wrong    modules whose centre has the wrong colour
    width    of every run of equal modules in every row and column of a code, in pixels, less what
             it ought to be: the mean and the worst of the differences, whatever their sign
    growth   the mean of the differences of dark runs, with their sign: ink gained everywhere

A width is the amount of black (or white) between the middles of the neighbouring runs, so an edge
that lies within a grey pixel counts for what it covers. Only whole numbers of pixels come from
renderers that do not smooth.
"""
import re
from collections import namedtuple

BLACK_MAX, WHITE_MIN = 15, 240 # what counts as black and as white when grey pixels are counted
SEAM_MIN = 32                  # a seam is at least this light, of 255
QUIET = 2                      # modules around a code that are looked at; they must be light
UM_PER_INCH = 25400

INVERSE = bytes(255 - value for value in range(256))
BLACK_AND_WHITE = bytes(v for v in range(256) if v <= BLACK_MAX or v >= WHITE_MIN)

Picture = namedtuple("Picture", "width height pixels")

# One code on a page: its upper left corner and the side of a module in micrometres, and its
# modules, row by row, True for dark.
Code = namedtuple("Code", "x_um y_um module_um rows")

# Pixels per micrometre of a rendering.
Scale = namedtuple("Scale", "x y")


def read_pgm(path):
    with open(path, "rb") as file:
        data = file.read()
    header = re.match(rb"P5\s+(?:#[^\n]*\n)*(\d+)\s+(\d+)\s+255\s", data)
    if not header:
        raise ValueError(f"{path} is not an 8-bit binary PGM")
    width, height = int(header[1]), int(header[2])
    pixels = data[header.end():]
    if len(pixels) != width * height:
        raise ValueError(f"{path} does not have the pixels its header tells")
    return Picture(width, height, pixels)


def row_of(picture, y, left, right):
    return picture.pixels[y * picture.width + left:y * picture.width + right]


def column_of(picture, x, top, bottom):
    return picture.pixels[top * picture.width + x:bottom * picture.width + x:picture.width]


# --- Finding codes in the fine rendering ----------------------------------------------------------


def dark_runs(line):
    """(start, length) of every run of pixels darker than the middle."""
    bits = line.translate(bytes(value < 128 for value in range(256)))
    return [(run.start(), run.end() - run.start()) for run in re.finditer(b"\x01+", bits)]


def first_dark_row(picture, box):
    left, top, right, bottom = box
    for y in range(top, bottom):
        if min(row_of(picture, y, left, right)) < 128:
            return y
    return None


def find_frame(picture, box):
    """Left, top, size in modules and side of a module of the code in a box, in pixels; or None.

    The top row of a code begins and ends with the seven dark modules of a finder pattern. The
    distance of their left edges is free of what a renderer adds to dark runs.
    """
    left, _, right, _ = box
    top = first_dark_row(picture, box)
    if top is None:
        return None
    runs = dark_runs(row_of(picture, top + 2, left, right))
    (start, finder), (end, _) = runs[0], runs[-1]
    size = min(range(21, 178, 4), key=lambda n: abs((end - start) / (n - 7) * 7 - finder))
    return left + start, top, size, (end - start) / (size - 7)


def sample(picture, left, top, size, module):
    centres = [int(left + (i + 0.5) * module) for i in range(size)]
    return [[picture.pixels[int(top + (r + 0.5) * module) * picture.width + x] < 128
             for x in centres] for r in range(size)]


def find_codes(picture, boxes_um, um_per_pixel):
    """The codes in the boxes (left, top, right, bottom), in their order; None where there is none.

    All codes of one size are taken to have modules of one size.
    """
    frames = [find_frame(picture, [int(edge / um_per_pixel) for edge in box]) for box in boxes_um]
    by_size = {}
    for frame in frames:
        if frame is not None:
            by_size.setdefault(frame[2], []).append(frame[3])
    module_of = {size: sum(values) / len(values) for size, values in by_size.items()}
    codes = []
    for frame in frames:
        if frame is None:
            codes.append(None)
            continue
        left, top, size, _ = frame
        module = module_of[size]
        codes.append(Code(left * um_per_pixel, top * um_per_pixel, module * um_per_pixel,
                          sample(picture, left, top, size, module)))
    return codes


# --- Holding another rendering against them -------------------------------------------------------


def runs_of(modules):
    """(start, length, dark) of the runs of a row or column, the light outside at both ends too."""
    runs = [(-QUIET, QUIET, False)]
    for i, dark in enumerate(modules):
        if dark == runs[-1][2]:
            start, length, _ = runs.pop()
            runs.append((start, length + 1, dark))
        else:
            runs.append((i, 1, dark))
    if runs[-1][2]:
        runs.append((len(modules), QUIET, False))
    else:
        start, _, _ = runs.pop()
        runs.append((start, len(modules) + QUIET - start, False))
    return runs


class Figures:
    """What was measured over all lines added."""

    def __init__(self):
        self.pixels = self.grey = self.seams = self.edges = self.wrong = self.modules = 0
        self.error_sum = self.error_worst = self.growth_sum = 0.0
        self.runs = self.dark_runs = 0

    @property
    def grey_share(self):
        return self.grey / max(self.pixels, 1)

    @property
    def width_mean(self):
        return self.error_sum / max(self.runs, 1)

    @property
    def growth(self):
        return self.growth_sum / max(self.dark_runs, 1)

    def __str__(self):
        return (f"grey {100 * self.grey_share:.1f} %, seams {self.seams} of {self.edges}, wrong "
                f"{self.wrong} of {self.modules}, width error {self.width_mean:.2f} mean "
                f"{self.error_worst:.2f} worst, growth {self.growth:+.2f} px")

    def add_runs(self, line, origin, module, runs):
        """One row or column of pixels through the centres of modules, which begin at `origin`."""
        inverse = line.translate(INVERSE)
        middles = [int(origin + (start + length / 2) * module) for start, length, _ in runs]
        for i in range(1, len(runs) - 1):
            start, length, dark = runs[i]
            ink = inverse if dark else line
            error = sum(ink[middles[i - 1]:middles[i + 1]]) / 255 - length * module
            self.error_sum += abs(error)
            self.error_worst = max(self.error_worst, abs(error))
            self.runs += 1
            if dark:
                self.growth_sum += error
                self.dark_runs += 1
                self.add_edges(line, origin, module, start, length)

    def add_modules(self, line, origin, module, modules):
        """Looks at the pixel in the centre of each module."""
        for i, dark in enumerate(modules):
            self.wrong += (line[int(origin + (i + 0.5) * module)] < 128) != dark
        self.modules += len(modules)

    def add_edges(self, line, origin, module, start, length):
        """Looks for light between the centres of the modules of one dark run."""
        self.edges += length - 1
        for i in range(start, start + length - 1):
            between = line[int(origin + (i + 0.5) * module):int(origin + (i + 1.5) * module) + 1]
            self.seams += max(between) >= SEAM_MIN

    def add_area(self, picture, left, top, right, bottom):
        self.pixels += (right - left) * (bottom - top)
        for y in range(top, bottom):
            self.grey += len(row_of(picture, y, left, right).translate(None, BLACK_AND_WHITE))


def shift_of(line, origin, module, size):
    """By how much the code in a line is off: the mean over its first and last module.

    The line runs through rows whose first and last modules are dark and next to light ones, so
    the centre of gravity of the ink there is the centre of the module, whatever it gained.
    """
    shifts = []
    for i in (0, size - 1):
        before, after = (QUIET, 1.5) if i == 0 else (-(i - 0.5), i + 1 + QUIET)
        left, right = int(origin - before * module), int(origin + after * module)
        ink = line[left:right].translate(INVERSE)
        total = sum(ink)
        if total == 0:
            raise ValueError("there is no code where one should be")
        centre = sum((x + 0.5) * value for x, value in enumerate(ink)) / total + left
        shifts.append(centre - (origin + (i + 0.5) * module))
    return sum(shifts) / 2


def measure_code(figures, picture, code, scale):
    size = len(code.rows)
    module_x, module_y = code.module_um * scale.x, code.module_um * scale.y
    left, top = code.x_um * scale.x, code.y_um * scale.y
    reach_x, reach_y = int((QUIET + 1) * module_x), int((QUIET + 1) * module_y)

    def row_line(r):
        base = int(left) - reach_x
        line = row_of(picture, int(top + (r + 0.5) * module_y), base,
                      int(left + size * module_x) + reach_x)
        return line, left - base

    def column_line(c):
        base = int(top) - reach_y
        line = column_of(picture, int(left + (c + 0.5) * module_x), base,
                         int(top + size * module_y) + reach_y)
        return line, top - base

    # Row 3 of the symbol crosses both upper finder patterns, column 3 both left ones, and there
    # the outermost modules stand alone.
    left += shift_of(*row_line(3), module_x, size)
    top += shift_of(*column_line(3), module_y, size)
    for r in range(size):
        figures.add_runs(*row_line(r), module_x, runs_of(code.rows[r]))
        figures.add_modules(*row_line(r), module_x, code.rows[r])
    for c in range(size):
        figures.add_runs(*column_line(c), module_y, runs_of([row[c] for row in code.rows]))
    figures.add_area(picture, round(left), round(top), round(left + size * module_x),
                     round(top + size * module_y))


def measure(picture, codes, scale):
    """Figures over all codes of a page; ValueError if one is not there at all."""
    figures = Figures()
    for code in codes:
        if code is not None:
            measure_code(figures, picture, code, scale)
    return figures
