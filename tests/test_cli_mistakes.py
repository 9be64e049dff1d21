"""Mistakes on the command line: one line, exit 2, and what the user meant by a name."""

from __future__ import annotations

from pathlib import Path

import pytest

from reco_core.cli.options import item_index, parse_settings
from reco_core.data.labels import labels_of
from reco_core.errors import SettingsError, UnknownIdError
from reco_core.runs import RunStore
from tests.commands import Answer
from tests.small_ratings import small_ratings

MISTAKES: dict[str, tuple[list[str], str]] = {
    "command": (["dance"], "No such command 'dance'"),
    "missing source": (["train"], "reco train needs a SOURCE"),
    "option": (["train", "demo", "--colour", "red"], "No such option"),
    "source": (["train", "no-such"], "got no-such"),
    "model": (["train", "demo", "--model", "no"], "model must be one of mf_bias"),
    "setting": (["train", "demo", "--set", "size=3"], "mf_bias has no setting size; it has dim"),
    "setting's range": (["train", "demo", "--set", "dim=0"], "dim must be between 1 and 512; got 0"),
    "setting's form": (["train", "demo", "--set", "dim"], "--set takes name=value"),
    "preset": (["train", "demo", "--preset", "no"], "preset of mf_bias must be one of"),
    "split": (["train", "demo", "--split", "odd"], "A split must be one of random"),
    "fold": (["train", "demo", "--split", "fold:u9"], "got u9"),
    "test size": (["train", "demo", "--test-size", "2"], "test_size must be above 0 and below 1; got 2"),
    "seed": (["train", "demo", "--seed", "-1"], "--seed"),
    "base run": (["train", "demo", "--base-run", "none"], "There is no run 'none'"),
    "run": (["show", "20250131-093000-mf-1a2b"], "There is no run 20250131-093000-mf-1a2b"),
    "no runs": (["evaluate", "last"], "none yet"),
    "runs folder": (["runs", "--runs", "/no/such/folder"], "/no/such/folder is not a folder"),
    "archive": (["import", "gone.zip"], "gone.zip does not exist"),
    "one run": (["compare", "last"], "There is no run"),
    "dataset": (["data", "info", "no-such"], "got no-such"),
    "download": (["data", "download", "no-such"], "got no-such"),
    "model's name": (["models", "no"], "model must be one of"),
    "host": (["app", "--host", "192.0.2.1", "--no-browser"], "--host must be an address of this computer"),
    "first dataset": (["app", "--dataset", "no-such", "--no-browser"], "got no-such"),
    "port": (["app", "--port", "0", "--no-browser"], "--port"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_one_line_and_exit_2(name: str):
    arguments, words = MISTAKES[name]
    answer = Answer(*arguments)
    assert answer.code == 2 and answer.out == ""
    assert answer.err.startswith("error: ") and answer.err.count("\n") == 1 and words in answer.err
    assert RunStore().list() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["similar", "RUN", "1"], "bias has none"),
        (["recommend", "RUN", "--user", "999"], "user must be one of the 30 in this dataset (1, 2, 3, ...); got 999"),
        (["recommend", "RUN"], "recommend needs --user ID, --rate ITEM=STARS, or --all with"),
        (["recommend", "RUN", "--user", "1", "-k", "0"], "-k"),
        (["export", "RUN", "--to", "."], "or a new folder"),
        (["compare", "RUN", "RUN"], "two different runs"),
        (["train", "demo", "--base-run", "RUN"], "Only a two-stage model"),
    ],
)
def test_a_mistake_about_a_run_is_one_line_and_exit_2(trained: str, arguments: list[str], words: str):
    answer = Answer(*(trained if argument == "RUN" else argument for argument in arguments))
    assert answer.code == 2 and answer.err.count("\n") == 1 and words in answer.err, answer.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["similar", "RUN", "999"], "item must be one of the 20 in this dataset"),
        (["similar", "RUN", "film"], "'film' must name one item; it names 20: Film [10] (1999) · 19 ratings · id 10; "),
        (["similar", "RUN", "1", "--measure", "taxi"], "measure must be one of cosine, dot, euclidean; got taxi"),
    ],
)
def test_a_mistake_about_an_item_is_one_line_and_exit_2(with_vectors: str, arguments: list[str], words: str):
    answer = Answer(*(with_vectors if argument == "RUN" else argument for argument in arguments))
    assert answer.code == 2 and answer.err.count("\n") == 1 and words in answer.err, answer.err


def test_a_run_that_failed_ends_the_command_with_its_reason(csv: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("reco_core.jobs.running.training_job.reference_lines", fail)
    answer = Answer("train", csv, "--model", "bias")
    assert answer.code == 2 and "failed: Memory ran out" in answer.err.splitlines()[-1]


def test_a_damaged_run_is_mentioned_beside_the_list(trained: str):
    (RunStore().root / trained / "run.json").write_text("{")
    answer = Answer("runs", "--json")
    assert answer.json == {"runs": []} and "left out" in answer.err


def test_settings_are_pairs():
    assert parse_settings(["dim=3", "layers=100,50", "a = b=c "]) == {"dim": "3", "layers": "100,50", "a": "b=c"}
    for bad in ("dim", "=3", ""):
        with pytest.raises(SettingsError, match="name=value"):
            parse_settings([bad])


def test_an_item_is_meant_by_id_title_or_the_only_title_with_a_part():
    ratings = small_ratings([(0, 0, 3), (0, 1, 4), (0, 2, 5), (0, 3, 1)], 1, 4)
    ratings.item_table["title"] = ["Alien", "Aliens", "2", "M*A*S*H"]
    assert item_index(ratings, "2") == 2
    assert item_index(ratings, "alien") == 0
    assert item_index(ratings, "a*s") == 3
    with pytest.raises(UnknownIdError, match="'lien' must name one item; it names 2: Alien · 1 rating · id 0; Aliens"):
        item_index(ratings, "lien")


def test_equal_titles_are_told_apart_by_ratings_and_id_the_most_rated_first():
    ratings = small_ratings([(0, 0, 3), (0, 1, 4), (1, 1, 5), (1, 2, 1)], 2, 3)
    ratings.item_table["title"], ratings.item_table["year"] = ["Amy", "Amy", "Ann"], [1997, 1997, None]
    assert labels_of(ratings) == ["Amy (1997) · 1 rating · id 0", "Amy (1997) · 2 ratings · id 1", "Ann"]
    with pytest.raises(
        UnknownIdError, match=r"names 2: Amy \(1997\) · 2 ratings · id 1; .* id 0. Give the id instead."
    ):
        item_index(ratings, "amy (1997)")
    ratings.item_table["title"] = ["Amy", "Amy", "Amy (1997) · 1 rating · id 0"]  # a title made to look like a label
    assert len(set(labels_of(ratings))) == 3
