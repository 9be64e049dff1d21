"""The process that trains: `python -m reco_core.jobs.server.worker`, kept warm, one job at a time.

Jobs come as lines on stdin (protocol.py). When stdin ends, the server is gone: a run that is being trained goes on to
its end and is kept, then the process leaves. Compiled functions and the last datasets stay in memory between runs, and
"describe" is answered by a thread of its own, also while a run trains. Another thread says every second that the
process lives, and ends it where the training thread does not move.
"""

from __future__ import annotations

import faulthandler
import os
import queue
import sys
import threading
import time
import traceback
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import IO

from reco_core import data
from reco_core.errors import RecoError
from reco_core.jobs.results.run_data import ratings_of
from reco_core.jobs.running.load_tensorflow import load
from reco_core.jobs.running.training_job import DISK_FULL, train_run, warm_up
from reco_core.jobs.server.protocol import (
    HUNG,
    Beat,
    Describe,
    Described,
    Done,
    Job,
    Ready,
    Report,
    Train,
    Warm,
    ending,
    from_line,
    own_output,
    to_line,
)
from reco_core.jobs.server.watchdog import BEAT_SECONDS, Pulse, patience
from reco_core.jobs.server.xla_cache import open_code
from reco_core.models import get_model
from reco_core.processes import give_way
from reco_core.ratings import Ratings
from reco_core.runs import Run, RunRequest, RunSpec
from reco_core.storage import is_full
from reco_core.training.describe import describe
from reco_core.training.loop import Programs

NICE = 10
DATASETS_KEPT = 2
IDLE_SECONDS = 1.0


class Worker:
    """Takes messages from `lines` until they end, and answers on `answers`."""

    def __init__(self, lines: IO[str], answers: IO[str]) -> None:
        self._lines = lines
        self._answers = answers
        self._speaking = threading.Lock()
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._questions: queue.Queue[Describe] = queue.Queue()
        self._datasets: OrderedDict[str, Ratings] = OrderedDict()
        self._pulse = Pulse(patience())
        self._in_hand: Run | None = None

    def run(self) -> None:
        """Work until stdin ends."""
        threading.Thread(target=self._beat, daemon=True).start()
        threading.Thread(target=self._listen, daemon=True).start()
        code = open_code()
        load()  # seconds, in which messages may already come in
        self._programs = Programs(code=code)
        threading.Thread(target=self._answer_questions, daemon=True).start()
        self._say(Ready(os.getpid()))
        while (job := self._next()) is not None:
            self._pulse.work()
            if isinstance(job, Train):
                self._train(job)
            else:
                self._warm(job)
            self._pulse.rest()

    def _next(self) -> Job | None:
        """The next job; before a longer wait for it, what was trained lately is compiled for its next run."""
        with suppress(queue.Empty):
            return self._jobs.get(timeout=IDLE_SECONDS)
        self._programs.compile(self._has_job)
        return self._jobs.get()

    def _listen(self) -> None:
        for line in self._lines:
            message = from_line(line)
            if isinstance(message, Describe):
                self._questions.put(message)
            elif isinstance(message, (Train, Warm)):
                self._jobs.put(message)
        self._jobs.put(None)

    def _say(self, message: Report) -> None:
        # A server that is gone reads no answers; the run in hand is still worth finishing.
        with self._speaking, suppress(OSError, ValueError):
            self._answers.write(to_line(message))
            self._answers.flush()

    def _beat(self) -> None:
        """Every second: a sign of life, and a look at the training thread."""
        while True:
            time.sleep(BEAT_SECONDS)
            self._say(Beat(self._pulse.slow))
            if not self._pulse.beat():
                self._end_hanging()

    def _end_hanging(self) -> None:
        """End this process, which frees its run; where the threads stood goes into the worker's log."""
        run = self._in_hand
        with suppress(Exception):
            faulthandler.dump_traceback(file=sys.stderr)
            if run is not None:
                run.note_end(ending(HUNG))
        os._exit(HUNG)

    def _train(self, job: Train) -> None:
        try:
            self._in_hand = run = Run(Path(job.folder))
            train_run(run, programs=self._programs, find_ratings=self._ratings, listen=self._pulse.hear)
        except Exception as error:  # the folder is gone, damaged, or full, or another process has it
            traceback.print_exc()
            self._note(error)
        self._in_hand = None
        self._say(Done(job.folder, self._programs.traces))

    def _note(self, error: Exception) -> None:
        """Why nothing could be written about the end of the run in hand, for people."""
        run = self._in_hand
        words = str(error).rstrip(".") if isinstance(error, RecoError) else f"{type(error).__name__}: {error}"
        with suppress(Exception):
            if run is not None and run.status in ("queued", "interrupted"):
                run.note_end(DISK_FULL if is_full(error) else words)

    def _warm(self, job: Warm) -> None:
        """Compile what a run like this needs; given up as soon as there is a job."""
        try:
            warm_up(job.request, self._programs, self._ratings, self._has_job)
        except RecoError:
            pass  # whoever starts such a run will be told
        except Exception:
            traceback.print_exc()

    def _has_job(self) -> bool:
        return not self._jobs.empty()

    def _ratings(self, info: RunSpec | RunRequest) -> Ratings:
        """The dataset of a run; the last ones used stay in memory."""
        stamp = data.stamp(info.source)  # titles and genres may have changed where the ratings have not
        key = f"{info.source}\n{stamp}\n{info.dataset_fingerprint}"
        ratings = self._datasets.pop(key, None) if info.dataset_fingerprint else None
        ratings = ratings or ratings_of(info)
        self._datasets[f"{info.source}\n{stamp}\n{ratings.fingerprint}"] = ratings
        while len(self._datasets) > DATASETS_KEPT:
            self._datasets.popitem(last=False)
        return ratings

    def _answer_questions(self) -> None:
        while True:
            self._say(_described(self._questions.get()))


def _described(question: Describe) -> Described:
    """The answer to a question: a model with settings, for sizes."""
    try:
        spec = get_model(question.model)
        description = describe(spec, spec.parse(question.settings), question.sizes.shape())
        return Described(question.key, description)
    except RecoError as error:
        return Described(question.key, error=str(error))
    except Exception as error:  # whatever it is, the page waits for an answer
        return Described(question.key, error=f"The model could not be drawn ({type(error).__name__}: {error}).")


def main() -> None:
    """Serve stdin until it ends."""
    answers = own_output()
    give_way(NICE)
    Worker(sys.stdin, answers).run()


if __name__ == "__main__":
    main()
