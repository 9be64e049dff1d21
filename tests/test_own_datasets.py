"""Datasets that a visitor added: name, content and plan together, and no name that stands for a content."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from reco_core import data
from reco_core.data.cache import parsed_copy
from reco_core.data.own import sharing, store
from reco_core.data.own.adding import Adding, adopted, keep, title_of
from reco_core.data.own.incoming import take_in
from reco_core.data.own.progress import Watch
from reco_core.data.own.record import RECORD, read_record, stored_name, write_record
from reco_core.data.reading.plan import Plan
from reco_core.errors import DataError, OwnerError
from reco_core.events import Failed
from reco_core.jobs.results.dataset_removal import remove_dataset, restore_dataset
from reco_core.runs import RunRequest, RunStore
from tests.commands import Answer
from tests.data_files import MOVIELENS_100K, MOVIELENS_CSV, folder, table, zipped

CSV = "user,item,rating\n1,2,3\n2,2,4\n"
CASES = Path(__file__).parent / "cases"


def added() -> list[str]:
    return [entry.name for entry in data.known() if entry.own]


def test_a_dataset_keeps_title_plan_counts_and_where_it_came_from(tmp_path):
    path = table(tmp_path / "My Ratings.CSV", "who;what;how\n1;2;3,5\n1;3;-1\n2;2;4,5\n")
    choices = {"columns": {"user": "who", "item": "what", "rating": "how"}, "missing": ("-1",)}
    record = data.add(path, choices=choices, description="Of last year.", kind="book", owner="ann")
    assert (record.slug, record.title, record.filename) == ("my-ratings", "My Ratings", "My Ratings.CSV")
    assert (record.description, record.kind, record.owner) == ("Of last year.", "book", "ann")
    assert record.plan.columns == choices["columns"]
    assert (record.plan.delimiter, record.plan.decimal, record.plan.missing) == (";", ",", ("-1",))
    counts = record.counts
    assert (counts.lines, counts.ratings, counts.refused, counts.users, counts.items) == (4, 2, 1, 2, 1)
    assert record.added.tzinfo is not None
    path.unlink()
    ratings = data.load("my-ratings")
    assert (ratings.name, ratings.source.title, ratings.fingerprint) == ("my-ratings", "My Ratings", record.fingerprint)
    assert ratings.rating.tolist() == [3.5, 4.5]


def test_reading_again_follows_the_kept_plan_and_not_a_new_guess(tmp_path):
    record = data.add(
        table(tmp_path / "a.csv", "user,item,rating\n1,2,3\n1,2,5\n2,2,1\n"), choices={"duplicates": "mean"}
    )
    for path in (store.home().parent / "parsed").iterdir():
        os.rename(path, path.with_name(f"gone-{path.name}"))
    again = data.load(record.slug)
    assert (again.rating.tolist(), again.fingerprint) == ([4, 1], record.fingerprint)


@pytest.mark.parametrize("members", [MOVIELENS_100K, MOVIELENS_CSV], ids=["u.data", "ratings.csv"])
@pytest.mark.parametrize("packed", [True, False])
def test_a_zip_or_folder_of_movielens_keeps_titles_when_read_again(tmp_path, members, packed):
    path = zipped(tmp_path / "small.ZIP", members) if packed else folder(tmp_path / "small", members)
    direct, record = data.load(path), data.add(path)
    again = data.load(record.slug)
    assert again.fingerprint == direct.fingerprint
    assert again.item_table["title"].tolist() == direct.item_table["title"].tolist()


def test_the_same_file_name_three_times_is_three_datasets_each_with_its_own_content(tmp_path):
    found = []
    for at, text in enumerate((CSV, CSV + "3,2,5\n", CSV + "3,2,5\n4,2,1\n")):
        (tmp_path / str(at)).mkdir()
        found.append(data.add(table(tmp_path / str(at) / "ratings.csv", text)))
    assert [one.slug for one in found] == ["ratings", "ratings-2", "ratings-3"]
    assert [one.title for one in found] == ["ratings", "ratings (2)", "ratings (3)"]
    assert [len(data.load(one.slug)) for one in found] == [2, 3, 4]


def test_a_file_named_like_a_known_dataset_is_neither_taken_for_it_nor_hides_it(monkeypatch):
    path = CASES / "names" / "demo.csv"
    assert (data.load(path).name, data.load(path).n_items) == ("demo.csv", 11)
    record = data.add(path)
    assert (record.slug, record.title) == ("demo-2", "demo")
    assert (data.load("demo").n_items, data.load(record.slug).n_items) == (1682, 11)


def test_a_file_and_a_folder_have_longer_names_where_the_short_one_is_taken(tmp_path):
    path = table(tmp_path / "mine.csv", CSV)
    assert data.load(path).name == "mine"
    data.add(path)
    assert data.load(path).name == "mine.csv"
    assert data.load(folder(tmp_path / "mine", {"ratings.csv": CSV.encode()})).name == f"mine ({tmp_path.name})"


def test_another_file_under_the_name_of_a_deleted_one_shows_nothing_of_it():
    first = data.add(CASES / "names" / "with.csv", "Films")
    assert data.load(first.slug).item_table["title"].tolist()[0] == "Fixed Film 1"
    store.remove(first.slug)
    second = data.add(CASES / "names" / "without.csv", "Films")
    assert second.slug == first.slug
    assert not any("Fixed" in title for title in data.load(second.slug).item_table["title"])


def test_the_title_changes_and_the_name_stays(tmp_path):
    record = data.add(table(tmp_path / "a.csv", CSV), owner="ann")
    data.add(table(tmp_path / "b.csv", CSV))
    with pytest.raises(OwnerError, match="belongs to another visitor"):
        store.change("a", visitor="bob", title="Mine")
    assert store.change("a", visitor="ann", title=" The  first ", description="One.").title == "The first"
    assert (data.load("a").source.title, store.require("a").fingerprint) == ("The first", record.fingerprint)
    with pytest.raises(DataError, match="must be unlike the others; B is taken"):
        store.change("a", title="B")
    with pytest.raises(DataError, match="must be one line with a letter or a digit"):
        store.change("a", title="\x1b[2J")


def test_deleting_takes_the_runs_along_and_can_be_undone(tmp_path):
    record, runs = data.add(table(tmp_path / "a.csv", CSV), owner="ann"), RunStore()
    for owner in ("ann", "", "bob"):
        run = runs.create(RunRequest(source="a", dataset="a", model="bias", owner=owner))
        if owner == "ann":
            first = run
    with pytest.raises(DataError, match="can be deleted when none of its runs is queued or training; stop"):
        remove_dataset(runs, "a", "ann")
    for run in runs.list():
        with run.record() as recording:
            recording.emit(Failed("It did."))
    with pytest.raises(OwnerError):
        remove_dataset(runs, "a", "bob")
    assert len(runs.list()) == 3
    gone = remove_dataset(runs, "a", "ann")
    assert first.id in gone.runs
    assert (len(gone.runs), gone.left, added()) == (2, 1, [])
    assert restore_dataset(runs, "a", "ann") == 2
    assert (len(runs.list()), data.load("a").fingerprint) == (3, record.fingerprint)
    assert not (store.home() / "a" / "runs.json").exists()


def test_a_damaged_record_is_said_and_takes_no_other_along(tmp_path):
    for name in ("a", "b", "c", "d"):
        data.add(table(tmp_path / f"{name}.csv", CSV))
    (store.home() / "a" / RECORD).write_text('{"reco_dataset": 1')
    (store.home() / "b" / "b.csv").unlink()
    note = json.loads((store.home() / "c" / RECORD).read_text())
    (store.home() / "c" / RECORD).write_text(json.dumps(note | {"added": "2024-01-01T00:00:00"}))
    assert added() == ["d"]
    damaged = store.survey().damaged
    assert "is damaged" in damaged["a"]
    assert damaged["b"] == "The file of b, b.csv, is missing."
    assert "added: input should have timezone info" in damaged["c"]
    with pytest.raises(DataError, match="is missing"):
        data.load("b")
    store.remove("a")
    assert set(store.survey().damaged) == {"b", "c"}


def test_a_file_that_was_changed_behind_the_records_back_is_refused(tmp_path):
    data.add(table(tmp_path / "a.csv", CSV))
    (store.home() / "a" / "a.csv").write_text(CSV + "9,9,5\n")
    with pytest.raises(DataError, match="The file of a is not the one that was added"):
        data.load("a")


def test_the_old_layout_opens_and_becomes_a_folder_when_it_is_changed():
    store.home().mkdir(parents=True)
    (store.home() / "mine.csv").write_text("a,b,c\n1,2,3\n2,2,4\n")
    columns = {"user": "a", "item": "b", "rating": "c"}
    note = {"n_ratings": 2, "n_users": 2, "n_items": 1, "choices": {"columns": columns}}
    (store.home() / "mine.json").write_text(json.dumps(note))
    (store.home() / "other.csv").write_text(CSV)
    (store.home() / "other.json").write_text("{")
    assert [(entry.name, entry.n_ratings) for entry in data.known()[-2:]] == [("mine", 2), ("other", None)]
    before = data.load("mine")
    assert adopted("mine").plan.columns == columns
    assert data.load("mine").fingerprint == before.fingerprint
    assert sorted(path.name for path in store.home().iterdir()) == ["mine", "other.csv", "other.json"]
    store.remove("other")
    store.restore("other")
    assert len(data.load("other")) == 2


@pytest.mark.parametrize("form", ["out", "out.zip"])
def test_an_export_is_documented_and_gives_the_same_ratings_elsewhere(tmp_path, monkeypatch, form):
    record = data.add(table(tmp_path / "a.csv", CSV), "My ratings", {"duplicates": "mean"}, "Of mine.", "book", "ann")
    sharing.export(record, tmp_path / form)
    monkeypatch.setenv("RECO_HOME", str(tmp_path / "elsewhere"))
    back = sharing.import_(tmp_path / form)
    assert (back.title, back.description, back.kind, back.plan) == ("My ratings", "Of mine.", "book", record.plan)
    assert (back.owner, back.fingerprint) == ("", record.fingerprint)
    if form == "out":
        assert data.load(tmp_path / form).fingerprint == record.fingerprint
        assert "2 ratings of 1 items by 2 users" in (tmp_path / form / "README.md").read_text()


def test_an_export_whose_file_or_plan_was_changed_is_refused(tmp_path):
    record = data.add(table(tmp_path / "a.csv", CSV))
    sharing.export(record, tmp_path / "out")
    write_record(tmp_path / "out", read_record(tmp_path / "out").changed(plan=record.plan.changed(values="implicit")))
    with pytest.raises(DataError, match="gives other ratings than its"):
        sharing.import_(tmp_path / "out")
    assert added() == ["a"]
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr(RECORD, (tmp_path / "out" / RECORD).read_text())
    with pytest.raises(DataError, match=r"does not hold a\.csv as its dataset\.json says"):
        sharing.import_(tmp_path / "bad.zip")


@pytest.mark.parametrize(
    ("filename", "content", "message"),
    [
        ("r.csv", b"", r"at least one line; r\.csv is empty"),
        ("r.csv", b"a,b\nc,d\n", r"r\.csv has no user"),
        ("r.zip", b"nothing", r"r\.zip is not a complete zip file"),
    ],
)
def test_what_cannot_be_read_is_not_added(tmp_path, filename, content, message):
    with pytest.raises(DataError, match=message):
        data.add(table(tmp_path / filename, content))
    assert not store.home().exists() or list(store.home().iterdir()) == []


@pytest.mark.parametrize(
    ("filename", "stored"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\r.CSV", "r.CSV"),
        ("dataset.json", "file-dataset.json"),
        ("日本.csv", "csv"),
        ("..", "file-"),
        ("a\0b\n.csv", "a-b-.csv"),
        ("-rf", "rf"),
    ],
)
def test_file_names_are_made_safe(filename, stored):
    assert stored_name(filename) == stored


@pytest.mark.parametrize(
    ("filename", "title"),
    [("BX-Book_Ratings.csv.gz", "BX-Book Ratings"), ("u.data", "u"), ("日本.csv", "日本"), ("..csv", "My ratings")],
)
def test_a_title_is_proposed_from_the_files_name(filename, title):
    assert title_of(filename) == title


def test_a_title_in_any_script_is_kept(tmp_path):
    record = data.add(table(tmp_path / "日本.csv", CSV))
    assert (record.slug, record.title) == ("dataset", "日本")


def test_adding_tells_how_far_it_has_come_and_a_cancelled_one_leaves_nothing(tmp_path):
    content = CSV + "".join(f"{user},{item},{1 + (user + item) % 5}\n" for user in range(3, 3000) for item in range(20))
    incoming = take_in("big.csv", table(tmp_path / "big.csv", content).open("rb"))
    plan = Plan(file="big.csv", columns={"user": "user", "item": "item", "rating": "rating"}, width=3)
    watch = Watch()
    watch.cancel()
    with pytest.raises(DataError, match="Reading was cancelled; nothing was added"):
        keep(incoming, plan, watch=watch)
    assert added() == []
    work = Adding(lambda watch: keep(incoming, plan, watch=watch))
    assert work.wait(60)
    assert (work.error, work.watch.share) == ("", 1.0)
    assert work.dataset is not None
    assert work.dataset.counts.users == 2999


def test_a_server_reads_what_is_added_in_another_process(tmp_path, monkeypatch):
    from reco_core.data import subprocess_reader

    monkeypatch.setattr(subprocess_reader, "_here", False)
    read = []

    def seen(folder, make, elsewhere):
        return parsed_copy(folder, lambda: read.append(1) or make(), elsewhere)

    monkeypatch.setattr("reco_core.data.own.reading.parsed_copy", seen)
    incoming = take_in("a.csv", table(tmp_path / "a.csv", CSV).open("rb"))
    plan = Plan(file="a.csv", columns={"user": "user", "item": "item", "rating": "rating"}, width=3)
    watch = Watch()
    assert keep(incoming, plan, watch=watch).counts.ratings == 2
    assert (read, watch.share) == ([], 1.0)


def test_the_command_line_adds_changes_exports_deletes_and_restores(tmp_path):
    path = table(tmp_path / "own.txt", "who;what;how\n1;2;3\n2;2;4\n")
    flags = ["--columns", "user=who,item=what,rating=how", "--read", "delimiter=semicolon"]
    found = Answer("data", "add", path, "--name", "Mine", "--kind", "book", *flags, "--json").json
    assert (found["slug"], found["kind"], found["counts"]["ratings"]) == ("mine", "book", 2)
    assert Answer("data", "rename", "mine", "Better", "--json").json["title"] == "Better"
    assert Answer("data", "describe", "mine", "Of last year", "--json").json["description"] == "Of last year"
    assert Answer("data", "export", "mine", tmp_path / "out").code == 0
    assert Answer("data", "add", tmp_path / "out", "--name", "Copy", "--json").json["plan"] == found["plan"]
    assert "is deleted, with 0 runs" in Answer("data", "remove", "mine").out
    assert added() == ["better"]
    Answer("data", "restore", "mine")
    assert added() == ["mine", "better"]
