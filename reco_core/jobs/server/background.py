"""Work that takes long, done in a thread of its own while pages come and go, and kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

KEPT = 12


class Task:
    """One piece of work; it waits for its turn, since two at a time would take each other's memory."""

    def __init__(self, turn: threading.Lock) -> None:
        self._turn = turn
        self._begun: float | None = None
        self._answer: Any = None
        self._error: Exception | None = None
        self._over = threading.Event()

    @property
    def done(self) -> bool:
        """Whether it is over, well or not."""
        return self._over.is_set()

    @property
    def seconds(self) -> float:
        """How long it has been at work; 0 while it waits."""
        return 0.0 if self._begun is None else time.monotonic() - self._begun

    def result(self) -> Any:
        """What the work gave back, once it is there; raises what the work raised."""
        self._over.wait()
        if self._error is not None:
            raise self._error
        return self._answer

    def run(self, work: Callable[[], Any]) -> None:
        """Do the work, when it is its turn. It is not kept: it may hold a whole dataset."""
        with self._turn:
            self._begun = time.monotonic()
            try:
                self._answer = work()
            except Exception as error:  # given back to whoever asks for the result
                self._error = error
            finally:
                self._over.set()


class Aside:
    """Work by its key: one piece at a time, and the results of the last KEPT. Safe for threads."""

    def __init__(self) -> None:
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._tasks: dict[Hashable, Task] = {}

    def find(self, key: Hashable) -> Task | None:
        """The work of this key, None where nobody has asked for it or it was let go."""
        with self._lock:
            return self._tasks.get(key)

    def start(self, key: Hashable, work: Callable[[], Any]) -> Task:
        """The work of this key, begun now unless it was before."""
        with self._lock:
            if key not in self._tasks:
                task = self._tasks[key] = Task(self._turn)
                threading.Thread(target=task.run, args=(work,), name="aside", daemon=True).start()
                self._let_go()
            return self._tasks[key]

    def forget(self, key: Hashable) -> None:
        """Let a result or a failure go, so that the work can be begun anew."""
        with self._lock:
            self._tasks.pop(key, None)

    def _let_go(self) -> None:
        over = [key for key, task in self._tasks.items() if task.done]
        for key in over[: max(0, len(self._tasks) - KEPT)]:
            del self._tasks[key]
