"""The parts of a score as rows of a waterfall, in words; and as HTML. No Streamlit in here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pages.ui.shell.markdown import html, plural
from reco_core.inspect.meaning import Meaning
from reco_core.kinds import ITEM, ItemKind
from reco_core.models.reasons import Part, Why

MOST = 5


@dataclass(frozen=True)
class Row:
    """One bar: from `low` to `high` on the axis of the score; the change it makes, and more about it.

    kind: "start", "part" or "total".
    """

    label: str
    more: str
    value: float
    low: float
    high: float
    kind: str = "part"


def rows(
    why: Why,
    title: Callable[[int], str],
    meanings: Sequence[Meaning],
    start: str,
    new: bool,
    words: ItemKind = ITEM,
    most: int = MOST,
) -> list[Row]:
    """The start, the largest parts one after the other, all others as one, and the score.

    For reasons that do not add up, the largest changes alone.

    title: of an item index. start: what the first bar is called. new: the person is the visitor.
    """
    biases = [part for part in why.parts if part.kind in ("user", "item")]
    others = sorted((p for p in why.parts if p not in biases), key=lambda part: -abs(part.value))
    named = [(part.value, *_words(part, title, meanings, new, words)) for part in [*biases, *others[:most]]]
    if why.method == "left out":
        return [Row(label, more, value, min(value, 0), max(value, 0)) for value, label, more in named]
    rest = others[most:]
    if rest:
        what = "dimensions" if rest[0].kind == "dimension" else words.many
        named.append((sum(part.value for part in rest), f"The other {len(rest)} {what}", ""))
    made, at = [Row(start, "", why.start, 0.0, why.start, "start")], why.start
    if why.start == 0:
        made = []
    for value, label, more in named:
        made.append(Row(label, more, value, min(at, at + value), max(at, at + value)))
        at += value
    return [*made, Row("Total", "", why.score, min(at, 0.0), max(at, 0.0), "total")]


def _words(
    part: Part, title: Callable[[int], str], meanings: Sequence[Meaning], new: bool, words: ItemKind
) -> tuple[str, str]:
    """(label, more) of one part."""
    if part.kind == "user":
        how = ("generous" if part.value >= 0 else "strict") + " with stars"
        return (f"You are {how}" if new else f"This user is {how}"), ""
    if part.kind == "item":
        return f"This {words.one} is {'well' if part.value >= 0 else 'less'} liked in general", ""
    if part.kind == "rated":
        return title(part.index), ""
    if part.kind == "interest":
        return f"{words.Many} rated low", "the model learned from who rated what, whatever the stars"
    if part.index >= len(meanings):
        return f"Dimension {part.index + 1}", ""
    meaning = meanings[part.index]
    ends = f"from {title(meaning.low[0])} to {title(meaning.high[0])}"
    if not meaning.name:
        return f"Dimension {part.index + 1}", ends
    return f"Dimension {part.index + 1}: {meaning.name}", f"r = {meaning.correlation:+.2f}, {ends}"


def waterfall(rows_: Sequence[Row], form: str = "{:.2f}") -> str:
    """The rows as a table in HTML: label, bar, figure. All text is escaped."""
    if not rows_:
        return ""
    parts = [row for row in rows_ if row.kind == "part"]
    # The axis need not begin at 0: a start of 3 stars would leave the parts no room.
    edges = [edge for row in parts for edge in (row.low, row.high)] or [0.0, rows_[-1].high]
    low, high = min(edges), max(edges)
    pad = 0.06 * ((high - low) or 1.0)
    low, high = low - pad, high + pad
    return f"<table class='reco-why'>{''.join(_line(row, low, high, form) for row in rows_)}</table>"


def _line(row: Row, low: float, high: float, form: str) -> str:
    at = lambda value: 100 * min(max((value - low) / (high - low), 0), 1)  # noqa: E731
    left, right = (at(low), at(row.high)) if row.kind != "part" else (at(row.low), at(row.high))
    side = row.kind if row.kind != "part" else "up" if row.value >= 0 else "down"
    figure = form.format(row.value) if row.kind != "part" else _signed(row.value, form)
    more = f"<small>{html(row.more)}</small>" if row.more else ""
    bar = f"<i class='{side}' style='left:{left:.2f}%;width:{max(right - left, 0.4):.2f}%'></i>"
    return f"<tr class='{row.kind}'><th>{html(row.label)}{more}</th><td class='bar'>{bar}</td><td>{figure}</td></tr>"


def _signed(value: float, form: str) -> str:
    text = form.format(abs(value))
    return f"{'+' if value >= 0 else '−'}{text}"


def sentence(why: Why, in_stars: bool, link: bool, words: ItemKind) -> str:
    """What the bars are, in a sentence."""
    if why.method == "left out":
        n = plural(len(why.parts), "rating")
        return (
            "This model's prediction is not a sum of parts. Each bar shows how far it falls when that rating is left "
            f"out and the user is folded in again ({n} of the most similar {words.many})."
        )
    if why.method == "contributions":
        return f"What each rated {words.one} adds to the score; the parts add up to it exactly."
    unit = "stars" if in_stars else "the score"
    through = " Each is scaled by the same factor, because the model's last step is not linear." if link else ""
    return f"The terms of the model's sum, in {unit}; they add up to the prediction exactly.{through}"
