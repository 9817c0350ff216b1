"""Pillow, from whichever Python has it: Debian's has Debian's packages, another may come first."""

import os
import sys

DEBIAN = "/usr/bin/python3"
MARK = "SMALLPRESS_PILLOW"  # set when it was tried already


def need(tap=False):
    """
    Returns if Pillow can be imported; else starts the program anew with Debian's Python. Without
    any it ends: a test with a plan that skips it, a generator with 77.
    """
    try:
        import PIL.Image  # noqa: F401
        return
    except ImportError:
        pass
    if os.path.exists(DEBIAN) and not os.environ.get(MARK):
        os.environ[MARK] = "tried"
        os.execv(DEBIAN, [DEBIAN, "-B", *sys.argv])
    if tap:
        print("1..0 # SKIP Pillow is missing: install python3-pil")
        sys.exit(0)
    print("Pillow is missing: install python3-pil.", file=sys.stderr)
    sys.exit(77)
