"""Ratings in words that fit their scale: ★ 4.5 where they are stars, else 73 of 100, or +3.25 where they go below 0."""

from __future__ import annotations

import math

from reco_core.encode import RatingScale

MOST_STARS = 10  # nobody counts more


def are_stars(scale: RatingScale) -> bool:
    """Whether its ratings are what people call stars: some between 0 and 10, and more than yes and no."""
    return scale.min >= 0 and 2 <= scale.max <= MOST_STARS


def stars_word(scale: RatingScale) -> str:
    """What its ratings are counted in: stars or points."""
    return "stars" if are_stars(scale) else "points"


def number(scale: RatingScale, stars: float) -> str:
    """A rating without the noise of its last digits and without zeros at its end: 3.33, 4, 12,500."""
    text = f"{stars:,.{max(_decimals(scale), _decimals_of_step(scale))}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def rounded(scale: RatingScale, stars: float) -> str:
    """A mean or predicted rating, always with as many decimals: 4.20, 73.4, 12,500."""
    return f"{stars:,.{_decimals(scale)}f}"


def given(scale: RatingScale, stars: float) -> str:
    """A rating that somebody gave: ★ 4.5, 73 of 100, +3.25."""
    return _marked(scale, number(scale, stars), stars)


def predicted(scale: RatingScale, stars: float) -> str:
    """A predicted rating: ★ 4.20, 73.4 of 100, +3.20."""
    return _marked(scale, rounded(scale, stars), stars)


def span(scale: RatingScale) -> str:
    """The whole scale: 1 to 5 stars in steps of 1; any value from -9.95 to 9.9 points."""
    low, high = number(scale, scale.min), number(scale, scale.max)
    if scale.given:
        return f"{', '.join(number(scale, level) for level in scale.given)} {stars_word(scale)}"
    if scale.steps is None:
        return f"any value from {low} to {high} {stars_word(scale)}"
    return f"{low} to {high} {stars_word(scale)}" + (
        f" in steps of {number(scale, scale.step)}" if scale.steps > 1 else ""
    )


def _marked(scale: RatingScale, text: str, stars: float) -> str:
    if are_stars(scale):
        return f"★ {text}"
    if scale.min >= 0:
        return f"{text} of {number(scale, scale.max)}"
    return f"+{text}" if stars > 0 else text


def _decimals(scale: RatingScale) -> int:
    """How many decimals tell two predictions apart: 2 on 1..5 and -10..10, 1 on 0..100, none on 1..5,000."""
    width = scale.max - scale.min
    if width < 1:
        return min(2 + math.ceil(-math.log10(width)), 15)
    return max(0, 2 - max(0, math.ceil(math.log10(width / 50))))


def _decimals_of_step(scale: RatingScale) -> int:
    """How many decimals a step has, or tell uneven ratings apart; 0 where it has no end of them, such as a third."""
    if scale.given:
        return next((n for n in range(16) if len({round(one, n) for one in scale.given}) == len(scale.given)), 16)
    few = range(8) if scale.steps else ()
    return next((n for n in few if abs(round(scale.step, n) - scale.step) <= 1e-9 * scale.step), 0)
