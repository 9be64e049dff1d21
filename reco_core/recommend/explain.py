"""Why an item is recommended to somebody: parts of its score that add up, and the ratings that stand behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from reco_core.errors import UnknownIdError
from reco_core.models.fitted import Fitted
from reco_core.models.folding import Person
from reco_core.models.reasons import Why, by_leaving_out, cosines, in_one_piece, opinions_of

NEAR = 5


def explain(model: Fitted, person: Person, item_index: int) -> Why:
    """The reasons for the score that the model gives this item for this person; raises UnknownIdError."""
    return explain_all(model, person, [item_index])[0]


def explain_all(model: Fitted, person: Person, items: Sequence[int]) -> list[Why]:
    """The reasons for each item's score, as the model's spec tells them.

    A model that says nothing of its own is explained by leaving ratings out, one that takes nobody in, in one piece.
    Raises UnknownIdError.
    """
    for item in items:
        if not 0 <= item < model.shape.n_items:
            raise UnknownIdError(f"item_index must be from 0 to {model.shape.n_items - 1}; got {item}.")
    if model.spec.explain is not None:
        told = [model.spec.explain(model, person, item) for item in items]
    elif model.spec.fold_in is not None:
        told = by_leaving_out(model, person, items)
    else:
        told = [in_one_piece(model, item) for item in items]
    return [replace(why, near=nearest_liked(model, person, why.item_index)) for why in told]


def nearest_liked(model: Fitted, person: Person, item_index: int, k: int = NEAR) -> tuple[tuple[int, float], ...]:
    """(index, cosine) of the items that the person liked and that are most like this one, without the item itself.

    Liked is what is rated at least as high as the person's average and counts as an opinion for it. By the model's
    item vectors; empty for a model without any.
    """
    vectors = model.scorer.item_vectors
    if vectors is None or len(person.items) == 0:
        return ()
    liked = (person.stars >= person.stars.mean()) & (opinions_of(model, person) > 0) & (person.items != item_index)
    items = person.items[liked]
    alike = cosines(vectors[items], vectors[item_index])
    order = np.argsort(-alike, kind="stable")[:k]
    return tuple((int(items[place]), float(alike[place])) for place in order if alike[place] > 0)
