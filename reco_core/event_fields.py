"""What the fields of an event may hold: types with their bounds, and the check that they are made into."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Annotated, Any, TypeAlias, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

# What a training can reach, far inside what a double holds, so that squares and sums of it stay finite.
LARGEST, LONGEST = 1e100, 4000
Number: TypeAlias = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
Seconds: TypeAlias = Annotated[float, Field(ge=-1e12, le=1e12)]
Moment: TypeAlias = Annotated[float, Field(ge=0, le=1e11)]
Count: TypeAlias = Annotated[int, Field(ge=0, le=2**53)]
Epoch: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000)]
Index: TypeAlias = Annotated[int, Field(ge=0, lt=2**31)]
Word: TypeAlias = Annotated[str, Field(max_length=200)]
Text: TypeAlias = Annotated[str, Field(max_length=LONGEST)]
Indices: TypeAlias = Annotated[list[Index], Field(max_length=1000)]
# [item index, true stars, predicted stars]
Row: TypeAlias = Annotated[list[int | Number | None], Field(min_length=3, max_length=3)]
HeldOut: TypeAlias = Annotated[list[Row], Field(max_length=1000)]


def check_of(kind: type) -> type[BaseModel]:
    """A model with the fields of an event, for the check alone: events themselves stay plain and quick to make."""
    hints = get_type_hints(kind, include_extras=True)
    given: dict[str, Any] = {}
    for one in fields(kind):
        default = one.default if one.default is not MISSING else ...
        made = one.default_factory
        given[one.name] = (hints[one.name], default if made is MISSING else Field(default_factory=made))
    strict = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)
    return create_model(kind.__name__, __config__=strict, **given)
