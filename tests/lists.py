"""A user's list by a bare scorer."""

from __future__ import annotations

from reco_core.models import get_model
from reco_core.models.fitted import Fitted
from reco_core.models.folding import Person
from reco_core.models.spec import Scorer, Shape
from reco_core.ratings import Ratings
from reco_core.recommend.recommend_to import recommend_to
from reco_core.recommend.rerank import ListSettings, Reranked


def top_n(scorer: Scorer, ratings: Ratings, user_index: int, n: int = 10) -> Reranked:
    """What recommend_to gives a user of the dataset for these scores."""
    spec = get_model("mf")
    model = Fitted(spec, spec.parse(), Shape.of(ratings, 3.0), {}, scorer)
    return recommend_to(model, ratings, Person.known(ratings, user_index), ListSettings(n))
