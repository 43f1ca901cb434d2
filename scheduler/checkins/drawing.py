"""Draw one photo anew, as a process of its own: from standard input a picture, to standard output a small JPEG of ours.

What a file of a few bytes unpacks to is not ours to say: tens of thousands of pixels a side, a progressive JPEG of a
thousand scans. So memory and time are bounded, and only this process dies of it.
Run by its path (it imports nothing of ours): EDGE QUALITY. Leaves with 3 for what is no picture, 4 for one too large.
"""

from __future__ import annotations

import io
import resource
import sys

from PIL import Image, ImageOps

MEMORY = 768 << 20  # of addresses; a progressive JPEG of 60 million pixels takes about 400 MB, others far less
SECONDS = 2  # of work; twelve million pixels, as telephones take them, are drawn in half a one
SCANS_MOST = 64  # of a progressive JPEG, each as much work as a whole picture; cameras and editors write about ten
SCAN = b"\xff\xda"
PIXELS_MOST = 60_000_000  # a JPEG is read at a fraction of its size
PIXELS_WHOLE = 16_000_000  # others are unpacked whole: 64 MB
FORMATS = ("JPEG", "PNG", "WEBP")
NO_PICTURE, TOO_LARGE = 3, 4


def drawn(given: bytes, edge: int, quality: int) -> bytes:
    """The picture as a JPEG of ours: turned as the camera held it, and nothing kept beside its pixels."""
    with Image.open(io.BytesIO(given), formats=FORMATS) as picture:
        _refuse_bomb(picture, given)
        picture.draft("RGB", (edge, edge))
        small = ImageOps.exif_transpose(picture)
        small.thumbnail((edge, edge))
        return _as_jpeg(small, quality)


def _refuse_bomb(picture: Image.Image, given: bytes) -> None:
    """By what the file's head says, before a pixel is unpacked."""
    pixels = picture.width * picture.height
    is_jpeg = picture.format == "JPEG"
    if pixels > (PIXELS_MOST if is_jpeg else PIXELS_WHOLE) or (is_jpeg and given.count(SCAN) > SCANS_MOST):
        raise Image.DecompressionBombError


def _as_jpeg(picture: Image.Image, quality: int) -> bytes:
    plain = Image.new("RGB", picture.size, "white")
    if "A" in picture.mode or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        plain.paste(seen, mask=seen)
    else:
        plain.paste(picture.convert("RGB"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def main() -> int:
    """Bound this process, then draw."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        out = drawn(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2]))
    except (Image.DecompressionBombError, MemoryError):
        return TOO_LARGE
    except (OSError, SyntaxError, ValueError, EOFError):  # what Pillow says of a file that is none
        return NO_PICTURE
    sys.stdout.buffer.write(out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
