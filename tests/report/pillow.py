"""Pillow, from whichever Python has it: Debian's has Debian's packages, another may come first."""

import os
import sys

DEBIAN = "/usr/bin/python3"
MARK = "SMALLPRESS_PILLOW"  # set when it was tried already


def need():
    """Returns if Pillow can be imported; else starts the program anew with Debian's Python."""
    try:
        import PIL.Image  # noqa: F401
        return
    except ImportError:
        pass
    if os.path.exists(DEBIAN) and not os.environ.get(MARK):
        os.environ[MARK] = "tried"
        os.execv(DEBIAN, [DEBIAN, "-B", *sys.argv])
    print("Pillow is missing: install python3-pil.", file=sys.stderr)
    sys.exit(77)
