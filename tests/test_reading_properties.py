"""Any table in any dialect is read cell by cell as Python's csv reads it, and every line of any file is counted."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reco_core import data
from reco_core.data import read
from reco_core.data.files import open_files
from reco_core.data.reading import guess, lines, preview, records
from reco_core.data.reading.dialect import Dialect
from reco_core.errors import DataError
from tests.data_files import MOVIELENS_100K, folder, table

# Cells with everything that a dialect can trip over.
CELLS = st.text("ab1 é日,;|\t\":'\\\n-.", max_size=8)
# Lines as they come, by themselves right or wrong in every way.
BODY = [
    *("1,2,3", "1,3,4", "2,2,5", "2,3,1", "3,2,4", "", ",,", " ", "1,2,5", "x,2,3", ",2,3", "1,,3", "1,2,", "1,2,x"),
    *("1,2,inf", "1,2", "1,2,3,4", "1,2,3,", '1,2,"3"', '1,2,"3', '"a\nb",2,3', "\0,1,2", "001,2,3"),
]
DELIMITERS = [",", ";", "|", "\t"]


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], str, str]:
    """(rows, delimiter, the text that Python's csv writes of them)."""
    width = draw(st.integers(2, 5))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12))
    delimiter, quoting = draw(st.sampled_from(DELIMITERS)), draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)
    return rows, delimiter, out.getvalue()


def cells(text: bytes, dialect: Dialect, piece: int = 1 << 20) -> tuple[list[tuple[str, ...]], int]:
    """(the rows that are read, the lines that are accounted for)."""
    rows, seen = [], 0
    for batch in records.records(lines.lines(io.BytesIO(text), piece=piece), dialect):
        rows += [tuple(row.values()) for row in batch.table.to_pylist()]
        seen += batch.table.num_rows + len(batch.refused) + batch.empty + batch.further
    return [row for row in rows if any(row)], seen


@settings(deadline=None, max_examples=300)
@given(tables(), st.sampled_from([1 << 20, 16, 3]))
def test_cells_are_those_of_pythons_csv(made, piece):
    rows, delimiter, text = made
    dialect = Dialect(delimiter, '"', "", False, len(rows[0]))
    found, seen = cells(text.encode(), dialect, piece)
    judged = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert judged == rows
    blank = [row for row in rows if any(cell.strip() for cell in row)]
    assert [row for row in found if any(cell.strip() for cell in row)] == [tuple(row) for row in blank]
    assert seen == text.count("\n")


@settings(deadline=None, max_examples=300)
@given(st.text('a1,"\\\n ', max_size=120), st.sampled_from(["", '"']), st.sampled_from(["", "\\"]))
def test_every_line_of_any_text_is_a_row_refused_empty_or_a_further_line(text, quote, escape):
    _, seen = cells(text.encode(), Dialect(",", quote, escape, False, 3))
    assert seen == len(text.split("\n")) - text.endswith("\n") if text else seen == 0


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            BODY
        ),
        max_size=30,
    ),
    st.sampled_from(["last", "mean", "refuse"]),
    st.sampled_from([0, 2]),
    st.booleans(),
)  # fmt: skip
def test_lines_are_ratings_duplicates_refused_empty_filtered_or_header(
    tmp_path_factory, body, duplicates, core, header
):
    text = "\n".join([*(["user,item,rating"] if header else []), *body, "8,8,2", "8,9,3", "9,8,1", "9,9,4"])
    path = table(tmp_path_factory.mktemp("own") / "own.csv", text)
    names = ("user", "item", "rating") if header else ("#1", "#2", "#3")
    columns = dict(zip(("user", "item", "rating"), names, strict=True))
    choices = {"duplicates": duplicates, "core": core, "header": header, "columns": columns, "width": 3}
    ratings = data.load(path, choices)
    quality = ratings.quality
    assert quality.lines == text.count("\n") + 1
    parts = quality.header + quality.empty + quality.further + quality.left_out + quality.duplicates + quality.filtered
    assert quality.lines == parts + len(ratings)
    assert quality.left_out == (0 if ratings.refused is None else len(ratings.refused))


def test_a_reading_that_does_not_add_up_is_refused(tmp_path, monkeypatch):
    path = table(tmp_path / "own.csv", "user,item,rating\n1,2,3\n2,2,4\n\n")
    count = read.quality_of
    monkeypatch.setattr(read, "quality_of", lambda rows, plan, lines: count(rows, plan, lines + 1))
    with pytest.raises(DataError, match="its lines do not add up"):
        data.load(path)


@pytest.mark.parametrize("bad", ['5" disc', '"5 inch', '"12 inch" single', "a,b", ""])
def test_an_odd_line_two_megabytes_into_a_file_costs_itself_alone(tmp_path, bad):
    rows = [f"{user},{item},{1 + (user + item) % 5},Film {item}" for user in range(1, 400) for item in range(1, 301)]
    odd = 70_000
    rows[odd] = "1,9999,3," + bad
    path = table(tmp_path / "own.csv", "\n".join(["user,item,rating,title", *rows]) + "\n")
    ratings = data.load(path)
    refused = [] if ratings.refused is None else ratings.refused["line"].tolist()
    assert refused in ([], [odd + 2])
    assert len(ratings) == len(rows) - len(refused)
    assert ratings.users.ids.dtype == ratings.items.ids.dtype == "int64"


def test_one_endless_line_is_refused_in_bounded_memory(tmp_path):
    head, tail = b"user,item,rating\n1,2,3\n", b"\n2,2,4\n"
    ratings = data.load(table(tmp_path / "own.csv", head + b"x" * (5 * 1024**2) + tail))
    assert len(ratings) == 2
    assert ratings.quality.refused == {"a line longer than 1 MB": 1}
    assert len(ratings.refused["text"][0]) == 80


def test_quotes_that_never_close_do_not_make_reading_slow(tmp_path):
    text = "user,item,rating,title\n" + '1,2,3,"never closed\n' * 20_000 + "1,3,3,fine\n2,3,4,fine\n"
    path = table(tmp_path / "own.csv", text)
    ratings = data.load(path, {"quote": '"'})
    assert (len(ratings), ratings.quality.left_out) == (2, 20_000)


def test_a_plan_saved_reads_the_same_again(tmp_path):
    path = table(tmp_path / "own.csv", "a;b;c;d\n1;x;3,5;02.03.2020\n2;x;4;03.03.2020\n2;y;4;03.03.2020\n")
    choices = {"columns": {"user": "a", "item": "b", "rating": "c", "time": "d"}}
    plan = guess(open_files(path), choices).require()
    first, again = data.load(path, choices), data.load(path, plan.model_dump())
    assert first.fingerprint == again.fingerprint
    shown = preview(open_files(path), guess(open_files(path), plan.model_dump()))
    assert (shown.ratings, shown.users, shown.items, shown.rows[0]) == (3, 2, 2, ["1", "x", "3,5", "02.03.2020"])


def test_a_plan_saved_of_movielens_reads_the_same_again(tmp_path):
    path = folder(tmp_path / "ml", MOVIELENS_100K)
    plan = guess(open_files(path)).require()
    first, again = data.load(path), data.load(path, plan.model_dump())
    assert (first.fingerprint, first.identity) == (again.fingerprint, again.identity)
    assert again.item_table["title"].tolist()[0] == "The Matrix"
