"""Sheets made by the tool under test, with what is on them by their manifest."""
import csv
import os
import subprocess

SEED = "0123456789abcdef0123456789abcdef"
DRAWINGS = ("sharp", "small", "vector")

# The tool's own defaults, in micrometres; given to it all the same.
PAGE_UM = (210000, 297000)
MARGIN_UM, GAP_UM = 10000, 2000
COLUMNS, ROWS = 5, 6
LAYOUT = ["--page", "A4", "--grid", f"{COLUMNS}x{ROWS}", "--margin", "10mm", "--gap", "2mm"]
CELLS = ["--page", "{}x{}".format(*PAGE_UM), "--grid", f"{COLUMNS}x{ROWS}",
         "--margins", str(MARGIN_UM), "--gaps", f"{GAP_UM},{GAP_UM}"]


class Sheet:
    """A PDF with its manifest: rows of {"id", "payload", "page", "row", "column"}.

    `records` is how many ids to make, or a list of payloads.
    """

    def __init__(self, tool, folder, name, records, *options):
        self.pdf = os.path.join(folder, name + ".pdf")
        self.manifest = os.path.join(folder, name + ".csv")
        if isinstance(records, int):
            count, lines, source = records, "", ["--count", str(records), "--seed", SEED]
        else:
            count, lines, source = len(records), "\n".join(records) + "\n", ["--lines", "-"]
        command = [tool, "sheet", *source, *LAYOUT, "--quiet",
                   "--manifest", self.manifest, "-o", self.pdf, *options]
        done = subprocess.run(command, input=lines, capture_output=True, encoding="utf-8",
                              check=False)
        if done.returncode != 0:
            raise SystemExit(f"Bail out! {' '.join(command)} ended with status "
                             f"{done.returncode}: {done.stderr.strip()}")
        with open(self.manifest, encoding="utf-8", newline="") as rows:
            self.rows = list(csv.DictReader(rows))
        if len(self.rows) != count:
            raise SystemExit(f"Bail out! the manifest of {count} codes has {len(self.rows)} rows")


def cell_boxes_um():
    """(left, top, right, bottom) of the cells of a page, row by row."""
    def edges(size, cells):
        room = size - 2 * MARGIN_UM - GAP_UM * (cells - 1)
        return [(MARGIN_UM + i * GAP_UM + room * i // cells,
                 MARGIN_UM + i * GAP_UM + room * (i + 1) // cells) for i in range(cells)]
    return [(left, top, right, bottom) for top, bottom in edges(PAGE_UM[1], ROWS)
            for left, right in edges(PAGE_UM[0], COLUMNS)]


def unread(picture_path, sheet, read_cells):
    """Sentences about codes that a reader does not read as the manifest says."""
    done = subprocess.run([read_cells, *CELLS, "--reader", "both", picture_path],
                          stdout=subprocess.PIPE, check=True)
    cells = {}
    for line in done.stdout.decode("utf-8", "surrogateescape").splitlines():
        _, row, column, *texts = line.split("\t")
        cells[row, column] = texts
    problems = []
    for row in sheet.rows:
        texts = cells[row["row"], row["column"]]
        for reader, text in zip(("ZXing", "ZBar"), texts):
            if text != row["payload"]:
                problems.append(f"row {row['row']}, column {row['column']}: {reader} reads {text}, "
                                f"not {row['payload']}")
    return problems
