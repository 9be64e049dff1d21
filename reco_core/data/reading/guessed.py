"""A guessed plan, with what its owner must say before it can be used."""

from __future__ import annotations

from dataclasses import dataclass, field

from reco_core.data.reading.plan import Plan
from reco_core.data.reading.questions import Question
from reco_core.errors import DataError


@dataclass(frozen=True)
class Guess:
    """A plan with the names of the columns, the first lines as cells, questions and what else was noticed."""

    plan: Plan
    names: list[str]
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    rows: list[list[str]] = field(default_factory=list)

    @property
    def open(self) -> tuple[Question, ...]:
        """The questions without whose answer nothing can be read."""
        return tuple(question for question in self.questions if question.must)

    def require(self) -> Plan:
        """The plan; raises DataError with the first question that must be answered."""
        for question in self.open:
            raise DataError(question.refusal)
        return self.plan
