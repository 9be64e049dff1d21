"""No text of a table is a formula to a spreadsheet, whichever way it leaves."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.ui.shell.shown_table import shown_table
from reco_core.spreadsheet import csv_bytes, harmless, harmless_table

STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "+x",
        "-x",
        "-1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\n=x",
        " =x",
        "\ufeff=x",
        "\u200b+x",
        "＝x",
    ],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", [-1.5, -3, 0, None, True, "Léon", "'=x", "", "a-b", "3 = x"])
def test_numbers_and_what_is_no_formula_stay_as_they_are(value):
    assert harmless(value) is value


@given(st.text(), st.sampled_from(STARTS))
def test_whatever_begins_like_a_formula_has_an_apostrophe_once(text, start):
    made = harmless(start + text)
    assert made == f"'{start}{text}" and harmless(made) == made


def test_numbers_in_a_csv_stay_numbers():
    table = pd.DataFrame({"title": ["=cmd()", "Léon"], "score": [-1.5, 2.0]})
    assert csv_bytes(table).decode("utf-8-sig") == "title,score\n'=cmd(),-1.5\nLéon,2.0\n"


@given(st.lists(st.tuples(st.text(), st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=5))
def test_a_csv_read_again_has_its_text_behind_apostrophes_and_its_numbers(rows):
    rows = [(text.encode("utf-8", "replace").decode().replace("\r", " "), number) for text, number in rows]
    table = pd.DataFrame({"title": [text for text, _ in rows], "score": [number for _, number in rows]})
    read = list(csv.reader(io.StringIO(csv_bytes(table).decode("utf-8-sig"), newline="")))[1:]
    assert [row[0] for row in read] == [harmless(text) for text, _ in rows]
    assert [float(row[1]) for row in read] == [number for _, number in rows]


def test_names_of_rows_and_columns_are_harmless_too_and_the_table_given_is_not_changed():
    table = pd.DataFrame({"=a": ["=x", None, 3], "n": [-1, -2, -3]}, index=["@r", "s", "t"])
    made = harmless_table(table)
    assert [*made.columns, *made.index] == ["'=a", "n", "'@r", "s", "t"]
    assert made.iloc[:, 0].tolist() == ["'=x", None, 3] and made["n"].tolist() == [-1, -2, -3]
    assert table.columns[0] == "=a" and table.iloc[0, 0] == "=x"


def test_a_shown_table_is_harmless_short_and_keeps_its_types():
    table = pd.DataFrame({0: ["=x", "y" * 9_999], "when": pd.to_datetime([1, 2]), "stars": np.float32([-1, 2])})
    made = shown_table(table)
    assert made[0].tolist() == ["'=x", "y" * 159 + "…"]
    assert made.dtypes[["when", "stars"]].tolist() == table.dtypes[["when", "stars"]].tolist()
