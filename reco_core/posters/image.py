"""Image bytes that may come from anywhere, made safe to show."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 20_000_000
# Far above any poster, far below Pillow's own limit, which stays in force as well.
MAX_PIXELS = 25_000_000
MAX_WIDTH = 500
MAX_HEIGHT = 1500
PLAIN_BYTES = 120_000


def safe_image(content: bytes) -> tuple[bytes, str] | None:
    """(bytes, mime type) of a JPEG, PNG or WebP that decodes whole, at most 500 px wide; None for anything else.

    Small pictures come back as they are; big, animated or unusual ones (CMYK, 16 bit) as a new JPEG. The type is
    what the bytes say, whatever the file was called.
    """
    if not 0 < len(content) <= MAX_BYTES:
        return None
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            if image.format is None or image.width * image.height > MAX_PIXELS or min(image.size) < 2:
                return None
            if _is_plain(image, len(content)):
                image.load()
                return content, Image.MIME[image.format]
            return _reduced(image), "image/jpeg"
    except Exception:  # a decoder may raise anything on hostile bytes: SyntaxError, struct.error, MemoryError, ...
        return None


def made_small(content: bytes) -> bytes | None:
    """A new JPEG, at most 500 px wide, of a JPEG, PNG, WebP or GIF that decodes whole; None for anything else.

    Nothing of the bytes themselves is kept.
    """
    if not 0 < len(content) <= MAX_BYTES:
        return None
    try:
        with Image.open(BytesIO(content), formats=(*FORMATS, "GIF")) as image:
            if image.width * image.height > MAX_PIXELS or min(image.size) < 2:
                return None
            return _reduced(image)
    except Exception:  # as above
        return None


def _is_plain(image: Image.Image, n_bytes: int) -> bool:
    """Whether a browser can be given the bytes as they are."""
    fits = image.width <= MAX_WIDTH and image.height <= MAX_HEIGHT and n_bytes <= PLAIN_BYTES
    return fits and image.mode in ("RGB", "RGBA", "L", "P") and getattr(image, "n_frames", 1) == 1


def _reduced(image: Image.Image) -> bytes:
    """The first frame, upright, as a JPEG of at most 500 x 1500 px, on black where it is transparent."""
    image.draft("RGB", (MAX_WIDTH, MAX_HEIGHT))  # lets the JPEG decoder leave out detail: 5 times sooner
    if image.mode.startswith("I"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    elif image.mode == "P":
        image = image.convert("RGBA")
    image.thumbnail((MAX_WIDTH, MAX_HEIGHT), reducing_gap=2)
    image = ImageOps.exif_transpose(image).convert("RGBA")
    black = Image.new("RGBA", image.size, (0, 0, 0, 255))
    out = BytesIO()
    Image.alpha_composite(black, image).convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()
