"""The two charts of a training, and in words what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.ui.charts import curves
from pages.ui.charts.curve_legend import legend_html
from pages.ui.charts.marks import marks
from pages.ui.charts.vega import Drawing
from pages.ui.shell.glossary import help_on
from pages.ui.shell.vega_chart import vega_chart
from reco_core.events import EpochEnded, Stopped
from reco_core.inspect.curves import End, Reading, curve_words, read_curves
from reco_core.runs import RunReading
from reco_core.runs.diverged import kept_epoch
from reco_core.runs.status import last_of
from reco_core.stars_text import stars_word

_ABOUT = {
    "rmse": "Lines are moving averages; points stay as measured.",
    "ndcg": (
        "Of the top ten: 1 is the ideal order. Validation uses other rows than the test, so compare it with the "
        "popularity line. Smooth: lines are moving averages; points stay as measured."
    ),
}

# The words that are first met on each chart.
FIRST_MET = {
    "rmse": ("RMSE", "Epoch", "Validation", "Noise floor", "Baseline", "Overfitting"),
    "ndcg": ("NDCG@10", "Epoch", "Validation", "Popularity", "Overfitting"),
    "loss": ("Loss", "Epoch", "Validation"),
}


def curves_of(run: RunReading, planned: int) -> None:
    """The charts of a run with everything that was done to it, over a sentence about the gap between the curves."""
    epochs = run.epochs()
    lines = run.started.lines if run.started else {}
    reading = read_curves(epochs, lines.get("noise_floor"))
    draw_curves(
        epochs,
        planned,
        lines,
        run.spec.predicts_stars,
        curves.Notes(marks(run.events(), reading, run.spec.settings.label), reading),
        stars_word(run.shape.scale) if run.info.sizes else "stars",
    )
    with st.container(key="run_verdict"):
        if reading is not None and len(epochs) > 1:
            wrong = run.diverged or reading.overfitting or reading.below_floor is not None
            icon = ":orange[:material/trending_up:]" if wrong else ":gray[:material/compare_arrows:]"
            st.markdown(f"{icon} {gap_words(run, reading)}")
        else:
            st.markdown(
                ":gray[:material/compare_arrows: What the curves show is explained here from the second epoch on.]"
            )


def draw_curves(
    epochs: Sequence[EpochEnded],
    planned: int,
    lines: Mapping[str, float],
    stars: bool,
    notes: curves.Notes = curves.NOTHING,
    word: str = "stars",
) -> None:
    """RMSE in stars, or points (for a model of rankings: NDCG) with the lines to beat, and the loss, side by side."""
    st.html(legend_html(*_line_colours()))
    left, right = st.columns(2, gap="small")
    smooth, measure = bool(st.session_state.get("smooth", False)), "rmse" if stars else "ndcg"
    title = curves.GOALS[measure].replace("stars", word)
    with left, st.container(border=True, key=f"{measure}_card"):
        _card_head(measure, title, "Smooth", "smooth", _ABOUT[measure])
        chart = curves.goal_chart(epochs, planned, lines, notes, smooth, measure)
        _draw(chart, f"{measure}_curve", f"{title} by epoch")
    with right, st.container(border=True, key="loss_card"):
        log = _card_head("loss", "Loss", "Log scale", "log_scale", "What training minimises, without penalties.")
        _draw(curves.loss_chart(epochs, planned, log, notes, smooth), "loss_curve", "Loss by epoch")


def gap_words(run: RunReading, reading: Reading) -> str:
    """What the curves say in words; in the past tense once the training is over."""
    if run.diverged:
        return "**It diverged**: the loss grew without bound, which clipping to the scale hides in RMSE."
    over = run.status in ("finished", "stopped")
    stopped, kept = last_of(Stopped, run.events()), kept_epoch(run.events())
    end = End(stopped.reason if stopped else "", kept.epoch if kept else None) if over else None
    return curve_words(reading, end, stars_word(run.shape.scale) if run.info.sizes else "stars")


def _line_colours() -> list[str]:
    """The first two colours that the theme gives to a chart, light and dark, as CSS."""
    light, dark = (st.get_option(f"theme.{theme}.chartCategoricalColors") for theme in ("light", "dark"))
    return [f"light-dark({on_white}, {on_black})" for on_white, on_black in zip(light[:2], dark[:2], strict=True)]


def _card_head(what: str, title: str, label: str, key: str, about: str) -> bool:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", wrap=False):
        st.markdown(f"**{title}**", width="content", help=help_on(*FIRST_MET[what]))
        return st.toggle(label, key=key, persist_state="session", help=about)


def _draw(chart: Drawing, key: str, words: str) -> None:
    vega_chart(chart, key, words, height="stretch")
