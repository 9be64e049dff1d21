"""One person's list: scores by a model, made into a list by the settings."""

from __future__ import annotations

from reco_core.errors import RunError
from reco_core.models.fitted import Fitted
from reco_core.models.folding import Person
from reco_core.ratings import Ratings
from reco_core.recommend.item_features import ItemFacts
from reco_core.recommend.rerank import ListSettings, Reranked, rerank


def recommend_to(
    fitted: Fitted,
    ratings: Ratings,
    person: Person,
    settings: ListSettings | None = None,
    second: Fitted | None = None,
    facts: ItemFacts | None = None,
) -> Reranked:
    """The best items for a user of the training or for a visitor, best first, equal scores by index.

    settings: how the list is made, by default the 10 best that the person has not rated. second: a model whose scores
    are blended in. facts: those of the dataset's items, where they are at hand. Raises SettingsError, UnknownIdError,
    and RunError where the models are of different datasets.
    """
    for model in filter(None, (fitted, second)):
        if model.shape.n_items != ratings.n_items:
            raise RunError(
                f"A list needs models of the same dataset, with {ratings.n_items:,} items; got one with "
                f"{model.shape.n_items:,}."
            )
    facts = ItemFacts.of(ratings) if facts is None else facts
    other = None if second is None else person.of(second).score
    features = facts.features(fitted.scorer.item_vectors)
    return rerank(person.of(fitted).score, settings or ListSettings(), facts, person.items, other, features)
