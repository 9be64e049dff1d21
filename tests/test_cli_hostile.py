"""The command line with hostile titles, ids, genres and names: no text commands the terminal, all of it is bounded."""

from __future__ import annotations

import io
import json

import pytest

from reco_core import data
from reco_core.cli.output import SafeConsole, print_json, table
from reco_core.jobs.running.training_job import train_run
from tests.apptest import requested
from tests.commands import Answer
from tests.hostile import FORMULA, NEVER, TITLES, hostile_ratings

LONG = "x" * 9_000


@pytest.fixture
def hostile(monkeypatch):
    monkeypatch.setattr(data, "_demo", hostile_ratings)
    train_run(requested("ease", name="[red]x[/nope]"))
    return hostile_ratings()


def clean(answer: Answer) -> bool:
    """Whether what was printed holds nothing that a terminal obeys, and no word longer than a title."""
    return answer.code == 0 and not NEVER.search(answer.out + answer.err) and "W" * 200 not in answer.out


def test_tables_of_hostile_ratings_are_text_within_bounds(hostile):
    item, user = hostile.items.ids[4], hostile.users.ids[3]
    commands = [("data", "info", "demo"), ("runs",), ("show", "last"), ("similar", "last", item)]
    commands += [("recommend", "last", "--user", user, "--why"), ("recommend", "last", "--rate", f"{item}=5")]
    for command in commands:
        answer = Answer(*command)
        assert clean(answer), command
        assert len(answer.out) < 40_000


def test_json_has_every_text_whole_and_escaped(hostile):
    answer = Answer("data", "info", "demo", "--json")
    assert not NEVER.search(answer.out)
    told = {row["title"] for row in json.loads(answer.out)["top"]}
    assert told <= set(TITLES) and any("\x1b" in title for title in told) and any(len(title) > 9_000 for title in told)


def test_lists_for_everybody_hold_no_formula(hostile, tmp_path):
    assert Answer("recommend", "last", "--all", "-k", "9", "--out", tmp_path / "all.csv").code == 0
    text = (tmp_path / "all.csv").read_text("utf-8")
    assert f"'{FORMULA}" in text and f",{FORMULA}" not in text and "\n'=1+1," in text and "\n=1+1" not in text


def test_a_file_name_that_no_disk_takes_is_one_sentence(tmp_path):
    for command in (("data", "info", LONG), ("runs", "--runs", LONG), ("import", LONG), ("show", LONG)):
        answer = Answer(*command)
        assert answer.code == 2 and answer.err.startswith("error: ") and answer.err.count("\n") == 1, command
        assert len(answer.err) < 800


def test_a_table_and_a_line_drop_what_a_terminal_obeys():
    file = io.StringIO()
    console = SafeConsole(file=file, width=80, highlight=False)
    console.print("epoch 1  \x1b[31mloss\r\x1b]8;;http://x\x07\u202e", markup=False)
    console.print(table(("a\x1b[2J", "b"), [("x\x00\x1b[1mbold", 1)], title="[red]t\u2066"))
    said = file.getvalue()
    assert not NEVER.search(said)
    assert said.startswith("epoch 1  loss ") and "xbold" in said and "[red]t" in said


def test_printed_json_reads_back_as_it_was(capsys):
    value = {"a\u202e": "\x9b1m\x7f\ud800 ok ü", "n": 1}
    print_json(value)
    said = capsys.readouterr().out
    assert not NEVER.search(said) and "ü" in said
    assert json.loads(said) == value
