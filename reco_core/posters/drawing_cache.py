"""Drawn posters kept on disk: drawing one takes 10 ms, and a page of them is most of what a click would cost."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from reco_core.kinds import Drawing
from reco_core.paths import posters_home
from reco_core.storage import write_whole

BEGIN, END = b"\xff\xd8", b"\xff\xd9"  # of a whole JPEG


def cached_drawing(title: str, year: int | None = None, genres: str = "", drawing: Drawing = "poster") -> bytes:
    """The picture that `draw` gives, from the disk where it was drawn before; a full disk costs the copy only."""
    path = cache_path(title, year, genres, drawing)
    with suppress(OSError):
        content = path.read_bytes()
        if content.startswith(BEGIN) and content.endswith(END):
            return content
    from reco_core.posters.drawn import draw

    content = draw(title, year, genres, drawing=drawing)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda file: file.write(content))
    return content


def cache_path(title: str, year: int | None, genres: str, drawing: Drawing = "poster") -> Path:
    """Where the drawing of these is kept; another version of the code that draws has other places."""
    made_of = repr((_version(), drawing, str(title), str(year), str(genres)))
    key = hashlib.sha256(made_of.encode("utf-8", "replace")).hexdigest()
    return posters_home() / "drawn" / f"{key[:32]}.jpg"


@lru_cache(maxsize=1)
def _version() -> str:
    """What names the code and the fonts that posters are drawn with."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted((*folder.rglob("*.py"), *folder.rglob("*.ttf"))):
        digest.update(path.read_bytes() if path.suffix == ".py" else str(path.stat().st_size).encode())
    return digest.hexdigest()
