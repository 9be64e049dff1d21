"""A file on its way to becoming a dataset: what was chosen of its plan, what that gives, what its owner was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from pages.ui.datasets import file_looks
from reco_core.data.own import Dataset
from reco_core.data.own.adding import Adding, keep, title_of
from reco_core.data.own.incoming import Incoming
from reco_core.data.own.sharing import exported_in, keep_exported, unpacked
from reco_core.data.reading import Guess, Preview, Question
from reco_core.data.reading.plan import NEEDED
from reco_core.errors import DataError

NONE = ""  # no column has this role


@dataclass(frozen=True)
class Look:
    """What the choices give: guess and preview; for a choice that cannot be, the last good ones and its sentence."""

    guess: Guess
    preview: Preview
    error: str = ""


@dataclass
class Draft:
    """One file that came in. exported: the record of an exported dataset, with its own plan. work: its being added."""

    incoming: Incoming
    choices: dict[str, Any] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    asked: dict[str, Question] = field(default_factory=dict)
    exported: Dataset | None = None
    id: str = field(default_factory=lambda: uuid4().hex[:8])
    _good: Look | None = None
    work: Adding | None = None

    @classmethod
    def of(cls, incoming: Incoming) -> Draft:
        """The draft of a file; where that is an exported dataset, of the file in it. Raises DataError."""
        record = exported_in(incoming.path)
        if record is None:
            return cls(incoming)
        inside = unpacked(incoming, record)
        incoming.discard()
        return cls(inside, exported=record)

    @property
    def title(self) -> str:
        """The title that is proposed."""
        return self.exported.title if self.exported else title_of(self.incoming.filename)

    def choose(self, name: str, value: Any) -> None:
        """Fix one value of the plan; what was guessed from its old value is guessed anew."""
        if name == "file":
            self.choices, self.without, self.asked = {}, set(), {}
        for derived in ("width", "leave"):
            self.choices.pop(derived, None)
        self.choices[name] = value

    def choose_column(self, role: str, column: str) -> None:
        """Fix which column has a role; NONE leaves an optional role out, and a needed one to be guessed."""
        columns = {one: name for one, name in self.choices.get("columns", {}).items() if one != role}
        self.without.discard(role)
        if column == NONE and role not in NEEDED:
            self.without.add(role)
        if column != NONE:
            columns = {one: name for one, name in columns.items() if name != column} | {role: column}
        self.choices.pop("columns", None)
        if columns:
            self.choices["columns"] = columns

    def answer(self, question: Question, changes: Mapping[str, Any]) -> None:
        """Fix what an answer says."""
        self.asked[question.about] = question
        for name, value in changes.items():
            self.choose(name, value)

    def start_over(self) -> None:
        """Forget every choice."""
        self.choices, self.without, self.asked = {}, set(), {}

    def look(self) -> Look:
        """What the choices give now. Raises DataError only where no choice has given anything yet."""
        try:
            self._good = self._looked()
            return self._good
        except DataError as error:
            if self._good is None:
                raise
            return replace(self._good, error=str(error))

    def add(self, look: Look | None, title: str, description: str, kind: str, owner: str) -> Adding:
        """Begin to make a dataset of it, in a thread; look: None for an exported one."""
        incoming, record = self.incoming, self.exported
        if record is not None:
            record = record.changed(description=description, kind=kind)
            self.work = Adding(lambda watch: keep_exported(incoming, record, owner, title, watch))
        elif look is not None:
            plan, notes = look.guess.require(), look.guess.notes
            self.work = Adding(lambda watch: keep(incoming, plan, title, notes, description, kind, owner, watch))
        assert self.work is not None
        return self.work

    def discard(self) -> None:
        """Delete the file, unless it is a dataset now or about to be one."""
        if self.work is None or not self.work.active:
            self.incoming.discard()

    def _looked(self) -> Look:
        try:
            return self._with(self.choices)
        except DataError:
            if "columns" not in self.choices:
                raise
            # Columns that were chosen by name are gone with another header; all else that was chosen stays.
            rest = {name: value for name, value in self.choices.items() if name != "columns"}
            found = self._with(rest)
            self.choices = rest
            return found

    def _with(self, choices: Mapping[str, Any]) -> Look:
        guess, preview = file_looks.reading(self.incoming.path, choices, frozenset(self.without))
        for question in guess.questions:
            self.asked[question.about] = question
        for about in [about for about, one in self.asked.items() if one not in guess.questions]:
            if not (about in choices or (about == "columns" and "columns" in choices)):
                del self.asked[about]
        return Look(guess, preview)
