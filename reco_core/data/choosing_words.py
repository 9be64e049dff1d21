"""Choosing what the items of a dataset are called: in its record where it was added, else beside the datasets."""

from __future__ import annotations

from reco_core.data import item_words
from reco_core.data.own import store
from reco_core.kinds import ItemKind
from reco_core.owners import OPERATOR


def choose_words(dataset: str, kind: ItemKind | None, visitor: str = OPERATOR) -> None:
    """Keep the words for the dataset of this name; None forgets them, so that they are guessed again.

    Raises StorageError where they cannot be kept, OwnerError where the dataset is another visitor's.
    """
    if store.find(dataset):
        store.change(dataset, visitor, kind="" if kind is None else kind.text)
    else:
        item_words.choose_kind(dataset, kind)
