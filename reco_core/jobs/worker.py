"""The process that trains: `python -m reco_core.jobs.worker`, kept warm, one job at a time.

Jobs come as lines on stdin (protocol.py). When stdin ends, the server is gone: a run that is being trained goes on to
its end and is kept, then the process leaves. Compiled functions and the last datasets stay in memory between runs, and
"describe" is answered by a thread of its own, also while a run trains.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import traceback
from collections import OrderedDict
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

from reco_core.errors import RecoError
from reco_core.jobs.dataset import ratings_of
from reco_core.jobs.protocol import (
    DESCRIBE,
    DESCRIBED,
    DONE,
    READY,
    TRAIN,
    WARM,
    Message,
    from_line,
    own_output,
    to_line,
)
from reco_core.jobs.runtime import load
from reco_core.jobs.training_job import train_run, warm_up
from reco_core.models import get_model
from reco_core.ratings import Ratings
from reco_core.runs import Run, RunRequest, RunSpec, Sizes
from reco_core.training.describe import describe
from reco_core.training.loop import Programs

NICE = 5
DATASETS_KEPT = 2


class Worker:
    """Takes messages from `lines` until they end, and answers on `answers`."""

    def __init__(self, lines: IO[str], answers: IO[str]) -> None:
        self._lines = lines
        self._answers = answers
        self._speaking = threading.Lock()
        self._jobs: queue.Queue[Message | None] = queue.Queue()
        self._questions: queue.Queue[Message] = queue.Queue()
        self._datasets: OrderedDict[str, Ratings] = OrderedDict()

    def run(self) -> None:
        """Work until stdin ends."""
        threading.Thread(target=self._listen, daemon=True).start()
        load()  # seconds, in which messages may already come in
        self._programs = Programs()
        threading.Thread(target=self._answer_questions, daemon=True).start()
        self._say({"say": READY, "pid": os.getpid()})
        while (job := self._jobs.get()) is not None:
            if job["do"] == TRAIN:
                self._train(job)
            else:
                self._warm(job)

    def _listen(self) -> None:
        for line in self._lines:
            message = from_line(line)
            if message is not None and message.get("do") == DESCRIBE:
                self._questions.put(message)
            elif message is not None and message.get("do") in (TRAIN, WARM):
                self._jobs.put(message)
        self._jobs.put(None)

    def _say(self, message: Message) -> None:
        # A server that is gone reads no answers; the run in hand is still worth finishing.
        with self._speaking, suppress(OSError, ValueError):
            self._answers.write(to_line(message))
            self._answers.flush()

    def _train(self, job: Message) -> None:
        try:
            train_run(Run(Path(job["folder"])), programs=self._programs, find_ratings=self._ratings)
        except Exception:  # the folder is gone, damaged, full, or another process has it: the next run may do better
            traceback.print_exc()
        self._say({"say": DONE, "folder": job["folder"]})

    def _warm(self, job: Message) -> None:
        """Compile what a run like this needs; given up as soon as there is a job."""
        try:
            warm_up(RunRequest.model_validate(job["request"]), self._programs, self._ratings, self._has_job)
        except RecoError:
            pass  # whoever starts such a run will be told
        except Exception:
            traceback.print_exc()

    def _has_job(self) -> bool:
        return not self._jobs.empty()

    def _ratings(self, info: RunSpec | RunRequest) -> Ratings:
        """The dataset of a run; the last ones used stay in memory."""
        key = f"{info.source}\n{info.dataset_fingerprint}"
        ratings = self._datasets.pop(key, None) if info.dataset_fingerprint else None
        ratings = ratings or ratings_of(info)
        self._datasets[f"{info.source}\n{ratings.fingerprint}"] = ratings
        while len(self._datasets) > DATASETS_KEPT:
            self._datasets.popitem(last=False)
        return ratings

    def _answer_questions(self) -> None:
        while True:
            question = self._questions.get()
            self._say({"say": DESCRIBED, "key": question.get("key"), **_described(question)})


def _described(question: Message) -> Message:
    """{"description": ...} or {"error": sentence} of a model with settings, for sizes."""
    try:
        spec = get_model(question["model"])
        shape = Sizes.model_validate(question["sizes"]).shape()
        return {"description": asdict(describe(spec, spec.parse(question["settings"]), shape))}
    except RecoError as error:
        return {"error": str(error)}
    except Exception as error:  # whatever it is, the page waits for an answer
        return {"error": f"The model could not be drawn ({type(error).__name__}: {error})."}


def main() -> None:
    """Serve stdin until it ends."""
    answers = own_output()
    with suppress(AttributeError, OSError):  # Windows has no nice
        os.nice(NICE)
    Worker(sys.stdin, answers).run()


if __name__ == "__main__":
    main()
