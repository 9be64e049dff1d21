"""The programs of the shapes last trained, kept warm, and what is known of compiled code that outlives the process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Protocol

from reco_core.models.spec import ModelSpec, Settings, Shape
from reco_core.training.program import KeptCode, Program


class Code(Protocol):
    """Compiled code of earlier processes, by the key of the program."""

    def has(self, key: str) -> bool: ...

    def compiling(self, key: str) -> AbstractContextManager: ...


class Programs:
    """The programs of the shapes last trained, so that a warm worker traces and compiles none of them again."""

    def __init__(self, capacity: int = 8, code: Code | None = None) -> None:
        self._kept: OrderedDict[tuple, Program] = OrderedDict()
        self._capacity, self._gone = capacity, 0
        self._code = code

    @property
    def traces(self) -> int:
        """How often a function was traced, ever."""
        return self._gone + sum(program.traces for program in self._kept.values())

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, spec: ModelSpec, settings: Settings, shape: Shape, batch_size: int) -> Program:
        """The program of this shape, made where it is not kept yet; the one used longest ago makes room."""
        key = _key(spec, settings, shape, batch_size)
        program = self._kept.pop(key, None)
        if program is None:
            program = Program(spec, settings, shape, batch_size, self._kept_code(repr(key)))
        self._kept[key] = program
        while len(self._kept) > self._capacity:
            self._gone += self._kept.popitem(last=False)[1].traces
        return program

    def _kept_code(self, key: str) -> KeptCode:
        if self._code is None:
            return KeptCode(key)
        return KeptCode(key, self._code.has(key), partial(self._code.compiling, key))

    def compile(self, should_stop: Callable[[], bool] = lambda: False) -> None:
        """XLA code for the programs whose next run it makes faster: work for a moment in which nobody waits."""
        for program in reversed(self._kept.values()):
            if should_stop():
                return
            if program.is_exact and not program.has_code:
                program.compile()


def _key(spec: ModelSpec, settings: Settings, shape: Shape, batch_size: int) -> tuple:
    """What decides the traced function: the model's structure, sizes and scale, not the numbers in its settings."""
    numbers, penalties = settings.flagged("number"), settings.flagged("penalty")
    structure = tuple(
        (name, value > 0 if name in penalties else value) for name, value in settings if name not in numbers
    )
    features = (shape.genres, shape.years, shape.user_features) if spec.context else ()
    sizes = (shape.n_users, shape.n_items, shape.scale, *features)
    return (spec.name, structure, sizes, batch_size)
