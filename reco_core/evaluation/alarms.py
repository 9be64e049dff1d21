"""What is wrong with a trained model, in words, with what to do about it. Rules and thresholds: docs/evaluation.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reco_core.evaluation.evidence import Evidence
from reco_core.models.spec import ModelSpec

# Above these, an alarm is raised.
OVERLAP = 0.8
NORM_POPULARITY = 0.7
OUTSIDE = 0.05
RISE_ALTHOUGH_KEPT = 0.01

Figures = Mapping[str, float | None]


@dataclass(frozen=True)
class Alarm:
    """One thing that is wrong: its name, what was found, and what helps."""

    name: str
    sentence: str
    remedy: str


def alarms(spec: ModelSpec, test: Figures, baselines: Mapping[str, Figures], evidence: Evidence) -> tuple[Alarm, ...]:
    """Every alarm of a model with these figures on the test rows, the gravest first; empty where all is well.

    baselines: figures of the models without learning on the same rows; what is not there is not compared.
    """
    found = (
        *_collapse(spec, evidence),
        *_worse_than_popularity(spec, test, baselines.get("popularity", {}), evidence.k),
        *_worse_than_bias(test, baselines.get("bias", {})),
        *_over_fitting(evidence),
        *_outside_scale(evidence),
        *_dead_dimensions(evidence),
        *_norm_follows_popularity(evidence),
    )
    return found


def _collapse(spec: ModelSpec, evidence: Evidence) -> Iterator[Alarm]:
    if evidence.overlap is None or not evidence.overlap > OVERLAP:
        return
    found = (
        f"Everyone gets nearly the same list: of the first {evidence.k} places, before rated movies are taken out, two "
        f"users have {evidence.overlap:.0%} in common."
    )
    if not spec.personal:
        remedy = "This model knows no taste, so it cannot be otherwise: it is here to be compared with."
    else:
        remedy = (
            "The model tells movies apart, not people. Choose one with a dot product of both vectors, or give the net "
            "more to join them with; a smaller learning rate or less dropout may help, and predicted stars may still "
            "be good."
        )
    yield Alarm("collapse", found, remedy)


def _worse_than_popularity(spec: ModelSpec, test: Figures, popularity: Figures, k: int) -> Iterator[Alarm]:
    name = f"ndcg@{k}"
    own, rival = test.get(name), popularity.get(name)
    if own is None or rival is None or not own < rival:
        return
    if spec.predicts_stars:
        remedy = (
            "Stars say how much somebody likes what they chose to see, not what they choose. Use this model for "
            "stars, and for lists one that is trained to rank."
        )
    else:
        remedy = "Train it longer, with a larger dim or less l2, until its lists know more than what everybody watches."
    sentence = f"Its lists are worse than the most popular movies: {name.upper()} {own:.3f} against {rival:.3f}."
    yield Alarm("worse_than_popularity", sentence, remedy)


def _worse_than_bias(test: Figures, bias: Figures) -> Iterator[Alarm]:
    own, rival = test.get("rmse"), bias.get("rmse")
    if own is None or rival is None or own <= rival:
        return
    yield Alarm(
        "worse_than_bias",
        f"Its stars are worse than those of bias, which knows no taste: RMSE {own:.3f} against {rival:.3f}.",
        "It learned too little (more epochs, a larger learning rate) or too much by heart (more l2, a smaller dim).",
    )


def _over_fitting(evidence: Evidence) -> Iterator[Alarm]:
    course = evidence.course
    if course is None:
        return
    kept = course.kept == course.best
    if kept and abs(course.at_last - course.at_best) <= RISE_ALTHOUGH_KEPT * abs(course.at_best):
        return
    found = (
        f"It over-fitted: validation {course.figure} was best in epoch {course.best} ({course.at_best:.4f}) and "
        f"{course.at_last:.4f} in epoch {course.last}. "
    )
    if kept:
        found += f"The weights of epoch {course.kept} were kept, so the figures do not suffer; the rest was in vain."
    else:
        found += f"The result is from epoch {course.kept}."
    yield Alarm("over_fitting", found, "More l2 or dropout, a smaller dim, or patience, which keeps the best epoch.")


def _outside_scale(evidence: Evidence) -> Iterator[Alarm]:
    if evidence.outside is None or not evidence.outside > OUTSIDE:
        return
    extremes = "none is a number"
    if evidence.least is not None:
        extremes = f"they go from {evidence.least:.2f} to {evidence.most:.2f}"
    yield Alarm(
        "outside_scale",
        f"{evidence.outside:.1%} of the predictions on test rows lie outside the scale: {extremes}. They are clipped "
        "before they are scored.",
        "More l2, a smaller learning rate, or an output that is bounded to the scale.",
    )


def _dead_dimensions(evidence: Evidence) -> Iterator[Alarm]:
    if not evidence.dead:
        return
    yield Alarm(
        "dead_dimensions",
        f"{evidence.dead} of {evidence.dim} dimensions are dead: they are the same for every movie, or for every user.",
        "A smaller dim does the same with less; or less l2, a smaller learning rate, other first weights.",
    )


def _norm_follows_popularity(evidence: Evidence) -> Iterator[Alarm]:
    found = evidence.norm_popularity
    if found is None or abs(found) <= NORM_POPULARITY:
        return
    word = "longer" if found > 0 else "shorter"
    yield Alarm(
        "norm_follows_popularity",
        f"The more a movie was rated, the {word} its vector (rank correlation {found:.2f}): what is near by dot "
        "product or distance is what is as well-known.",
        "Compare vectors by cosine, which leaves length out; another l2, or fewer epochs, makes lengths more alike.",
    )
