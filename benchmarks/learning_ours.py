"""`python -m benchmarks.learning_ours bare|cold|final`: our seconds to the goal, in a process like the worker.

bare: a shape never compiled, in a process that only loaded TensorFlow. cold: the same in a worker that has warmed
itself on a first click's run; then warm, that shape again once the worker compiled it in an idle moment.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

from benchmarks.dataset import rated
from benchmarks.fitting import fit
from benchmarks.learning import DIM, GOAL, SPLIT
from reco_core.evaluation.rating import rating_metrics
from reco_core.events import EpochEnded
from reco_core.jobs.results.run_data import ratings_of
from reco_core.jobs.running.load_tensorflow import load
from reco_core.jobs.running.training_job import warm_up
from reco_core.jobs.server.manager import FIRST_DATASET, first_request
from reco_core.models import get_model
from reco_core.ratings import Ratings
from reco_core.split import Split, make_split
from reco_core.training.loop import Programs, Training

SPEC = get_model("mf_bias")
WARM_FITS = 7


def main() -> None:
    """Prints {design: figures} as JSON."""
    load()
    ratings = rated()
    split = make_split(ratings, SPLIT)
    if sys.argv[1] == "final":
        whole = fit(SPEC, ratings, split, values={"dim": DIM})
        print(json.dumps({"final": whole.figures(ratings)["rmse"], "seconds": whole.seconds}))
        return
    programs = Programs()
    if sys.argv[1] == "cold":
        warm_itself(programs)
    answer = {sys.argv[1]: to_goal(ratings, split, programs)}
    if sys.argv[1] == "cold":
        programs.compile()
        to_goal(ratings, split, programs)
        warm = [to_goal(ratings, split, programs) for _ in range(WARM_FITS)]
        answer["warm"] = {key: float(np.median([one[key] for one in warm])) for key in warm[0]}
    print(json.dumps(answer))


def warm_itself(programs: Programs) -> None:
    """What the app's worker does when it starts.

    The demo has as many users and items as MovieLens 100K: with its own dim, no shape here would be a new one.
    """
    request = first_request(FIRST_DATASET, FIRST_DATASET).model_copy(update={"settings": {"dim": DIM // 2}})
    warm_up(request, programs, ratings_of)
    programs.compile()


def to_goal(ratings: Ratings, split: Split, programs: Programs) -> dict[str, float]:
    """Seconds to the first epoch and to the goal, the epochs that took, and the RMSE there."""
    import tensorflow as tf

    tf.reduce_sum(tf.ones([8, 8])).numpy()
    settings = SPEC.parse({"dim": DIM})
    began, scoring, first = time.perf_counter(), 0.0, 0.0
    training = Training(SPEC, settings, ratings, split, 0, programs)
    for event in training.events():
        if not isinstance(event, EpochEnded):
            continue
        now = time.perf_counter()
        first = first or now - began
        scorer = SPEC.scorer(training.arrays(), training.shape, settings)
        predicted = scorer.score(ratings.user_index[split.test], ratings.item_index[split.test])
        rmse = rating_metrics(predicted, ratings.rating[split.test], ratings.scale)["rmse"]
        if rmse <= GOAL:
            return {"first": first, "goal": now - began - scoring, "rmse": rmse, "epochs": event.epoch}
        scoring += time.perf_counter() - now
    raise RuntimeError(f"test RMSE {GOAL} was not reached; it stands at {rmse:.4f}")


if __name__ == "__main__":
    main()
