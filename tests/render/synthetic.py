"""Pictures whose every pixel is known, to test what looks at pictures."""

TEXT = "Grün\t1\\\n"

# TEXT as a symbol of version 1, level L, made by libqrencode.
SYMBOL = [[mark == "#" for mark in row] for row in (
    "#######..#.#..#######",
    "#.....#.##....#.....#",
    "#.###.#..#..#.#.###.#",
    "#.###.#..#.#..#.###.#",
    "#.###.#.###.#.#.###.#",
    "#.....#..##.#.#.....#",
    "#######.#.#.#.#######",
    "...........##........",
    "#.#.#.#..#.#....#..#.",
    "##.##...#.....#..#..#",
    "#.#..##...#.#.###..##",
    "....#..#.....#....#.#",
    "##.#..#..#..#.#.#.###",
    "........####.##.##.#.",
    "#######...##....##.##",
    "#.....#....###...##..",
    "#.###.#.#.##..#..#...",
    "#.###.#..#....##..##.",
    "#.###.#.#...#...#.#.#",
    "#.....#..##...###..#.",
    "#######.##..#.##...##",
)]
SIZE = len(SYMBOL)


class Canvas:
    """A white page to paint on; `bytes(canvas.grey)` are its pixels."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.grey = bytearray(b"\xff" * (width * height))

    def set(self, x, y, value):
        self.grey[y * self.width + x] = value

    def paint(self, left, top, module, rows=None, grow=0):
        """A code with a pixel dark where its centre, or one up to `grow` before it, is in a dark
        module: every dark run is `grow` pixels longer than it ought to be."""
        rows = rows or SYMBOL
        reach = int(len(rows) * module) + grow + 1

        def dark(x, y):
            column, row = int((x + 0.5) // module), int((y + 0.5) // module)
            return 0 <= column < len(rows) and 0 <= row < len(rows) and rows[row][column]

        for y in range(reach):
            for x in range(reach):
                if any(dark(x - i, y - j) for i in range(grow + 1) for j in range(grow + 1)):
                    self.set(left + x, top + y, 0)

    def pgm(self, comment=""):
        note = f"# {comment}\n" if comment else ""
        return f"P5\n{note}{self.width} {self.height}\n255\n".encode() + bytes(self.grey)


def neighbours():
    """(column, row) of every dark module whose right neighbour is dark too."""
    return [(c, r) for r in range(SIZE) for c in range(SIZE - 1)
            if SYMBOL[r][c] and SYMBOL[r][c + 1]]
