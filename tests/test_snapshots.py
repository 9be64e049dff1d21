"""Which epochs' weights are kept, in how many bytes, and the files that a training writes beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reco_core.errors import RunError, SettingsError
from reco_core.events import EpochEnded, Stopped, to_line
from reco_core.runs import snapshots
from reco_core.runs.checkpoint_file import read_state, write_state
from reco_core.runs.recording import EVENTS, Recording
from reco_core.runs.snapshots import forget, is_due, read, save, saved_epochs, thinned


def arrays(value: float = 0.0) -> dict[str, np.ndarray]:
    """1000 bytes of numbers."""
    return {"item_vectors": np.full((25, 10), value, dtype=np.float32)}


def epoch(n: int) -> EpochEnded:
    return EpochEnded(n, 1, *[1.0] * 8)


def test_the_epochs_kept_are_fibonacci_numbers():
    assert [n for n in range(100) if is_due(n)] == [0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]


def test_a_snapshot_comes_back_and_later_ones_are_forgotten(tmp_path: Path):
    assert saved_epochs(tmp_path) == []
    for n in (0, 1, 5):
        assert save(tmp_path, arrays(n), n)
    assert saved_epochs(tmp_path) == [0, 1, 5]
    assert (read(tmp_path, 5, "run x")["item_vectors"] == 5).all()
    forget(tmp_path, after=1)
    assert saved_epochs(tmp_path) == [0, 1]
    with pytest.raises(RunError, match="run x has no snapshot of epoch 5; it has them of 0, 1"):
        read(tmp_path, 5, "run x")


def test_over_the_limit_every_second_one_goes_and_the_first_and_last_stay(tmp_path: Path):
    for n in (0, 1, 2, 3, 5, 8, 13, 21):
        save(tmp_path, arrays(n), n, limit=6000)
    total = sum(path.stat().st_size for path in (tmp_path / "snapshots").iterdir())
    left = saved_epochs(tmp_path)
    assert left[0] == 0 and left[-1] == 21 and 3 <= len(left) < 8 and total <= 6000 + 1000
    assert not save(tmp_path, arrays(34), 34, limit=500)
    assert saved_epochs(tmp_path) == []


@given(st.lists(st.integers(0, 500), unique=True, min_size=1).map(sorted), st.floats(0, 30))
def test_what_stays_fits_and_holds_the_ends_where_both_fit(epochs: list[int], room: float):
    left = thinned(epochs, dict.fromkeys(epochs, 1.0), room)
    assert len(left) <= room or not left
    assert set(left) <= set(epochs) and left == sorted(left)
    if room >= 2:
        assert left[0] == epochs[0] and left[-1] == epochs[-1]
    if len(epochs) <= room:
        assert left == epochs


@pytest.mark.parametrize("text", ["many", "-1", "nan", "inf"])
def test_a_limit_that_is_no_number_is_refused(text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RECO_SNAPSHOT_MB", text)
    with pytest.raises(SettingsError, match="RECO_SNAPSHOT_MB must be a number of megabytes, 0 or more; got"):
        snapshots.limit_bytes()


def test_the_limit_is_said_and_can_be_set(monkeypatch: pytest.MonkeyPatch):
    assert "RECO_SNAPSHOT_MB" in snapshots.RULE and "64" in snapshots.RULE
    assert snapshots.limit_bytes() == 64e6
    monkeypatch.setenv("RECO_SNAPSHOT_MB", "1.5")
    assert snapshots.limit_bytes() == 1.5e6


def test_a_state_comes_back_and_a_damaged_one_is_one_sentence(tmp_path: Path):
    assert read_state(tmp_path, "x") is None
    write_state(tmp_path, {"weights/a": np.arange(3.0), "facts": np.arange(4, dtype=np.uint8)}, 7)
    assert set(read_state(tmp_path, "x")) == {"weights/a", "facts"}
    (tmp_path / "state.npz").write_bytes(b"PK")
    with pytest.raises(RunError, match="The checkpoint of run x cannot be read"):
        read_state(tmp_path, "x")


def test_a_line_cut_off_by_a_kill_is_cut_away_before_the_next_one(tmp_path: Path):
    lines = [to_line(epoch(n)) for n in (1, 2)]
    for cut in ("", lines[1][:7], "x" * 200_000):
        (tmp_path / EVENTS).write_text(lines[0] + cut)
        with Recording(tmp_path) as recording:
            recording.emit(epoch(2))
        assert (tmp_path / EVENTS).read_text() == "".join(lines)
    (tmp_path / EVENTS).write_text("cut")
    with Recording(tmp_path) as recording:
        recording.emit(epoch(1))
    assert (tmp_path / EVENTS).read_text() == lines[0]


def test_an_event_for_which_there_is_no_room_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    class Full:
        """A file on a disk that takes 5 bytes more."""

        def __init__(self, file):
            self._file = file

        def __getattr__(self, name):
            return getattr(self._file, name)

        def write(self, content):
            return self._file.write(content[:5])

    with Recording(tmp_path) as recording:
        recording.emit(epoch(1))
        monkeypatch.setattr(recording, "_file", Full(recording._file))
        with pytest.raises(OSError, match="needs room to write"):
            recording.emit(Stopped(1, "asked"))
    assert (tmp_path / EVENTS).read_text() == to_line(epoch(1))
