"""A run's vectors as the files that TensorBoard's embedding projector reads, with a sprite of posters."""

from __future__ import annotations

from io import BytesIO
from math import ceil, sqrt
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from reco_core.data.item_words import words_of
from reco_core.data.personal import unidentifying
from reco_core.posters import Posters
from reco_core.ratings import Ratings
from reco_core.runs import RunReading
from reco_core.shown_text import TITLE, shortened
from reco_core.spreadsheet import harmless

CONFIG = "projector_config.pbtxt"
# The projector shows pictures as squares and reads sprites of at most 8,192 px; a poster takes 5 ms to draw.
PICTURE, LARGEST_SPRITE, MOST_PICTURES = 64, 8192, 5000


def write_projector(run: RunReading, ratings: Ratings, folder: Path, posters: Posters | None = None) -> None:
    """Vectors, metadata and config for items and users; nothing where the run has no vectors.

    The sprite is left out above 5,000 items.
    """
    scorer = run.scorer()
    if scorer.item_vectors is None:
        return
    parts = [_side(folder, "items", scorer.item_vectors, _item_facts(ratings, scorer.item_bias))]
    if ratings.n_items <= MOST_PICTURES:
        parts[0] = parts[0].removesuffix("}\n") + _sprite(ratings, folder / "items", posters or Posters()) + "}\n"
    parts.append(_side(folder, "users", scorer.user_vectors, _user_facts(ratings, scorer.user_bias)))
    (folder / CONFIG).write_text("".join(parts), encoding="utf-8")


def _side(folder: Path, name: str, vectors: np.ndarray, facts: pd.DataFrame) -> str:
    """Write one side's two tables; gives its entry in the config."""
    (folder / name).mkdir()
    np.savetxt(folder / name / "tensors.tsv", vectors, fmt="%.7g", delimiter="\t")
    lines = [
        "\t".join(map(_cell, facts.columns)),
        *("\t".join(map(_cell, row)) for row in facts.itertuples(index=False)),
    ]
    (folder / name / "metadata.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    paths = f'  tensor_path: "{name}/tensors.tsv"\n  metadata_path: "{name}/metadata.tsv"\n'
    return f'embeddings {{\n  tensor_name: "{name}"\n{paths}}}\n'


def _sprite(ratings: Ratings, folder: Path, posters: Posters) -> str:
    """Write all posters into one image, row by row, each in the middle of a square; gives its entry in the config."""
    columns = ceil(sqrt(ratings.n_items))
    side = min(PICTURE, LARGEST_SPRITE // columns)
    rows = ceil(ratings.n_items / columns)
    sheet = Image.new("RGBA", (columns * side, rows * side))
    for place, content in enumerate(_pictures(ratings, posters)):
        with Image.open(BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as opened:
            picture = opened.convert("RGB")
        picture.thumbnail((side, side))
        across, down = place % columns, place // columns
        sheet.paste(picture, (across * side + (side - picture.width) // 2, down * side + (side - picture.height) // 2))
    sheet.save(folder / "sprite.png")
    where = f'    image_path: "{folder.name}/sprite.png"\n'
    return f"  sprite {{\n{where}    single_image_dim: {side}\n    single_image_dim: {side}\n  }}\n"


def _pictures(ratings: Ratings, posters: Posters) -> list[bytes]:
    """The poster of each item, from its folder or drawn: nothing is fetched unless the finder has a key."""
    table, drawing = ratings.item_table, words_of(ratings).drawing
    return [
        posters.find(
            ratings.name, id_, str(title), None if pd.isna(year) else int(year), str(genres), drawing=drawing
        ).content
        for id_, title, year, genres in zip(
            ratings.items.ids, table["title"], table["year"], table["genres"], strict=True
        )
    ]


def _item_facts(ratings: Ratings, bias: np.ndarray | None) -> pd.DataFrame:
    table = ratings.item_table
    genres = table["genres"].astype(str)
    facts = {
        "title": table["title"],
        "item_id": ratings.items.ids,
        "year": ["" if pd.isna(year) else int(year) for year in table["year"]],
        "first_genre": genres.str.partition("|")[0],
        "genres": genres,
        "ratings": ratings.item_counts,
        "mean_stars": _means(ratings, ratings.item_index, ratings.n_items),
    }
    return _with_bias(pd.DataFrame({name: list(column) for name, column in facts.items()}), bias)


def _user_facts(ratings: Ratings, bias: np.ndarray | None) -> pd.DataFrame:
    facts = {
        "user_id": ratings.users.ids,
        "ratings": ratings.user_counts,
        "mean_stars": _means(ratings, ratings.user_index, ratings.n_users),
    }
    if ratings.user_table is not None:
        facts |= {
            str(name): column for name, column in unidentifying(ratings.user_table).items() if str(name) not in facts
        }
    return _with_bias(pd.DataFrame({name: list(column) for name, column in facts.items()}), bias)


def _with_bias(facts: pd.DataFrame, bias: np.ndarray | None) -> pd.DataFrame:
    return facts if bias is None else facts.assign(bias=np.round(bias.astype(float), 4))


def _means(ratings: Ratings, index: np.ndarray, n: int) -> np.ndarray:
    """Mean stars of each, rounded, nan without a rating: float64 [n]."""
    sums, counts = np.bincount(index, ratings.rating, n), np.bincount(index, minlength=n)
    return np.round(np.divide(sums, counts, out=np.full(n, np.nan), where=counts > 0), 3)


def _cell(value: object) -> str:
    """A value as one cell of a TSV, which the projector shows: its text shortened and no formula; nothing for none."""
    return "" if pd.isna(value) else str(harmless(shortened(value, TITLE) if isinstance(value, str) else str(value)))
