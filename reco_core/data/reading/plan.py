"""How a file of ratings is read, as a value: shown, changed, kept with the dataset, and written on the command line."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, quote, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from reco_core.errors import DataError

Role = Literal["user", "item", "rating", "time", "title", "year", "genres", "image"]
Form = Literal["table", "wide", "blocks", "json", "parquet", "ml-100k", "ml-dat", "ml-csv"]
Values = Literal["ratings", "log", "implicit"]
Duplicates = Literal["last", "mean", "refuse"]
ROLES: tuple[Role, ...] = ("user", "item", "rating", "time", "title", "year", "genres", "image")
NEEDED: tuple[Role, ...] = ("user", "item", "rating")
FORMS = {
    "table": "a line per rating",
    "wide": "a matrix: a row per user, a column per item",
    "blocks": "blocks: an item's id with a colon, then its ratings",
    "json": "JSON, an object per line",
    "parquet": "a parquet file",
    "ml-100k": "MovieLens 100K",
    "ml-dat": "MovieLens 1M or 10M",
    "ml-csv": "MovieLens as ratings.csv and movies.csv",
}
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16, high byte first",
    "cp1252": "Western European (Windows-1252)",
    "cp1250": "Central European (Windows-1250)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "shift_jis": "Japanese (Shift JIS)",
    "euc_jp": "Japanese (EUC-JP)",
    "gb18030": "Chinese (GB 18030)",
    "big5": "Chinese (Big5)",
    "euc_kr": "Korean (EUC-KR)",
}
SPACES = "spaces"
DELIMITERS = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    "::": "double colon",
    SPACES: "spaces",
}
ROW_NUMBER = "row number"  # in a matrix without a column of ids, users are the numbers of their rows
MOST_MISSING = 20


class Plan(BaseModel):
    """Everything that is decided before a file of ratings is read; `guess` makes it, and choices change it.

    file: the table in a folder or zip. delimiter: one character, "::" or "spaces" (runs of blanks). quote, escape: one
    character, "" for none; a doubled quote always stands for one. skip: lines before the header, or before the data.
    columns: role -> column name, or "column 3" where it has none. width: the number of columns. missing: ratings
    written so mean "not rated".
    values: as they are, log(1 + value), or "implicit", 1 for every rating above 0. duplicates: of a repeated pair the
    newest rating, the mean, or every row of it refused. core: leave out users and items with fewer ratings, again and
    again. leave: columns of a matrix that are no items.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Form = "table"
    file: Annotated[str, Field(max_length=300)] = ""
    encoding: str = "utf-8"
    delimiter: Annotated[str, Field(max_length=6)] = ","
    quote: Annotated[str, Field(max_length=1)] = '"'
    escape: Annotated[str, Field(max_length=1)] = ""
    trim: bool = False
    header: bool = True
    skip: Annotated[int, Field(ge=0, le=1000)] = 0
    decimal: Literal[".", ","] = "."
    columns: dict[Role, str] = Field(default_factory=dict)
    width: Annotated[int, Field(ge=0, le=20_000)] = 0
    leave: tuple[str, ...] = ()
    missing: Annotated[tuple[str, ...], Field(max_length=MOST_MISSING)] = ()
    values: Values = "ratings"
    time_form: Annotated[str, Field(max_length=60)] = ""
    duplicates: Duplicates = "last"
    core: Annotated[int, Field(ge=0, le=1000)] = 0

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        if value not in ENCODINGS:
            raise ValueError(f"must be one of {', '.join(ENCODINGS)}")
        return value

    @field_validator("delimiter")
    @classmethod
    def _one_mark(cls, value: str) -> str:
        plain = len(value) == 1 and value.isascii() and not value.isalnum() and value not in '"\n\r\0-.+'
        if value not in DELIMITERS and not plain:
            raise ValueError(f"must be one character, or one of {', '.join(DELIMITERS.values())}")
        return value

    def changed(self, **changes: object) -> Plan:
        """The plan with other values, checked. Raises DataError in one sentence."""
        return checked(self.model_dump() | changes)


def checked(values: Mapping[str, Any]) -> Plan:
    """The plan of these values, as from a file or a page. Raises DataError in one sentence."""
    try:
        return Plan.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        where, what = ".".join(map(str, first["loc"])), first["msg"].removeprefix("Value error, ")
        got = str(first.get("input"))[:60]
        raise DataError(
            f"How to read a file: {where or 'the plan'} {what[:1].lower() + what[1:]}; got {got}."
        ) from error


# What may be written for a mark on the command line, where the mark itself is hard to type.
_MARKS = {name: mark for mark, name in DELIMITERS.items()} | {"none": "", "double": '"', "single": "'", "dot": "."}
_MARKS |= {"backslash": "\\", "\\t": "\t"}
_SWITCHES = {"yes": True, "no": False, "true": True, "false": False}
_TEXTS = {"form", "file", "encoding", "values", "time_form", "duplicates"}
SETTINGS = tuple(name for name in Plan.model_fields if name != "columns")


def parse_choices(columns: str | Iterable[str] = (), read: str | Iterable[str] = ()) -> dict[str, Any]:
    """Values of a plan from text such as "user=User-ID,item=ISBN" and "delimiter=semicolon,header=no".

    A comma within a name is written twice. Raises DataError that lists what is allowed.
    """
    chosen: dict[str, Any] = {}
    roles = dict(_pairs(columns, ROLES, "A column"))
    for name, text in _pairs(read, SETTINGS, "A choice of reading"):
        chosen[name] = _value(name, text)
    if roles:
        chosen["columns"] = roles
    return chosen


def _value(name: str, text: str) -> Any:
    if name in ("header", "trim"):
        if text.lower() not in _SWITCHES:
            raise DataError(f"{name} must be yes or no; got {text[:60]}.")
        return _SWITCHES[text.lower()]
    if name in ("missing", "leave"):
        return tuple(text.split("|")) if text not in ("", "none") else ()
    if name in ("skip", "core", "width"):
        if not text.isdecimal():
            raise DataError(f"{name} must be a whole number; got {text[:60]}.")
        return int(text)
    if name in _TEXTS:
        return text
    if name == "decimal" and text == "comma":
        return ","
    return _MARKS.get(text, text)


def _pairs(given: str | Iterable[str], allowed: tuple[str, ...], what: str) -> list[tuple[str, str]]:
    """(name, text) of each part of "a=x,b=y"."""
    found = []
    for line in [given] if isinstance(given, str) else given:
        for part in line.replace(",,", "\0").split(","):
            name, equals, text = part.replace("\0", ",").partition("=")
            if not equals or name.strip() not in allowed:
                raise DataError(f"{what} is written name=value, with a name of {', '.join(allowed)}; got {part[:60]}.")
            found.append((name.strip(), text.strip(" ")))
    return found


# Sources that are no files (data/places), and what in their query tells the place rather than how it is read.
PLACES = ("duckdb:", "postgresql://", "postgres://", "s3://")
_OF_A_PLACE = ("table", "host", "port", "sslmode")


def split_source(source: str, names: Container[str] = ()) -> tuple[str, dict[str, Any]]:
    """(source, choices) of a source with choices behind it: `ratings.csv?user=User-ID&delimiter=semicolon`.

    A source is one of the names, or a file or folder; one whose name has a question mark is taken as it is. Raises
    DataError for a choice that is not known.
    """
    if source.startswith(PLACES):
        return _split_place(source)
    if "?" not in source or _exists(source):
        return source, {}
    for at in (at for at, mark in enumerate(source) if mark == "?"):
        if source[:at] in names or _exists(source[:at]):
            return source[:at], _choices(parse_qsl(source[at + 1 :], keep_blank_values=True, max_num_fields=60))
    return source, {}


def _split_place(source: str) -> tuple[str, dict[str, Any]]:
    place, _, query = source.partition("?")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=60)
    except ValueError as error:
        raise DataError("A source may have at most 60 choices behind its question mark.") from error
    own = [pair for pair in pairs if pair[0] in _OF_A_PLACE]
    chosen = _choices([pair for pair in pairs if pair[0] not in _OF_A_PLACE], _OF_A_PLACE)
    return f"{place}?{urlencode(own, safe='/', quote_via=quote)}" if own else place, chosen


def _choices(pairs: list[tuple[str, str]], others: tuple[str, ...] = ()) -> dict[str, Any]:
    """The choices of name and text; raises DataError for one that is not known, neither here nor among the others."""
    roles = {name: text for name, text in pairs if name in ROLES}
    chosen = {name: _value(name, text) for name, text in pairs if name not in ROLES and name in SETTINGS}
    unknown = [name for name, _ in pairs if name not in ROLES and name not in SETTINGS]
    if unknown:
        allowed = ", ".join((*others, *ROLES, *SETTINGS))
        raise DataError(f"A choice of reading must be one of {allowed}; got {unknown[0][:60]}.")
    return chosen | ({"columns": roles} if roles else {})


def with_choices(source: str, choices: Mapping[str, Any]) -> str:
    """The source with choices behind it, as `split_source` reads them."""
    pairs: list[tuple[str, str]] = list(choices.get("columns", {}).items())
    pairs += [(name, _written(value)) for name, value in choices.items() if name != "columns"]
    mark = "&" if source.startswith(PLACES) and "?" in source else "?"
    return f"{source}{mark}{urlencode(pairs)}" if pairs else source


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "|".join(value) if isinstance(value, (tuple, list)) else str(value) if value != "" else "none"


def _exists(path: str) -> bool:
    try:
        return Path(path).expanduser().exists()
    except (OSError, ValueError):
        return False
