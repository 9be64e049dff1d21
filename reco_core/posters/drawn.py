"""Posters drawn from title, year and genres."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont


def draw(title: str, year: int | None = None, genres: str = "", width: int = 276) -> bytes:
    """A JPEG of width x 1.5 width px, the same for the same arguments."""
    return _encoded(str(title), None if year is None else str(year), str(genres or ""), width)


@lru_cache(maxsize=1024)
def _encoded(title: str, year: str | None, genres: str, width: int) -> bytes:
    image = Image.new("RGB", (width, width * 3 // 2), (30, 27, 75))
    pen = ImageDraw.Draw(image)
    pen.text((width // 12, width // 2), title[:40], font=ImageFont.load_default(width // 12), fill=(255, 255, 255))
    out = BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()
