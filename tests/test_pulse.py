"""When a training counts as hanging, and how many workers there are: no process."""

from __future__ import annotations

import pytest

from reco_core.errors import SettingsError
from reco_core.events import Evaluating, Progress, Started
from reco_core.jobs.server.protocol import Beat
from reco_core.jobs.server.watchdog import NORMAL_STEPS, SLOW_STEPS, Pulse, patience
from reco_core.jobs.server.worker_pool import workers_wanted
from reco_core.jobs.server.worker_slot import SLOW_PATIENCE, Slot

STEP = Progress(1, 1, 2, 1.0, 1.0)


def beats(pulse: Pulse, most: int = 100_000) -> int:
    """How many beats in silence are taken for life."""
    return next((n for n in range(most) if not pulse.beat()), most)


def test_silence_means_nothing_without_work():
    assert beats(Pulse(5)) == 100_000


def test_between_chunks_the_patience_is_short():
    pulse = Pulse(5)
    pulse.work()
    pulse.hear(STEP)
    assert beats(pulse) == 5


def test_reading_compiling_and_scoring_may_take_long():
    for begin in (Pulse.work, lambda pulse: pulse.hear(Started(0, 1, 1, 1, 1, 1, 1)), lambda p: p.hear(Evaluating(0))):
        pulse = Pulse(5)
        pulse.hear(STEP)
        begin(pulse)
        assert beats(pulse) == 5 * SLOW_STEPS


def test_chunks_that_are_slow_by_nature_are_given_many_times_their_length():
    pulse = Pulse(5)
    for _ in range(3):
        pulse.hear(STEP)
        assert all(pulse.beat() for _ in range(2))
    pulse.hear(STEP)
    assert beats(pulse) == 2 * NORMAL_STEPS


def test_a_run_does_not_inherit_the_patience_of_the_one_before():
    pulse = Pulse(5)
    pulse.hear(STEP)
    assert all(pulse.beat() for _ in range(5))
    pulse.hear(STEP)
    pulse.rest()
    pulse.work()
    pulse.hear(STEP)
    assert beats(pulse) == 5


@pytest.mark.parametrize("text", ["0", "-1", "soon", "inf", "nan"])
def test_a_patience_that_is_none_is_refused(text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RECO_HANG_SECONDS", text)
    with pytest.raises(SettingsError, match="RECO_HANG_SECONDS must be a number of seconds, at least 1"):
        patience()


def test_the_environment_says_how_many_workers_there_are(monkeypatch: pytest.MonkeyPatch):
    for text, number in (("", 1), ("3", 3)):
        monkeypatch.setenv("RECO_WORKERS", text)
        assert workers_wanted() == number
    for text in ("0", "17", "two", "1.5"):
        monkeypatch.setenv("RECO_WORKERS", text)
        with pytest.raises(SettingsError, match="RECO_WORKERS must be a whole number between 1 and 16"):
            workers_wanted()


class Deaf:
    """A process that is only ever killed."""

    def __init__(self) -> None:
        self.kills = 0

    def kill(self) -> None:
        self.kills += 1


def test_a_process_without_a_sign_of_life_is_killed_once_and_later_while_it_starts_or_reads():
    slot = Slot()
    slot.process = process = Deaf()
    for _ in range(3 * SLOW_PATIENCE):
        slot.beat(3)
    assert process.kills == 0
    slot.heard(Beat(slow=False))
    for _ in range(5):
        slot.beat(3)
    assert process.kills == 1
    assert slot.ending(-9) == "The training process did not respond for 3 seconds and was killed"
    slot.emptied()
    assert slot.ending(1) == "The training process exited unexpectedly (exit code 1)"


def test_a_pulse_is_slow_at_work_between_the_chunks_of_a_training_and_nowhere_else():
    pulse, told = Pulse(5), []
    for step in (pulse.rest, pulse.work, lambda: pulse.hear(STEP), lambda: pulse.hear(Evaluating(0)), pulse.rest):
        step()
        told.append(pulse.slow)
    assert told == [False, True, False, True, False]
