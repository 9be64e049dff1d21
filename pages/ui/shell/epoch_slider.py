"""The epoch whose weights a page shows: a slider over the epochs that a run has kept, in the URL as ?epoch=.

No epoch in the URL means the run's result. A choice is remembered per run, as a click in the menu drops the URL's.
"""

from __future__ import annotations

import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.shell import cache
from pages.ui.shell.live_epoch import follow, last_kept
from pages.ui.shell.markdown import md
from reco_core.runs import RunReading
from reco_core.runs.snapshots import RULE

NAME = "epoch"
_FIGURES = (
    ("val_rmse", "a validation RMSE"),
    ("val_ndcg", "a validation NDCG@10"),
    ("rmse", "a training RMSE"),
    ("ndcg", "a training NDCG@10"),
)
STEP = 1.2  # seconds per epoch when it plays
LATE = 5 * STEP  # after so long without a step, nobody plays any more
PLAYING, STEPPED = "epoch_playing", "epoch_stepped"


def choose_epoch(run: RunReading) -> int | None:
    """The chosen kept epoch, None for the result; draws the slider, where there is more than one to choose from.

    While the run trains there is no slider: its last kept epoch is shown, said in a line, and followed.
    """
    with _place():
        newest = _followed(run)
        if newest is not None:
            st.query_params.pop(NAME, None)
            return newest
        kept, result = kept_epochs(run), cache.result_epoch(run)
        chosen = _chosen(run, kept, result)
        if len(kept) < 2:
            return None
        _bar(run, kept, result, chosen)
        if chosen == result:
            return None
        st.caption(f":orange-badge[:material/history: Looking back] {_words(run, chosen, result)}")
        return chosen


def newest_epoch(run: RunReading) -> int | None:
    """The last kept epoch of a run that trains, said in a line and followed; None for the result of one that rests."""
    with _place():
        return _followed(run)


def _place() -> DeltaGenerator:
    """The one container of all this, empty or not: what stands below it is not drawn anew when a run ends."""
    return st.container(key="epoch_place")


def _followed(run: RunReading) -> int | None:
    newest = last_kept(run) if run.active else None
    if newest is not None:
        follow(run, newest)
    return newest


def kept_epochs(run: RunReading) -> list[int]:
    """The epochs whose weights are there, ascending: snapshots, and the one that the result is from."""
    return sorted({*run.snapshots(), cache.result_epoch(run)})


def after(epoch: int | None) -> str:
    """` after epoch 3`, for a sentence about a run; nothing for its result."""
    return "" if epoch is None else f" after epoch {epoch}"


def choose(run: RunReading, epoch: int, result: int) -> None:
    """Put the epoch into the URL and the memory; the result needs no parameter."""
    if epoch == result:
        st.session_state.pop(_memory(run), None)  # so that a run that goes on is followed
        st.query_params.pop(NAME, None)
    else:
        st.session_state[_memory(run)] = epoch
        st.query_params[NAME] = str(epoch)


def _memory(run: RunReading) -> str:
    return f"last_epoch:{run.id}"


def _chosen(run: RunReading, kept: list[int], result: int) -> int:
    """The epoch of the URL, else the one remembered, else the result; an epoch that was not kept gets one sentence."""
    wanted = st.query_params.get(NAME)
    epoch = int(wanted) if wanted is not None and wanted.isdecimal() else None
    if wanted is not None and epoch not in kept:
        known = ", ".join(map(str, kept))
        st.warning(
            f"Epoch {md(wanted)} of this run was not kept (kept: {known}); showing its result.",
            icon=":material/link_off:",
        )
        epoch = result
    if epoch is None:
        epoch = st.session_state.get(_memory(run), result)
    epoch = epoch if epoch in kept else result
    choose(run, epoch, result)
    return epoch


def _bar(run: RunReading, kept: list[int], result: int, chosen: int) -> None:
    """The button that plays, and the slider."""
    playing = _playing(run)
    key = "epoch_choice"

    def picked() -> None:
        st.session_state.pop(PLAYING, None)
        choose(run, st.session_state[key], result)

    st.session_state[key] = chosen
    with st.container(horizontal=True, vertical_alignment="bottom", key="epoch_bar"):
        st.button(
            "Pause" if playing else "Play",
            key="epoch_play",
            icon=":material/pause:" if playing else ":material/play_arrow:",
            help="Play the epochs one by one, from the untrained vectors to the result",
            on_click=_toggle,
            args=(run, kept, result, chosen),
        )
        st.select_slider(
            "After epoch",
            kept,
            key=key,
            format_func=lambda epoch: _label(epoch, result),
            on_change=picked,
            help=f"The whole page shows the weights after this epoch. {RULE}",
        )
    _step(run, kept, result, chosen, playing)


def _label(epoch: int, result: int) -> str:
    if epoch == result:
        return f"{epoch} (result)"
    return "0 (untrained)" if epoch == 0 else str(epoch)


def _words(run: RunReading, epoch: int, result: int) -> str:
    """What the chosen epoch had reached, beside the result."""
    if epoch == 0:
        return "Before the first epoch: every vector is still random."
    ended = {one.epoch: one for one in run.epochs()}
    for name, words in _FIGURES:
        then, now = (getattr(ended.get(number), name, None) for number in (epoch, result))
        if then is not None and now is not None:
            return f"After epoch {epoch}, with {words} of {then:.3f}; the result, from epoch {result}, has {now:.3f}."
    return f"After epoch {epoch}; the result is from epoch {result}."


def _playing(run: RunReading) -> bool:
    late = time.monotonic() - st.session_state.get(STEPPED, 0.0) > LATE
    return st.session_state.get(PLAYING) == run.id and not late


def _toggle(run: RunReading, kept: list[int], result: int, chosen: int) -> None:
    """Play to the result: from the chosen epoch, or from the untrained vectors where it is not before it; or pause."""
    if _playing(run):
        st.session_state.pop(PLAYING)
        return
    st.session_state[PLAYING] = run.id
    st.session_state[STEPPED] = time.monotonic()
    if chosen >= result:
        choose(run, kept[0], result)


def _step(run: RunReading, kept: list[int], result: int, chosen: int, playing: bool) -> None:
    """While it plays, go one epoch on at each tick, to the result; the page runs again with it."""

    @st.fragment(run_every=STEP if playing else None)
    def tick() -> None:
        # A fragment also runs with the page: a step is due only when its time has come.
        if not playing or time.monotonic() - st.session_state[STEPPED] < 0.8 * STEP:
            return
        later = [epoch for epoch in kept if chosen < epoch <= result]
        if len(later) <= 1:
            st.session_state.pop(PLAYING, None)
        st.session_state[STEPPED] = time.monotonic()
        if later:
            choose(run, later[0], result)
        st.rerun()

    tick()
