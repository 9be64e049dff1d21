"""What an item is called where a person chooses it: no two items share a label, though titles may."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from reco_core.ratings import Ratings
from reco_core.shown_text import IDENTIFIER, TITLE, one_line, shortened, unlike


def titles_of(ratings: Ratings) -> list[str]:
    """`Title (year)` of each item index, the title alone where the year is not known; titles may be equal."""
    rows = zip(ratings.item_table["title"], ratings.item_table["year"], strict=True)
    return [title_text(title, year) for title, year in rows]


def title_text(title: str, year: object) -> str:
    """`Title (year)`, or the title alone where the year is not known; on one line, a long title shortened."""
    text = shortened(title, TITLE)
    return text if pd.isna(year) or year == "" else f"{text} ({int(year)})"


def id_text(raw: object, index: int) -> str:
    """An id as it is shown: one that is long, or has what cannot be seen, with its place, so that no two look alike."""
    text = shortened(raw, IDENTIFIER)
    return text if text == str(raw) else f"{text} #{index}"


def labels_of(ratings: Ratings) -> list[str]:
    """The title of each item index; of equal ones, what tells them apart: `Title (year) · 255 ratings · id 268`."""
    titles = titles_of(ratings)
    times = Counter(titles)
    labels = [title if times[title] == 1 else told_apart(ratings, index) for index, title in enumerate(titles)]
    if len(set(labels)) == len(labels):
        return labels
    # A title that looks like such a label; after that, a label is numbered.
    return unlike((told_apart(ratings, index) for index in range(ratings.n_items)), 2 * TITLE)


def told_apart(ratings: Ratings, item_index: int) -> str:
    """Title, number of ratings and id of one item."""
    row, count = ratings.item_table.iloc[item_index], int(ratings.item_counts[item_index])
    title, known = title_text(row["title"], row["year"]), f"{count:,} rating{'s' * (count != 1)}"
    return f"{title} · {known} · id {id_text(ratings.items.ids[item_index], item_index)}"


def named(ratings: Ratings, text: str) -> list[int]:
    """Item indices whose title, with or without its year, is the text; else those whose title has it in it."""
    wanted = one_line(text).casefold()
    short = [one_line(title).casefold() for title in ratings.item_table["title"]]
    long = [title.casefold() for title in titles_of(ratings)]
    exact = [index for index, pair in enumerate(zip(short, long, strict=True)) if wanted in pair]
    found = exact or [index for index, title in enumerate(short) if wanted and wanted in title]
    order = np.argsort(-ratings.item_counts[found], kind="stable") if found else []
    return [found[place] for place in order]
