"""How soon biased matrix factorisation is good: seconds of fitting to a test RMSE of 0.94, against other libraries."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks import peers
from benchmarks.dataset import rated
from benchmarks.goals import Goal
from benchmarks.peer_settings import CORNAC_MF, FACTORS, Peer
from benchmarks.process import in_new_process
from benchmarks.section import Section
from reco_core.ratings import Ratings
from reco_core.split import Split, SplitSettings, make_split

GOAL, DIM, ROUNDS, MOST_EPOCHS, REPEATS = 0.94, 40, 3, 25, 7
SPLIT = SplitSettings(kind="random", test_size=0.2, val_size=0.0, seed=0)
LABELS = {
    "warm": ("this project, shape trained before", "defaults"),
    "cold": ("this project, shape never seen", "defaults"),
    "bare": ("this project, shape never seen, worker just loaded", "defaults"),
    "notebook": ("model.fit, batch 128", "the notebook's"),
}
TEXT = (
    f"Biased matrix factorisation, dim {DIM}, random 80/20 (seed 0): seconds of fitting to a test RMSE of {GOAL}, in "
    f"processes of their own, {ROUNDS} rounds in turn, medians. This project and `model.fit` are timed from building "
    "the model, TensorFlow loaded; the clock stands still while test rows are scored. *Shape never seen*: in a worker "
    "that has done what it does when the app starts (the first epoch of a first click's run on the demo, here with "
    f"half the dim, as the demo has MovieLens 100K's sizes). *Trained before*: after the idle moment in which a worker "
    "compiles what it trained; that second is not counted. Other libraries are imported, have built their dataset "
    "and fitted once before the clock starts; n is the least number of epochs that reaches the goal, tried one by one, "
    f"and the time is that of fitting exactly n, median of {REPEATS} in each round; *soonest* are the settings "
    "that reach it fastest on validation rows. Final RMSE: this project chooses its epochs on validation rows, then "
    "learns from all training rows; `model.fit` takes the notebook's epochs; other libraries their default epochs, "
    "or (beside *soonest*) the settings that are best on validation rows, and the seconds of that."
)


def run() -> Section:
    """Each design in turn, so that a slow moment hits all of them."""
    ratings = rated()
    split = make_split(ratings, SPLIT)
    rows: dict[str, list[dict[str, float]]] = {name: [] for name in LABELS}
    found = {} if peers.missing() else _found(ratings, split)
    rows |= {name: [] for name in found}
    for _ in range(ROUNDS):
        answers = in_new_process("benchmarks.learning_ours", "cold")
        answers |= in_new_process("benchmarks.learning_ours", "bare")
        answers["notebook"] = in_new_process("benchmarks.learning_fit")
        for name, (peer, settings, known) in found.items():
            asked = peers.ask(peer.name, ratings, split, [settings], REPEATS, True, False)
            answers[name] = known | {"goal": float(np.median(asked.fits[0].seconds))}
        for name, answer in answers.items():
            rows[name].append(answer)
            print(name, answer, flush=True)
    medians = {name: {key: _median(row, key) for key in row[0]} for name, row in rows.items()}
    final = in_new_process("benchmarks.learning_ours", "final")
    medians["cold"] |= final
    columns = ["design", "settings", "epochs", f"RMSE {GOAL}, s", "RMSE then", "warm is", "final RMSE", "in, s"]
    labels = LABELS | {name: tuple(name.split("|")) for name in found}
    cells = [_row(labels[name], values, medians["warm"]["goal"]) for name, values in medians.items()]
    notes = [note for note in [peers.missing()] if note]
    return Section("Time to learn", TEXT, columns, cells, goals(medians), notes)


def _median(answers: list[dict[str, float]], key: str) -> float:
    return float(np.median([answer[key] for answer in answers]))


def _found(ratings: Ratings, split: Split) -> dict[str, tuple[Peer, dict[str, Any], dict[str, float]]]:
    """By `title|settings`: the library's model, its settings with the epochs it needs, and its other figures."""
    found = {}
    for peer in FACTORS:
        default, tuned = peer.rows["defaults, dim 40"], peer.rows["tuned"]
        for label, quick, whole in (("defaults", default, default), ("soonest", peer.soonest, tuned)):
            tried = [quick | {peer.iterations: n} for n in range(1, MOST_EPOCHS + 1)]
            asked = peers.ask(peer.name, ratings, split, [*tried, whole], 1, True, False)
            rmse = [peers.figures(fit, ratings, split)["rmse"] for fit in asked.fits]
            n = next((n for n, value in enumerate(rmse[:-1], start=1) if value <= GOAL), None)
            if n is None:
                print(f"{peer.title} did not reach {GOAL} in {MOST_EPOCHS} epochs; left out", flush=True)
                continue
            known = {"rmse": rmse[n - 1], "epochs": n, "final": rmse[-1], "seconds": asked.fits[-1].seconds[0]}
            found[f"{peer.title} {asked.version}|{label}"] = (peer, tried[n - 1], known)
    return found


def _row(label: tuple[str, ...], values: dict[str, float], warm: float) -> list[str]:
    final, seconds = values.get("final"), values.get("seconds")
    times = values["goal"] / warm
    return [
        *label,
        f"{values['epochs']:.0f}",
        f"{values['goal']:.3f}" if values["goal"] < 1 else f"{values['goal']:.2f}",
        f"{values['rmse']:.4f}",
        "" if times == 1 else f"{times:.1f}x faster" if times > 1 else f"{1 / times:.1f}x slower",
        "" if final is None else f"{final:.4f}",
        "" if seconds is None else f"{seconds:.2f}",
    ]


def goals(medians: dict[str, dict[str, float]]) -> list[Goal]:
    """What this section is to reach, with what it reached."""
    cold, warm, notebook = (medians[name]["goal"] for name in ("cold", "warm", "notebook"))
    found = [
        Goal("seconds to the goal, shape never seen", 0.8, cold, "s"),
        Goal("shape never seen / model.fit", 1 / 7, cold / notebook, digits=3),
        Goal("shape trained before / model.fit", 1 / 60, warm / notebook, digits=4),
        Goal("final RMSE with the defaults", 0.910, medians["cold"]["final"], digits=4),
    ]
    for name, values in medians.items():
        title, _, settings = name.partition("|")
        if not settings:
            continue
        ours, word = (warm, "trained before") if title.startswith(CORNAC_MF.title) else (cold, "never seen")
        ratio = ours / values["goal"]
        found.append(Goal(f"shape {word} / {title}, {settings}", 1.0, ratio, why=_limit(medians, word)))
    return found


def _limit(medians: dict[str, dict[str, float]], word: str) -> str:
    """Where the seconds go, from the figures."""
    ours = medians["warm" if word == "trained before" else "cold"]
    if word == "trained before":
        return (
            f"This project's {ours['epochs']:.0f} epoch(s) take {1e3 * ours['goal']:.1f} ms, with shuffling and calls."
        )
    late = ours["goal"] - medians["warm"]["goal"]
    return f"{late:.2f} s of {ours['goal']:.2f} s is building, tracing and compiling, which no C++ library has to do."
