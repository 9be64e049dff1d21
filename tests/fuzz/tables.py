"""Fuzz targets for files of ratings: any bytes under any name, and tables with odd lines, packed or not.

What is read must account for every line, and read the same again by its own plan.
"""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from reco_core import data
from reco_core.data.files import open_files
from reco_core.data.reading import guess, preview
from reco_core.errors import RecoError
from tests.fuzz.draws import Draws, bent

NAMES = ("r.csv", "u.data", "ratings.dat", "r.json", "r.parquet", "r.zip", "r.inter", "r", "RATINGS.CSV.GZ")
HEADERS = (
    "user,item,rating", "user,item,rating,timestamp", "user;item;rating;title", '"User-ID";"ISBN";"Book-Rating"', "",
    "a,b,c", ",0,1,2", "userId,movieId,rating,timestamp", "user_id:token\titem_id:token\trating:float",
    "user,item,rating,title,genres,year,image", "sep=;",
)  # fmt: skip
CELLS = (
    "1", "2", "3", "4.5", "-1", "99", "", " ", "ann", "007", "1.0", "1e5", "1e999", "inf", "nan", "NULL", '"', '""',
    '"a', '"a"', '"a,b"', '"a\nb"', "3,5", "1600000000", "1600000000000", "2020-01-02", "2020-01-02T03:04:05+02:00",
    "03.02.2020", "9999-12-31", "20200302", "2001", "\\", '\\"', "é", "日本", "\ud7ff", "<b>", "=1+1", "['A', 'B']",
    "[[[[", "Film (1999)", "9" * 30, "x" * 300, "1_000", "½", "\x1f", "::", "|",
)  # fmt: skip
ENDS = ("\n", "\r\n", "\r", "\n\n", "\0\n", " \n")
CHOICES: tuple[dict[str, Any], ...] = (
    {}, {}, {"form": "wide"}, {"form": "blocks"}, {"form": "json"}, {"quote": ""}, {"escape": "\\"},
    {"header": False}, {"header": True}, {"delimiter": "spaces"}, {"delimiter": "::"}, {"encoding": "utf-16-le"},
    {"decimal": ","}, {"duplicates": "mean"}, {"duplicates": "refuse"}, {"core": 2}, {"values": "log"},
    {"values": "implicit"}, {"missing": ("-1", "99")}, {"skip": 3}, {"trim": True},
    {"columns": {"user": "#1", "item": "#2", "rating": "#3"}}, {"width": 4}, {"time_form": "%d.%m.%Y"},
    {"form": "parquet"},
)  # fmt: skip


def read_any_table(content: bytes, folder: Path) -> None:
    """A file that is these bytes, under one of the names that tell a format."""
    draws = Draws(content)
    name, choices = draws.pick(NAMES), draws.pick(CHOICES)
    _read(folder / name, draws.rest(), choices)


def read_odd_table(content: bytes, folder: Path) -> None:
    """A table of lines that are right or wrong in every way, in any encoding, packed or not, perhaps bent."""
    draws = Draws(content)
    name, choices, header = draws.pick(NAMES), draws.pick(CHOICES), draws.pick(HEADERS)
    mark = draws.pick((",", ";", "\t", "|", "::", " ", ", "))
    end = draws.pick(ENDS)
    lines = [header] if header else []
    while not draws.over and len(lines) < 60:
        lines.append(mark.join(draws.pick(CELLS) for _ in range(1 + draws.upto(5))))
    text = end.join(lines)
    packed = text.encode(draws.pick(("utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-be")), "replace")
    packed = bent(draws, packed) if draws.upto(3) == 1 else packed
    packing = draws.upto(5)
    if packing == 1:
        packed = gzip.compress(packed)
    elif packing == 2:
        packed = _zipped({name: packed, draws.pick(("movies.csv", "../x.csv", "a/r.csv", "links.csv")): packed})
    _read(folder / name, bent(draws, packed) if draws.upto(7) == 1 else packed, choices)


def table_seeds() -> list[bytes]:
    """What a coverage-guided fuzzer begins with."""
    rows = b"user,item,rating\n1,2,3\n2,2,4\n3,4,5\n"
    objects = b"".join(json.dumps({"user": n, "item": n, "rating": n}).encode() + b"\n" for n in range(3))
    texts = [rows, rows.replace(b",", b"::"), b"1:\n5,3,2020-01-02\n6,4,2020-01-02\n", objects, gzip.compress(rows)]
    return [b"\0\0" + text for text in [*texts, _zipped({"r.csv": rows})]]


def _zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def _read(path: Path, content: bytes, choices: dict[str, Any]) -> None:
    path.write_bytes(content)
    try:
        files = open_files(path)
        found = guess(files, choices)
        shown = preview(files, found)
        assert len(shown.reason) < 1000 and "\n" not in shown.reason
        ratings = data.parse(files, choices)
    except RecoError as error:
        assert 0 < len(str(error)) < 1000 and "\n" not in str(error)
        return
    assert ratings.quality.adds_up(len(ratings)), "a line is lost"
    again = data.parse(files, found.plan.model_dump())
    assert again.fingerprint == ratings.fingerprint, "its own plan reads it otherwise"
