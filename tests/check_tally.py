#!/usr/bin/env python3
"""That tests/tally.py cannot be fooled: check_tally.py ROOT"""

import json
import os
import sys

from check_tap import Tap, Tree, run

OK2 = "1..2\nok 1 - a\nok 2 - b\n"
FINE = {"name": "p", "stdout": OK2, "result": "OK", "returncode": 0}

# (what, changes to a fine log line, the summary)
CASES = [
    ("two points", {}, "2 passed, 0 failed, 0 skipped"),
    ("a plan at the end", {"stdout": "ok 1 - a\nok 2\n1..2\n"}, "2 passed, 0 failed, 0 skipped"),
    ("a failed point", {"stdout": "1..2\nok 1 - a\nnot ok 2 - b\n# why\n", "result": "FAIL",
                        "returncode": 1}, "1 passed, 1 failed, 0 skipped"),
    ("a failed point and status 0", {"stdout": "1..2\nok 1 - a\nnot ok 2 - b\n"},
     "1 passed, 1 failed, 0 skipped"),
    ("fewer points than planned", {"stdout": "1..3\nok 1 - a\nok 2 - b\n"},
     "2 passed, 1 failed, 0 skipped"),
    ("more points than planned", {"stdout": "1..1\nok 1 - a\nok 2 - b\n"},
     "2 passed, 1 failed, 0 skipped"),
    ("a point that was not tried", {"stdout": "1..1\n# SKIP: not here\nok 1 - a\n"},
     "0 passed, 0 failed, 1 skipped"),
    ("no plan", {"stdout": "ok 1 - a\n"}, "1 passed, 1 failed, 0 skipped"),
    ("two plans", {"stdout": OK2 + "1..2\n"}, "2 passed, 1 failed, 0 skipped"),
    ("points out of order", {"stdout": "1..2\nok 2 - a\nok 1 - b\n"},
     "2 passed, 2 failed, 0 skipped"),
    ("all points and a bad status", {"returncode": 3, "result": "ERROR"},
     "2 passed, 1 failed, 0 skipped"),
    ("all points and a crash at the end", {"returncode": -11, "result": "ERROR"},
     "2 passed, 1 failed, 0 skipped"),
    ("a crash in the middle", {"stdout": "1..3\nok 1 - a\n", "returncode": -6, "result": "ERROR"},
     "1 passed, 2 failed, 0 skipped"),
    ("a crash before anything was said", {"stdout": "", "returncode": -11, "result": "ERROR"},
     "0 passed, 1 failed, 0 skipped"),
    ("a timeout after all points", {"returncode": -9, "result": "TIMEOUT"},
     "2 passed, 1 failed, 0 skipped"),
    ("a bail-out", {"stdout": "1..2\nok 1 - a\nok 2 - b\nBail out! no disk\n", "result": "ERROR"},
     "2 passed, 1 failed, 0 skipped"),
    ("a program that says nothing", {"stdout": "", "result": "SKIP"},
     "0 passed, 1 failed, 0 skipped"),
    ("a skipped point", {"stdout": "1..2\nok 1 - a\nok 2 - b # SKIP no gs\n"},
     "1 passed, 0 failed, 1 skipped"),
    ("cmocka's skipped point", {"stdout": "1..2\nok 1 - a\nnot ok 2 # SKIP b\n"},
     "1 passed, 0 failed, 1 skipped"),
    ("a skipped program", {"stdout": "1..0 # SKIP no node\n", "result": "SKIP"},
     "0 passed, 0 failed, 1 skipped"),
    ("a skip and a crash", {"stdout": "1..0 # SKIP no node\n", "result": "ERROR",
                            "returncode": -11}, "0 passed, 1 failed, 0 skipped"),
    ("a plain program", {"stdout": "hello\n"}, "1 passed, 0 failed, 0 skipped"),
    ("a plain program that fails", {"stdout": "hello\n", "result": "FAIL", "returncode": 1},
     "0 passed, 1 failed, 0 skipped"),
    ("a plain program that is skipped", {"stdout": "", "result": "SKIP", "returncode": 77},
     "0 passed, 0 failed, 1 skipped"),
    ("a name that looks like a number", {"stdout": "1..1\nok 1 - 7 not ok 8\n"},
     "1 passed, 0 failed, 0 skipped"),
    ("a test that was interrupted", {"stdout": "", "result": "INTERRUPT", "returncode": -2},
     "0 passed, 1 failed, 0 skipped"),
]


def tally(root, log, *more):
    """Status and last line of tests/tally.py over one log."""
    with Tree({"log": log}) as tree:
        status, text = run([sys.executable, os.path.join(root, "tests", "tally.py"), *more,
                            "here=" + os.path.join(tree, "log")])
    return status, (text.splitlines() or [""])[-1]


def compare(tap, name, found, summary):
    status = 0 if " 0 failed" in summary and not summary.startswith("0 passed") else 1
    expected = (status, summary)
    tap.point(name, [] if found == expected else [f"expected {expected}, found {found}"])


def main():
    root = sys.argv[1]
    tap = Tap()
    for name, changes, summary in CASES:
        compare(tap, name, tally(root, json.dumps({**FINE, **changes}) + "\n"), summary)
    fine = json.dumps(FINE) + "\n"
    compare(tap, "two programs", tally(root, fine + fine), "4 passed, 0 failed, 0 skipped")
    compare(tap, "an empty log", tally(root, ""), "0 passed, 1 failed, 0 skipped")
    compare(tap, "a log cut short", tally(root, fine + fine[:20]), "2 passed, 1 failed, 0 skipped")
    compare(tap, "a missing log", tally(root, fine, "gone=/nonexistent"),
            "2 passed, 1 failed, 0 skipped")
    compare(tap, "a failure told from outside", tally(root, fine, "--fail=the build failed"),
            "2 passed, 1 failed, 0 skipped")
    compare(tap, "a skip told from outside", tally(root, fine, "--skip=no tsan"),
            "2 passed, 0 failed, 1 skipped")
    tap.end()


if __name__ == "__main__":
    main()
