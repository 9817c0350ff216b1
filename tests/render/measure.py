"""Measures how codes look on rendered pages, against where their modules ought to be.

Where the modules are, and which are dark, is taken from one rendering of the page at a high
resolution (`find_codes`). Other renderings of the page are held against that (`measure`):

    grey     share of pixels in the code that are neither black nor white
    seams    pairs of neighbouring dark modules with something lighter between their centres
    wrong    modules whose centre has the wrong colour
    stretch  by how many pixels a whole code is too wide or too high, at the worst, from the centres
             of its first modules to the centres of its last
    width    of every run of equal modules in every row and column of a code, in pixels, less what
             it ought to be in a code so stretched: the mean and the worst of the differences
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
        self.error_sum = self.error_worst = self.growth_sum = self.stretch_worst = 0.0
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
                f"{self.wrong} of {self.modules}, stretch {self.stretch_worst:.2f} px, width error "
                f"{self.width_mean:.2f} mean {self.error_worst:.2f} worst, growth "
                f"{self.growth:+.2f} px")

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


def settle(line, origin, module, size):
    """Where the code in a line begins, and the side of its modules; ValueError if it is not there.

    The line runs through rows whose first and last modules are dark and next to light ones, so
    the centre of gravity of the ink there is the centre of the module, whatever it gained.
    """
    centres = []
    for i in (0, size - 1):
        before, after = (QUIET, 1.5) if i == 0 else (-(i - 0.5), i + 1 + QUIET)
        left, right = int(origin - before * module), int(origin + after * module)
        ink = line[left:right].translate(INVERSE)
        total = sum(ink)
        if total == 0:
            raise ValueError("there is no code where one should be")
        centres.append(left + sum((x + 0.5) * value for x, value in enumerate(ink)) / total)
    found = (centres[1] - centres[0]) / (size - 1)
    return centres[0] - found / 2, found


class Axis:
    """One direction of a code on a picture: lines along it, each with its own beginning."""

    def __init__(self, origin, module, size, take):
        self.origin, self.module, self.size, self.take = origin, module, size, take

    def line(self, across):
        """The pixels through `across`, a pixel of the other direction; where the code begins."""
        base = int(self.origin - (QUIET + 1) * self.module)
        end = int(self.origin + (self.size + QUIET + 1) * self.module)
        return self.take(across, base, end), self.origin - base

    def centre(self, i):
        return int(self.origin + (i + 0.5) * self.module)

    def settle(self, across):
        """Moves to where the code is; returns by how much it is too long."""
        line, origin = self.line(across)
        begin, module = settle(line, origin, self.module, self.size)
        stretch = self.size * (module - self.module)
        self.origin, self.module = self.origin - origin + begin, module
        return stretch

    def edges(self):
        return round(self.origin), round(self.origin + self.size * self.module)


def measure_code(figures, picture, code, scale):
    size = len(code.rows)
    x = Axis(code.x_um * scale.x, code.module_um * scale.x, size,
             lambda y, left, right: row_of(picture, y, left, right))
    y = Axis(code.y_um * scale.y, code.module_um * scale.y, size,
             lambda x, top, bottom: column_of(picture, x, top, bottom))
    # Row 3 of the symbol crosses both upper finder patterns, column 3 both left ones, and there
    # the outermost modules stand alone.
    stretches = x.settle(y.centre(3)), y.settle(x.centre(3))
    figures.stretch_worst = max(figures.stretch_worst, *map(abs, stretches))
    for r, row in enumerate(code.rows):
        line, origin = x.line(y.centre(r))
        figures.add_runs(line, origin, x.module, runs_of(row))
        figures.add_modules(line, origin, x.module, row)
    for c, column in enumerate(zip(*code.rows)):
        figures.add_runs(*y.line(x.centre(c)), y.module, runs_of(column))
    (left, right), (top, bottom) = x.edges(), y.edges()
    figures.add_area(picture, left, top, right, bottom)


def measure(picture, codes, scale):
    """Figures over all codes of a page; ValueError if one is not there at all."""
    figures = Figures()
    for code in codes:
        if code is not None:
            measure_code(figures, picture, code, scale)
    return figures
