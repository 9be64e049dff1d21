"""The face of the Train page before the first run: the empty chart with the lines that a model has to beat."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import cache
from pages.ui.training.curve_cards import draw_curves
from pages.ui.training.pace import FIRST, PACES, pace
from reco_core.evaluation.baselines import reference_lines
from reco_core.models.spec import ModelSpec, Settings
from reco_core.ratings import Ratings
from reco_core.split import make_split
from reco_core.stars_text import stars_word

COUNTED = 1_500_000


def nothing_trained(ratings: Ratings, spec: ModelSpec, settings: Settings | None) -> None:
    """Where the curve will grow; for a closed form, which has none, what comes instead."""
    with st.container(border=True, key="nothing_trained"):
        if spec.fit is not None:
            st.header(":primary[:material/functions:] No curve: computed in closed form", anchor=False)
            st.markdown(f"Press **Train**: {spec.title} has no epochs. Its test metrics appear at once.")
            return
        st.header(":primary[:material/show_chart:] Your training curve appears here", anchor=False)
        st.markdown("Press **Train**: every epoch adds a point. The dashed lines are what a model has to beat.")
        if pace() == FIRST:
            st.caption(f"Your first run pauses {PACES[FIRST]} after each epoch, so that you can watch it learn.")
    planned = sum(s.epochs for s in spec.stages(settings)) if spec.stages and settings is not None else 1
    wanted = lines_to_beat if spec.predicts_stars else ranking_lines
    lines = cache.table(wanted, ratings) if len(ratings) <= COUNTED else {}
    draw_curves([], planned, lines, spec.predicts_stars, word=stars_word(ratings.scale))


def lines_to_beat(ratings: Ratings) -> dict[str, float]:
    """RMSE of the baselines, and the noise floor where it is known, on the validation rows of the usual split."""
    return reference_lines(ratings, make_split(ratings))


def ranking_lines(ratings: Ratings) -> dict[str, float]:
    """NDCG@10 of popularity on the same rows."""
    from reco_core.training.validation_ndcg import popularity_line

    return popularity_line(ratings, make_split(ratings))
