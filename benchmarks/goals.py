"""Goals beside what was measured: met, or missed by how much, in words made from the numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """One figure and its limit: at most that, or with at_least no less. measured None: was not measured, `why` not.

    why: what the measured limit is where the goal is missed, or a remark, in one sentence.
    """

    what: str
    limit: float
    measured: float | None
    unit: str = ""
    digits: int = 2
    at_least: bool = False
    why: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where nothing was measured."""
        if self.measured is None:
            return None
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    @property
    def row(self) -> list[str]:
        """What, goal, measured, verdict."""
        verdict = {True: "met", False: "**missed**", None: "not measured"}[self.met]
        sign = "≥" if self.at_least else "≤"
        measured = "" if self.measured is None else self.shown(self.measured)
        return [self.what, f"{sign} {self.shown(self.limit)}", measured, verdict]

    def shown(self, value: float) -> str:
        """The number with its unit."""
        return f"{value:,.{self.digits}f}{' ' + self.unit if self.unit else ''}"

    @property
    def words(self) -> str:
        """One sentence about a goal that is missed or was not measured; empty for one that is met."""
        if self.met:
            return ""
        if self.measured is None:
            return f"{self.what}: not measured. {self.why}".strip()
        side = "below" if self.at_least else "above"
        away = f"{abs(self.measured / self.limit - 1):.1%} " if self.limit else ""
        return (
            f"{self.what}: the limit measured here is {self.shown(self.measured)}, {away}{side} the goal of "
            f"{self.shown(self.limit)}. {self.why}"
        ).strip()
