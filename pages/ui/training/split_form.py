"""How the ratings are divided, as widgets; and what that gives, in words."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.ui.shell import cache
from pages.ui.shell.glossary import help_on
from pages.ui.shell.markdown import md
from reco_core.data.item_words import words_of
from reco_core.glossary import meaning
from reco_core.models.spec import ModelSpec
from reco_core.ratings import Ratings
from reco_core.split import FOLD, SplitSettings, make_split

KINDS = {
    "random": "Random rows",
    "user": "Random rows per user",
    "time": "Newest rows per user",
    "leave-last": "Last row per user",
}
TIMED = ("time", "leave-last")
SHARED = ("random", "user", "time")
COUNTED = 3_000_000


@dataclass(frozen=True)
class Plan:
    """How a run divides the rows, its seed, and whether it trains again on the validation rows."""

    split: SplitSettings
    seed: int
    refit: bool


def split_form(ratings: Ratings, spec: ModelSpec) -> Plan:
    """Draw the split's settings under a line that says what they give."""
    kinds = [kind for kind in KINDS if kind not in TIMED or ratings.timestamp is not None]
    kinds += [FOLD + name for name in sorted(ratings.folds)]
    with st.expander("Split and seed", icon=":material/content_cut:", key="split"):
        if st.session_state.get("split_kind") not in (None, *kinds):
            st.session_state["split_kind"] = "random"
        kind = st.selectbox(
            "Held-out test rows",
            kinds,
            key="split_kind",
            format_func=_title,
            persist_state="session",
            help=help_on("Split", "Test"),
        )
        left, right = st.columns(2, wrap=False)
        test_size = left.number_input(
            "Test share", 0.01, 0.9, 0.2, 0.05, "%g", key="test_size", disabled=kind not in SHARED,
            persist_state="session", help="Share of the rows (or of each user's rows) held out for the test.",
        )  # fmt: skip
        val_size = right.number_input(
            "Validation share", 0.0, 0.9, 0.1, 0.05, "%g", key="val_size", persist_state="session",
            help=f"Share of the remaining rows; 0 trains on all of them. {meaning('Validation')}",
        )  # fmt: skip
        split_seed = left.number_input("Split seed", 0, 2**31, 0, key="split_seed", persist_state="session")
        seed = right.number_input(
            "Run seed", 0, 2**31, 0, key="run_seed", persist_state="session",
            help="Initialisation, row order, dropout.",
        )  # fmt: skip
        refit = st.toggle(
            "Retrain with the validation rows", key="refit", disabled=spec.fit is not None or val_size == 0,
            persist_state="session", help="Once the best epoch is known: all training rows, for that many epochs.",
        )  # fmt: skip
        settings = SplitSettings(kind=kind, test_size=test_size, val_size=val_size, seed=split_seed)
        st.caption(_in_words(ratings, settings))
    return Plan(settings, int(seed), bool(refit and spec.fit is None and val_size > 0))


def fill_split(split: SplitSettings) -> None:
    """Put a split's settings into the widgets, before they are drawn in this run."""
    names = {"split_kind": split.kind, "test_size": split.test_size, "val_size": split.val_size}
    st.session_state.update(names | {"split_seed": split.seed})


def split_counts(ratings: Ratings, kind: str, test_size: float, val_size: float, seed: int) -> tuple[int, ...]:
    """Rows for training, validation and test; test rows with a user, and with an item, that training never sees."""
    split = make_split(ratings, SplitSettings(kind=kind, test_size=test_size, val_size=val_size, seed=seed))
    return len(split.train), len(split.validation), len(split.test), split.cold_users, split.cold_items


def _in_words(ratings: Ratings, settings: SplitSettings) -> str:
    if len(ratings) > COUNTED:
        return f"{len(ratings):,} ratings are split when the run starts."
    train, validation, test, users, items = cache.table(split_counts, ratings, **settings.model_dump())
    words = f"Training {train:,}, validation {validation:,}, test {test:,} rows."
    if users or items:
        words += f" Cold-start test rows: {users:,} by user, {items:,} by {words_of(ratings).one}."
    return words


def _title(kind: str) -> str:
    return KINDS.get(kind) or f"Predefined fold {md(kind.removeprefix(FOLD))}"
