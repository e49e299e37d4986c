"""Gives photos' pixels as Pillow decodes them. Reads a path a line; answers each with a line of JSON, then its bytes.

Usage: pillow_pixels.py; the JSON has width, height and bytes (of RGB, row by row), or failed: why Pillow cannot read it.
"""

import json
import sys

from PIL import Image


def main():
    for line in sys.stdin:
        try:
            image = Image.open(line.rstrip("\n")).convert("RGB")
            pixels = image.tobytes()
            head = {"width": image.width, "height": image.height, "bytes": len(pixels)}
        except (OSError, SyntaxError, ValueError) as error:
            head, pixels = {"failed": str(error), "bytes": 0}, b""
        sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + pixels)
        sys.stdout.buffer.flush()


main()
