"""The text of a plan's file in pieces of whole lines, counted as they come; and where its columns are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reco_core.data.files import Files
from reco_core.data.reading.lines import PIECE, lines
from reco_core.data.reading.plan import Plan, Role
from reco_core.errors import DataError


@dataclass
class Tally:
    """Counts what is handed out, independently of what becomes of it; whole: whether the end was reached."""

    lines: int = 0
    whole: bool = False


def pieces(files: Files, plan: Plan, most_bytes: int | None = None, tally: Tally | None = None) -> Iterator[bytes]:
    """The text of a plan's file in pieces of whole lines."""
    done = 0
    with files.open(plan.file) as stream:
        for text in lines(stream, plan.encoding, min(most_bytes or PIECE, PIECE)):
            if tally is not None:
                tally.lines += text.count(b"\n")
            yield text
            done += len(text)
            if most_bytes is not None and done >= most_bytes:
                return
    if tally is not None:
        tally.whole = True


def places(names: Sequence[str], plan: Plan, roles: Sequence[Role]) -> dict[Role, int]:
    """The position of each role's column. Raises DataError for a column that the table does not have."""
    found: dict[Role, int] = {}
    for role in roles:
        if role not in plan.columns:
            continue
        wanted = plan.columns[role]
        if wanted in names:
            found[role] = names.index(wanted)
        elif wanted.removeprefix("#").isdecimal() and 1 <= int(wanted.removeprefix("#")) <= len(names):
            found[role] = int(wanted.removeprefix("#")) - 1
        else:
            shown = ", ".join(names)[:300]
            raise DataError(f"The column of the {role} must be one of {shown}; got {wanted[:60]}.")
    return found
