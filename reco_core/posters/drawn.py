"""Pictures drawn from title, year and genres, the same on every machine: posters, covers, sleeves, boxes, cards."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from random import Random

from reco_core.kinds import Drawing
from reco_core.posters import boxes, cards, covers, sleeves
from reco_core.posters.compositions import COMPOSITIONS, RATIO, Design, Sheet
from reco_core.posters.lettering import FACES, drawable, fit, title_and_more
from reco_core.posters.palettes import PALETTES
from reco_core.posters.prints import Compose, print_of, small_line
from reco_core.posters.styles import STYLES, telling
from reco_core.ratings import genres_in
from reco_core.shown_text import LINE, shortened

MIN_WIDTH, MAX_WIDTH = 60, 500


# How each form is drawn, and its height in widths.
FORMS: dict[Drawing, tuple[Compose | None, float]] = {
    "poster": (None, RATIO),
    "cover": (covers.cover, covers.RATIO),
    "sleeve": (sleeves.sleeve, sleeves.RATIO),
    "box": (boxes.box, boxes.RATIO),
    "card": (cards.card, cards.RATIO),
}


def draw(title: str, year: int | None = None, genres: str = "", width: int = 276, drawing: Drawing = "poster") -> bytes:
    """A JPEG, 60 to 500 px wide and as high as its form is, the same for the same arguments; genres are "A|B".

    Text of any length and kind is drawn as far as it has room and the fonts have its letters.
    """
    bounded = min(max(int(width), MIN_WIDTH), MAX_WIDTH)
    return _encoded(shortened(title, LINE), _year(year), str(genres or "")[:LINE], bounded, drawing)


def design(title: str, year: str, genres: Sequence[str]) -> Design:
    """The choices for one film: a telling genre gives picture and lettering, at times another one the colours."""
    seed = hashlib.sha256("\0".join((title, year, *genres)).encode("utf-8", "replace")).digest()
    rng = Random(int.from_bytes(seed[:8], "big"))  # noqa: S311  # the same drawing each time
    names = telling(genres)
    main = names[0] if rng.random() < 0.75 else rng.choice(names)
    style, colours = STYLES[main], STYLES[main if rng.random() < 0.7 else rng.choice(names)]
    scene = rng.choice(style.scenes)
    return Design(
        scene=scene,
        palette=PALETTES[rng.choice(colours.palettes)],
        face=FACES[rng.choice(style.faces)],
        compose=rng.choice(COMPOSITIONS[scene.__module__.rsplit(".", 1)[1]]),
        centred=rng.random() < 0.4,
        mirrored=rng.random() < 0.5,
        seed=rng.randrange(1 << 32),
    )


@lru_cache(maxsize=64)
def _encoded(title: str, year: str, genres: str, width: int, drawing: Drawing) -> bytes:
    names = tuple(name.strip() for name in genres_in(genres) if name.strip() and not name.startswith("("))
    compose, ratio = FORMS[drawing]
    if compose is None:
        chosen = design(title, year, names)
        image = chosen.compose(_sheet(chosen, title, year, names, width))
    else:
        image = compose(*print_of(title, year, names, (width, round(width * ratio))))
    out = BytesIO()
    image.save(out, "JPEG", quality=86, optimize=True)
    return out.getvalue()


def _sheet(chosen: Design, title: str, year: str, genres: Sequence[str], width: int) -> Sheet:
    """The design with its text set; a title that cannot be drawn gives its place to the year."""
    main, more = title_and_more(title)
    short = len(main) <= 14
    block = fit(main or year, chosen.face, Sheet.text_width(width), width * 0.44, width * (0.2 if short else 0.165))
    return Sheet(chosen, block, drawable(small_line(year if main else "", genres).upper()), more, width)


def _year(year: object) -> str:
    """The year in digits; "" for none, such as pandas' NA."""
    try:
        number = float(str(year))
    except (TypeError, ValueError):
        return ""
    return str(int(number)) if math.isfinite(number) and abs(number) < 100_000 else ""
