"""Colours can be read and told apart: 4.5 to 1 for words, 3 to 1 for what is drawn, on every ground of both themes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pages.ui.charts import palette

PROJECT = Path(__file__).parents[1]
THEME = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
CSS = (PROJECT / "pages" / "ui" / "shell" / "frame.css").read_text("utf-8")
OURS = {name: dict(zip(("light", "dark"), pair, strict=True)) for name, *pair in re.findall(
    r"--reco-(\w+): light-dark\((#\w{6}), (#\w{6})\)", CSS
)}  # fmt: skip
NAMES = {"primary": "primaryColor"} | {name: f"{name}Color" for name in ("gray", "green", "orange", "red")}
WORDS, DRAWN = 4.5, 3.0
# Streamlit's own shares: of captions, and of the ground of a chosen segment under the pointer.
FADED, TINT = 0.6, 0.2


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour: str) -> float:
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(one: str, other: str) -> float:
    """WCAG 2: 1 for equal colours, 21 for black on white."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(colour: str, ground: str, share: float) -> str:
    """What is seen where so much of a colour lies over a ground."""
    pairs = ((int(c[at : at + 2], 16) for c in (colour, ground)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(share * over + (1 - share) * under):02x}" for over, under in pairs)


def grounds(theme: str) -> list[str]:
    """The page, its fields, and the sidebar."""
    return [THEME[theme]["backgroundColor"], THEME[theme]["secondaryBackgroundColor"],
            THEME[theme]["sidebar"]["backgroundColor"]]  # fmt: skip


def test_contrast_is_that_of_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777682", "#ffffff") == pytest.approx(4.46, abs=0.01)
    assert mixed("#1c1a2e", "#ffffff", 0.6) == "#777682"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_can_be_read(theme: str) -> None:
    own = THEME[theme]
    page = own["backgroundColor"]
    pairs = [(mixed(own["textColor"], ground, share), ground) for ground in grounds(theme) for share in (1, FADED)]
    pairs += [(own["linkColor"], ground) for ground in grounds(theme)]
    pairs += [(own["primaryColor"], mixed(own["primaryColor"], page, TINT)), (own["primaryColor"], page)]
    pairs += [("#ffffff", OURS["strong"][theme])]
    pairs += [(OURS[name][theme], page) for name in ("accent", "good", "bad", "doubt", "quiet")]
    pairs += [(own[NAMES[palette.QUIET]], page)]
    assert {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < WORDS} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_drawn_can_be_seen(theme: str) -> None:
    own, page = THEME[theme], THEME[theme]["backgroundColor"]
    names = (palette.ACCENT, palette.QUIET, palette.GOOD, palette.DOUBTFUL, palette.BAD)
    colours = [own[NAMES[name]] for name in names] + own["chartCategoricalColors"] + [OURS["star"][theme]]
    colours += [palette.GREY, palette.ROSE, palette.RED, palette.GREEN, "#{:02x}{:02x}{:02x}".format(*palette.VIOLET)]
    assert {colour: round(contrast(colour, page), 2) for colour in colours if contrast(colour, page) < DRAWN} == {}


def test_the_sheets_say_what_the_theme_says() -> None:
    for theme in ("light", "dark"):
        assert OURS["accent"][theme] == THEME[theme]["primaryColor"]
        assert OURS["page"][theme] == THEME[theme]["backgroundColor"]
        assert OURS["quiet"][theme] == THEME[theme]["grayColor"]


def test_no_other_file_has_colours_of_its_own() -> None:
    allowed = {"charts/palette.py", "shell/frame.css", "shell/menu.py"}  # the menu holds the logo
    found = {
        str(path.relative_to(PROJECT / "pages" / "ui"))
        for path in (PROJECT / "pages").rglob("*")
        if path.suffix in (".py", ".css") and re.search(r"#[0-9a-fA-F]{6}\b", path.read_text("utf-8"))
    }
    assert found == allowed
