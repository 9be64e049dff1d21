"""What is wrong with a trained model, in words, with what to do about it. Rules and thresholds: docs/evaluation.md.

An alarm that would ring by construction, or by the chance of a few rows, does not: BASELINE models know no taste, and
below FEW nothing can be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reco_core.evaluation.catalogue import figure_text
from reco_core.evaluation.evidence import Evidence
from reco_core.evaluation.remedies import LESS, MORE, Advice, Move, Remedy
from reco_core.models.spec import ModelSpec, Settings

# Above these, an alarm is raised.
OVERLAP = 0.8
NORM_POPULARITY = 0.7
OUTSIDE = 0.05
RISE_ALTHOUGH_KEPT = 0.01
BASELINE = "baseline"
# Of so few users, items or rows, nothing can be told.
FEW_USERS, FEW_ITEMS, FEW_ROWS = 10, 20, 30
# Lists that hold more than this share of all items are alike whatever a model does, and worth little to tell.
MOST_LISTED = 1 / 3
RANKER = "ease"

DIVERGED = "diverged"
MORE_EPOCHS, HIGHER_RATE, LOWER_RATE = Move("epochs", MORE), Move("learning_rate", MORE), Move("learning_rate", LESS)
MORE_L2, LESS_L2, LARGER, SMALLER = Move("l2", MORE), Move("l2", LESS), Move("dim", MORE), Move("dim", LESS)
MORE_DROPOUT, LESS_DROPOUT = Move("dropout", MORE), Move("dropout", LESS)
PATIENCE, BOUNDED = Move("patience", LESS), Move("output", LESS)

Figures = Mapping[str, float | None]


@dataclass(frozen=True)
class Alarm:
    """One thing that is wrong: its name, what was found, what helps in words, and the run that would help, if any."""

    name: str
    sentence: str
    remedy: str
    next: Remedy | None = None


@dataclass(frozen=True)
class Case:
    """A trained model with its figures on the test rows, those of popularity and bias, and what was measured of it."""

    spec: ModelSpec
    settings: Settings
    test: Figures
    baselines: Mapping[str, Figures]
    evidence: Evidence

    @property
    def overdone(self) -> bool:
        """Whether it learned too much by heart, or too fast: what helps is to hold it back."""
        return self.evidence.course is not None or _is_outside(self.evidence)

    def mend(self, values: Mapping[str, object]) -> Remedy | None:
        """The same model with these values; None for none."""
        return Remedy(self.spec.name, dict(values)) if values else None


def alarms(
    spec: ModelSpec,
    test: Figures,
    baselines: Mapping[str, Figures],
    evidence: Evidence,
    settings: Settings | None = None,
) -> tuple[Alarm, ...]:
    """Every alarm of a model with these figures on the test rows, the gravest first; empty where all is well.

    A run that diverged has this one only: all else follows from it. Remedies of one run agree with one another.
    baselines: figures of the models without learning on the same rows; what is not there is not compared.
    """
    if spec.family == BASELINE:
        return ()
    case = Case(spec, settings if settings is not None else spec.parse(), test, baselines, evidence)
    if evidence.diverged:
        return (diverged(spec, case.settings, evidence),)
    advice = Advice(spec, case.settings)
    rules = (
        _collapse, _worse_than_popularity, _worse_than_bias, _overfitting, _outside_scale, _dead_dimensions,
        _norm_follows_popularity,
    )  # fmt: skip
    return tuple(alarm for rule in rules for alarm in rule(case, advice))


def diverged(spec: ModelSpec, settings: Settings, evidence: Evidence | None = None) -> Alarm:
    """The alarm of a run whose numbers grew without bound, with its one remedy."""
    advice = Advice(spec, settings)
    values = advice.take(LOWER_RATE, MORE_L2, most=1)
    found = "It diverged: its weights grew without bound, so its figures mean nothing."
    if evidence is not None and evidence.least is not None:
        extremes = f"its predictions on test rows go from {evidence.least:,.0f} to {evidence.most:,.0f}"
        found = f"It diverged: {extremes}, far outside the scale, so its figures mean nothing."
    remedy = Remedy(spec.name, values) if values else None
    return Alarm(DIVERGED, found, advice.words(values) or "Choose another model.", remedy)


def _collapse(case: Case, advice: Advice) -> Iterator[Alarm]:
    evidence = case.evidence
    if evidence.overlap is None or evidence.by_chance > MOST_LISTED or _few(evidence.users, FEW_USERS):
        return
    # Two lists share some items by chance: what is more than that counts.
    if not (evidence.overlap - evidence.by_chance) / (1 - evidence.by_chance) > OVERLAP:
        return
    found = (
        f"Everyone gets nearly the same list: before rated {evidence.words.many} are removed, two users share "
        f"{evidence.overlap:.0%} of their top {evidence.k} on average."
    )
    about = f"The model tells {evidence.words.many} apart, not people"
    if case.spec.predicts_stars:
        about += "; its predicted stars may still be good. For lists, use a model trained to rank."
        yield Alarm("collapse", found, about, Remedy(RANKER))
        return
    values = advice.take(MORE_EPOCHS, LARGER, LESS_L2)
    yield Alarm("collapse", found, _joined(f"{about}.", advice.words(values)), case.mend(values))


def _worse_than_popularity(case: Case, advice: Advice) -> Iterator[Alarm]:
    name = f"ndcg@{case.evidence.k}"
    own, rival = case.test.get(name), case.baselines.get("popularity", {}).get(name)
    if own is None or rival is None or not own < rival:
        return
    if _few(case.evidence.users, FEW_USERS) or _few(case.evidence.items, round(case.evidence.k / MOST_LISTED)):
        return
    popular = f"the most popular {case.evidence.words.many}"
    sentence = f"Its lists are worse than {popular}: {name.upper()} {own:.3f} against {rival:.3f}."
    if case.spec.predicts_stars:
        remedy = (
            "Stars say how much somebody likes what they chose, not what they choose. Use this model to "
            "predict stars, and one trained to rank for lists."
        )
        yield Alarm("worse_than_popularity", sentence, remedy, Remedy(RANKER))
        return
    values = advice.take(*((MORE_L2, SMALLER) if case.overdone else (MORE_EPOCHS, LARGER, LESS_L2)))
    words = advice.words(values) or "Another ranking model may do better here."
    yield Alarm("worse_than_popularity", sentence, words, case.mend(values))


def _worse_than_bias(case: Case, advice: Advice) -> Iterator[Alarm]:
    own, rival = case.test.get("rmse"), case.baselines.get("bias", {}).get("rmse")
    if own is None or rival is None or own <= rival or _few(case.evidence.rows, FEW_ROWS):
        return
    held_back = (MORE_L2, LOWER_RATE, SMALLER, MORE_DROPOUT)
    values = advice.take(*(held_back if case.overdone else (MORE_EPOCHS, HIGHER_RATE, LESS_L2)))
    yield Alarm(
        "worse_than_bias",
        "Its RMSE is worse than that of the bias baseline, which is not personalised: "
        f"{_short(own)} against {_short(rival)}.",
        _joined("It overfitted." if case.overdone else "It underfitted.", advice.words(values)),
        case.mend(values),
    )


def _overfitting(case: Case, advice: Advice) -> Iterator[Alarm]:
    course = case.evidence.course
    if course is None or _few(case.evidence.validation_rows, FEW_ROWS):
        return
    kept = course.kept == course.best
    if kept and abs(course.at_last - course.at_best) <= RISE_ALTHOUGH_KEPT * abs(course.at_best):
        return
    found = (
        f"It overfitted: validation {course.figure} was best at epoch {course.best} ({figure_text(course.at_best)}) "
        f"and {figure_text(course.at_last)} at epoch {course.last}. "
    )
    if kept:
        found += f"The weights of epoch {course.kept} were kept, so the figures are not affected."
    else:
        found += f"The result is from epoch {course.kept}."
    values = advice.take(MORE_L2, *(() if kept else (PATIENCE,)), MORE_DROPOUT, SMALLER)
    words = advice.words(values) or "Patience keeps the best epoch."
    yield Alarm("overfitting", found, words, case.mend(values))


def _outside_scale(case: Case, advice: Advice) -> Iterator[Alarm]:
    evidence = case.evidence
    if not _is_outside(evidence) or _few(evidence.rows, FEW_ROWS):
        return
    extremes = "none is a number"
    if evidence.least is not None:
        extremes = f"they go from {evidence.least:,.2f} to {evidence.most:,.2f}"
    values = advice.take(BOUNDED, MORE_L2, LOWER_RATE)
    yield Alarm(
        "outside_scale",
        f"{evidence.outside:.1%} of the predictions on test rows lie outside the scale: {extremes}. They are clipped "
        "before scoring.",
        advice.words(values) or "A model whose output is bounded to the scale avoids this.",
        case.mend(values),
    )


def _dead_dimensions(case: Case, advice: Advice) -> Iterator[Alarm]:
    evidence = case.evidence
    if not evidence.dead or _few(evidence.users, FEW_USERS) or _few(evidence.items, FEW_ITEMS):
        return
    values = advice.take(SMALLER, LESS_L2, most=1)
    yield Alarm(
        "dead_dimensions",
        f"{evidence.dead} of {evidence.dim} dimensions are dead: they have the same value for every "
        f"{evidence.words.one}, or for every user.",
        advice.words(values) or "They are harmless, but useless.",
        case.mend(values),
    )


def _norm_follows_popularity(case: Case, advice: Advice) -> Iterator[Alarm]:
    found, words = case.evidence.norm_popularity, case.evidence.words
    if found is None or abs(found) <= NORM_POPULARITY or _few(case.evidence.items, FEW_ITEMS):
        return
    word = "longer" if found > 0 else "shorter"
    yield Alarm(
        "norm_follows_popularity",
        f"The more ratings {words.an} has, the {word} its vector (rank correlation {found:.2f}): by dot product or "
        f"distance, neighbours are {words.many} of similar popularity.",
        "Compare vectors by cosine, which ignores length.",
    )


def _is_outside(evidence: Evidence) -> bool:
    return evidence.outside is not None and evidence.outside > OUTSIDE


def _few(count: int | None, few: int) -> bool:
    """Whether so little was looked at that it tells nothing; None: it was not counted."""
    return count is not None and count < few


def _short(figure: float) -> str:
    return f"{figure:.3f}" if figure < 1000 else figure_text(figure)


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
