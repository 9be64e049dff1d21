"""Models that predict stars from factors: Cornac MF, LensKit BiasedMF, Surprise SVD and SVD++.

Each: name; library; predicts_stars; (split) makes the library's own dataset; fit(settings) trains; predicted() gives
the stars of the test rows as the library answers them; scores() all users x all items.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Arrays = dict[str, np.ndarray]
Settings = dict[str, Any]


def places(raw_of: Any, n: int) -> np.ndarray:
    """The library's own index of each of our indices 0..n-1, -1 where it has none."""
    return np.array([raw_of.get(index, -1) for index in range(n)])


def rows(table: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The table's rows at the places, 0 where there is none."""
    found = np.asarray(table)[places]
    found[places < 0] = 0
    return found


class CornacMf:
    """Cornac MF: stochastic gradient descent in C++ (Cython)."""

    name, library, predicts_stars = "cornac_mf", "cornac", True

    def __init__(self, split: Arrays) -> None:
        from cornac.data import Dataset

        triples = zip(split["train_users"].tolist(), split["train_items"].tolist(), split["train_stars"], strict=True)
        self._train, self._split = Dataset.from_uir(list(triples)), split
        n_users, n_items = split["sizes"]
        self._users, self._items = places(self._train.uid_map, n_users), places(self._train.iid_map, n_items)

    def fit(self, settings: Settings) -> None:
        from cornac.models import MF

        self._model = MF(use_bias=True, verbose=False, **settings)
        self._model.fit(self._train)

    def scores(self) -> np.ndarray:
        m, users, items = self._model, self._users, self._items
        biases = rows(m.u_biases, users)[:, None] + rows(m.i_biases, items)[None, :]
        return m.global_mean + biases + rows(m.u_factors, users) @ rows(m.i_factors, items).T

    def predicted(self) -> np.ndarray:
        return self.scores()[self._split["test_users"], self._split["test_items"]]


class LensKitBiasedMf:
    """LensKit BiasedMF: alternating least squares in Rust."""

    name, library, predicts_stars = "lenskit_biased_mf", "lenskit", True

    def __init__(self, split: Arrays) -> None:
        import pandas as pd
        from lenskit.data import from_interactions_df

        columns = {"user_id": "train_users", "item_id": "train_items", "rating": "train_stars"}
        self._train = from_interactions_df(pd.DataFrame({name: split[key] for name, key in columns.items()}))
        self._split = split

    def fit(self, settings: Settings) -> None:
        from lenskit.als import BiasedMFScorer
        from lenskit.training import TrainingOptions

        self._model = BiasedMFScorer(**settings)
        self._model.train(self._train, TrainingOptions(rng=0))

    def scores(self) -> np.ndarray:
        from lenskit.data import ItemList, RecQuery

        n_users, n_items = self._split["sizes"]
        all_items = ItemList(item_ids=np.arange(n_items))
        scores = [self._model(RecQuery(user_id=user), all_items).scores("numpy") for user in range(n_users)]
        return np.stack(scores)

    def predicted(self) -> np.ndarray:
        """Where the library has no answer (an item without a training row): the training mean."""
        found = self.scores()[self._split["test_users"], self._split["test_items"]]
        return np.where(np.isnan(found), self._split["train_stars"].mean(), found)


class SurpriseSvd:
    """Surprise SVD: stochastic gradient descent in Cython."""

    name, library, predicts_stars = "surprise_svd", "scikit-surprise", True

    def __init__(self, split: Arrays) -> None:
        import pandas as pd
        from surprise import Dataset, Reader

        frame = pd.DataFrame({name: split[f"train_{name}"] for name in ("users", "items", "stars")})
        reader = Reader(rating_scale=tuple(map(float, split["scale"])))
        self._train, self._split = Dataset.load_from_df(frame, reader).build_full_trainset(), split
        n_users, n_items = split["sizes"]
        self._users = places(self._train._raw2inner_id_users, n_users)
        self._items = places(self._train._raw2inner_id_items, n_items)

    def fit(self, settings: Settings) -> None:
        from surprise import SVD

        self._model = SVD(random_state=0, **settings)
        self._model.fit(self._train)

    def predicted(self) -> np.ndarray:
        pairs = zip(self._split["test_users"].tolist(), self._split["test_items"].tolist(), strict=True)
        return np.array([self._model.predict(user, item).est for user, item in pairs])

    def scores(self) -> np.ndarray:
        m, users, items = self._model, self._users, self._items
        biases = rows(m.bu, users)[:, None] + rows(m.bi, items)[None, :]
        return self._train.global_mean + biases + rows(self._user_factors(), users) @ rows(m.qi, items).T

    def _user_factors(self) -> np.ndarray:
        return np.asarray(self._model.pu)


class SurpriseSvdpp(SurpriseSvd):
    """Surprise SVD++: each user's vector has the sum of what was rated in it."""

    name = "surprise_svdpp"

    def fit(self, settings: Settings) -> None:
        from surprise import SVDpp

        self._model = SVDpp(random_state=0, **settings)
        self._model.fit(self._train)

    def _user_factors(self) -> np.ndarray:
        rated, implied = self._train.ur, np.asarray(self._model.yj)
        sums = [implied[[item for item, _ in rated[user]]].sum(axis=0) for user in range(self._train.n_users)]
        roots = np.sqrt([len(rated[user]) for user in range(self._train.n_users)])
        return np.asarray(self._model.pu) + np.stack(sums) / roots[:, None]
