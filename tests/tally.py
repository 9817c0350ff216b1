#!/usr/bin/env python3
"""Counts what the test programs reported, point by point.

    tally.py [--fail SENTENCE]… [--skip SENTENCE]… [LABEL=testlog.json]…

Reads the logs `meson test` leaves behind (one JSON object a program) and the TAP inside them,
prints what failed and why things were skipped, and ends with the line

    N passed, N failed, N skipped

A program is not taken at its word. Whatever keeps it from finishing (a crash, a timeout, a status
other than 0) is one more failure; so is every point it planned and did not report, every point
beyond its plan, and a log that is missing or empty. The exit status is 0 only if something passed
and nothing failed.
"""

import argparse
import json
import re
import sys

POINT = re.compile(r"^(not )?ok\b(?:\s+(\d+))?\s*(.*)$")
PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#\s*skip\S*\s*(.*))?$", re.IGNORECASE)
SKIP = re.compile(r"#\s*skip\S*\s*(.*)$", re.IGNORECASE)
BAIL_OUT = re.compile(r"^Bail out!\s*(.*)$")

MESON_FINE = {"OK", "SKIP", "EXPECTEDFAIL"}
EXIT_STATUS_OF_A_SKIP = 77
DETAIL_LINES_MAX = 40


class Tally:
    """The three numbers, with a sentence for everything that is not a pass."""

    def __init__(self):
        self.passed = 0
        self.failures = []
        self.skips = []

    def fail(self, where, why, details=()):
        self.failures.append((f"{where}: {why}", list(details)))

    def skip(self, where, why):
        self.skips.append(f"{where}: {why or 'no reason given'}")

    def ok(self):
        return self.passed > 0 and not self.failures

    def summary(self):
        return f"{self.passed} passed, {len(self.failures)} failed, {len(self.skips)} skipped"


class Points:
    """The TAP of one program."""

    def __init__(self, text):
        self.results = []  # [kind, name, details]
        self.plan = None
        self.complaints = []
        self.skipped_whole = None
        self.skipped_next = None  # why the next point is one that was not tried
        for line in text.splitlines():
            self._line(line)
        if self.plan is not None and len(self.results) != self.plan:
            self.complaints.append(f"planned {self.plan} points and reported {len(self.results)}")
        if self.plan is None and self.results:
            self.complaints.append("reported points without a plan, so it may have stopped early")

    def is_tap(self):
        return self.plan is not None or bool(self.results)

    def _line(self, line):
        point, plan, bail = POINT.match(line), PLAN.match(line), BAIL_OUT.match(line)
        if plan:
            if self.plan is not None:
                self.complaints.append("printed more than one plan")
            self.plan = int(plan.group(1))
            if self.plan == 0:
                self.skipped_whole = plan.group(2) or ""
        elif bail:
            self.complaints.append(f"bailed out: {bail.group(1)}")
        elif point:
            self._point(*point.groups())
        elif line.startswith("# SKIP: "):
            self.skipped_next = line[len("# SKIP: "):]
        elif line.startswith("#") and self.results:
            self.results[-1][2].append(line)

    def _point(self, negated, number, name):
        if number is not None and int(number) != len(self.results) + 1:
            self.complaints.append(f"point {number} came as number {len(self.results) + 1}")
        skip = SKIP.search(name)
        why, self.skipped_next = self.skipped_next, None
        if why and not negated:
            self.results.append(["skip", name.strip(" -"), [why]])
        elif skip:
            reason = skip.group(1)
            name = name[: skip.start()]
            self.results.append(["skip", name.strip(" -"), [reason]])
        else:
            self.results.append(["fail" if negated else "pass", name.strip(" -"), []])


def count_program(tally, where, entry):
    """Adds one line of a log."""
    points = Points(entry.get("stdout") or "")
    result, status = entry.get("result"), entry.get("returncode")
    stderr = (entry.get("stderr") or "").splitlines()[-40:]
    if not points.is_tap():
        count_plain_program(tally, where, result, status, stderr)
        return
    failed_before = len(tally.failures)
    for kind, name, details in points.results:
        if kind == "pass":
            tally.passed += 1
        elif kind == "skip":
            tally.skip(f"{where}: {name}" if name else where, details[0])
        else:
            tally.fail(where, name or "a point without a name", details)
    for complaint in points.complaints:
        tally.fail(where, complaint)
    if points.skipped_whole is not None and status == 0:
        tally.skip(where, points.skipped_whole)
    if result == "TIMEOUT":
        tally.fail(where, "ran out of time", stderr)
    elif status is None or status < 0:
        tally.fail(where, f"was killed (status {status})", stderr)
    elif status != 0 and len(tally.failures) == failed_before:
        tally.fail(where, f"ended with status {status}", stderr)
    elif result not in MESON_FINE and len(tally.failures) == failed_before:
        tally.fail(where, f"Meson's verdict is {result}", stderr)


def count_plain_program(tally, where, result, status, stderr):
    """A program without TAP is one point; a skip must be said by its status."""
    if result == "OK" and status == 0:
        tally.passed += 1
    elif result == "SKIP" and status == EXIT_STATUS_OF_A_SKIP:
        tally.skip(where, stderr[-1] if stderr else "")
    elif result == "SKIP":
        tally.fail(where, "reported nothing", stderr)
    else:
        tally.fail(where, f"Meson's verdict is {result} (status {status})", stderr)


def count_log(tally, label, path):
    """Adds a whole log."""
    programs = 0
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            for line in log:
                if line.strip():
                    entry = json.loads(line)
                    programs += 1
                    name = str(entry.get("name")).rpartition(" / ")[2]  # without its suites
                    count_program(tally, f"{label}: {name}", entry)
    except (OSError, ValueError) as error:
        tally.fail(label, f"the log of the test run cannot be read ({error})")
        return
    if programs == 0:
        tally.fail(label, "no test program ran")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--fail", action="append", default=[], metavar="SENTENCE")
    parser.add_argument("--skip", action="append", default=[], metavar="SENTENCE")
    parser.add_argument("logs", nargs="*", metavar="LABEL=testlog.json")
    arguments = parser.parse_args()

    tally = Tally()
    for log in arguments.logs:
        label, _, path = log.partition("=")
        count_log(tally, label, path)
    for sentence in arguments.fail:
        tally.failures.append((sentence, []))
    tally.skips += arguments.skip

    for sentence in tally.skips:
        print(f"skipped  {sentence}")
    for sentence, details in tally.failures:
        print(f"FAILED   {sentence}")
        for line in details[:DETAIL_LINES_MAX]:
            print(f"         {line}")
        if len(details) > DETAIL_LINES_MAX:
            print(f"         … and {len(details) - DETAIL_LINES_MAX} lines more in the log")
    print(tally.summary())
    return 0 if tally.ok() else 1


if __name__ == "__main__":
    sys.exit(main())
