"""Every page stands on data that is hardly any, and on any scale of ratings."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reco_core import data
from reco_core.events import Finished
from reco_core.models.spec import Shape
from reco_core.models.weights import initial
from reco_core.ratings import Ratings
from reco_core.runs import Run, RunRequest, RunStore, Sizes
from tests.apptest import epoch, open_page, started, texts

PAGES = ("data", "train", "evaluate", "embeddings", "similar", "recommend", "foryou", "compare", "home")
MOST_CHOICES = 110  # of one widget


def square(stars: Callable[[int], object], n_users: int = 12, n_items: int = 9) -> str:
    """Two thirds of all pairs, the n-th rated stars(n)."""
    pairs = [(user, item) for user in range(n_users) for item in range(n_items) if (user + item) % 3]
    return "".join(f"{user},{item},{stars(n)}\n" for n, (user, item) in enumerate(pairs))


TINY = {
    "two users": "a,x,1\nb,y,5\nb,x,3\na,y,4\n",
    "one user": "".join(f"a,{n},{1 + n % 5}\n" for n in range(12)),
    "one item": "".join(f"{n},x,{1 + n % 5}\n" for n in range(12)),
    "one rating each": "".join(f"{n},{n},{1 + n % 5}\n" for n in range(12)),
    "all but one equal": square(lambda n: 5 if n else 1),
    "everybody rated all": "".join(f"{u},{i},{1 + (u * i) % 5}\n" for u in range(6) for i in range(4)),
}
SCALES = {
    "thirds": square(lambda n: 1 + n % 13 / 3),
    "averages": square(lambda n: 1 + 4 * (n * 7919 % 997) / 997),
    "uneven": square(lambda n: (1, 3, 10)[n % 3]),
    "yes and no": square(lambda n: n % 2),
    "below 0": square(lambda n: (n * 37 % 2001 - 1000) / 100),
    "counts": square(lambda n: 1 + n**3 * 7 % 340_458),
    "millionths": square(lambda n: f"{1e-6 * (n % 9):.6f}"),
}


def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: str) -> tuple[Ratings, Run]:
    """A dataset of these rows, and a finished run of mf_bias on it with its first weights."""
    path = tmp_path / "hardly.csv"
    path.write_text("user,item,rating\n" + rows)
    monkeypatch.setenv("RECO_DATASET", str(path))
    ratings = data.load(path)
    run = RunStore().create(RunRequest(source=str(path), dataset=ratings.name, model="mf_bias"))
    shape = Shape.of(ratings, float(ratings.rating.mean()))
    run.update(dataset_fingerprint=ratings.fingerprint, sizes=Sizes.of(shape).model_dump(mode="json"))
    with run.record() as recording:
        recording.emit(started(run))
        recording.emit(epoch(1))
        recording.save(initial(run.spec.layout(run.settings, shape), np.random.default_rng(0)), 1)
        run.write_metrics({"test": {"rmse": 0.9, "ndcg@10": 0.1}, "baselines": {}, "protocol": "All unrated items."})
        recording.emit(Finished(time=time.time(), epochs=1, best_epoch=1, seconds={"total": 1.0}))
    return ratings, run


@pytest.mark.parametrize("rows", TINY.values(), ids=TINY)
def test_every_page_stands_on_hardly_any_data(tmp_path, monkeypatch, rows):
    ratings, run = opened(tmp_path, monkeypatch, rows)
    for page in PAGES:
        app = open_page(page, run=run.id, rated=f"{ratings.items.ids[0]}~{ratings.scale.max!r}")
        assert not app.exception and not app.error, page
        assert not re.search(r"\b(nan|inf)\b", texts(app)), page


@pytest.mark.parametrize("rows", SCALES.values(), ids=SCALES)
def test_every_scale_can_be_rated_on_changed_and_looked_at(tmp_path, monkeypatch, rows):
    ratings, run = opened(tmp_path, monkeypatch, rows)
    scale = ratings.scale
    first, second = ratings.items.ids[:2]
    app = open_page("foryou", run=run.id, rated=f"{first}~{scale.max!r}_{second}~{scale.min!r}")
    assert not app.exception and not app.warning and "Based on 2 ratings" in texts(app)
    levels = json.loads(next(e for e in app.get("bidi_component") if e.proto.component_name == "reco_rate").proto.json)[
        "levels"
    ]
    assert (levels[0], levels[-1]) == (scale.min, scale.max) and len(levels) < MOST_CHOICES

    app = open_page("recommend", run=run.id, user=str(ratings.users.ids[0]))
    slider = next(one for one in app.select_slider if one.label == "instead")
    assert len(slider.options) == len(set(slider.options)) < MOST_CHOICES
    for end in (scale.max, scale.min):
        slider.set_value(end).run()
        assert not app.exception and not app.error

    for page, tab in (("data", "Overview"), ("data", "Matrix"), ("evaluate", "Stars"), ("evaluate", "Lists")):
        app = open_page(page, run=run.id, **{f"{page}_tab": tab})
        assert not app.exception and not app.error, (page, tab)
        assert all(len(box.options) < MOST_CHOICES for box in app.selectbox)
    assert RunStore().open(run.id).shape.scale == scale
