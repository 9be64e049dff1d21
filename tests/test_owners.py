"""Who may change what: one rule, held by the store whatever a page draws; and deletions that can be undone."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from pages.ui.movies.poster_folders import folder_owner, poster_folders, set_poster_folder
from pages.ui.shell import visitor as who
from reco_core.errors import OwnerError, RunError
from reco_core.owners import FAR, OPERATOR, TRUST_LOCAL, check_may_change, may_change
from reco_core.runs import Run, RunStore
from reco_core.runs.trash import DAYS, MEGABYTES
from tests.apptest import closed_form_run, open_page, texts
from tests.planted_events import aged, request

ANN, BOB = "a" * 32, "b" * 32


@pytest.fixture
def store(own_home: Path) -> RunStore:
    return RunStore()


@pytest.mark.parametrize(
    ("owner", "visitor", "may", "trusted"),
    [
        (ANN, ANN, True, True),
        (ANN, BOB, False, True),
        (ANN, FAR + BOB, False, False),
        (FAR + ANN, FAR + ANN, True, True),
        (ANN, FAR + ANN, True, True),
        (FAR + ANN, BOB, False, True),
        ("", ANN, True, True),
        ("", "", True, True),
        ("", FAR + ANN, False, False),
        (ANN, "", False, True),
        (ANN, OPERATOR, True, True),
        ("", OPERATOR, True, True),
    ],
)
def test_the_owner_may_and_here_whoever_is_trusted(
    owner: str, visitor: str, may: bool, trusted: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv(TRUST_LOCAL, raising=False)
    assert may_change(owner, visitor) == may
    monkeypatch.setenv(TRUST_LOCAL, "1")
    assert may_change(owner, visitor) == trusted


def test_a_refusal_says_whose_it_is():
    with pytest.raises(OwnerError, match=r"This run belongs to another visitor; only its owner can have it deleted\."):
        check_may_change(ANN, BOB, "This run", "deleted")
    with pytest.raises(OwnerError, match=r"belongs to the computer that runs the app; it can be renamed only there\."):
        check_may_change("", FAR + BOB, "This run", "renamed")


def owned(store: RunStore, owner: str = ANN, name: str = "hers") -> Run:
    return aged(store.create(request(owner=owner, name=name)))


@pytest.mark.parametrize("damage", [False, True])
def test_another_visitor_can_neither_rename_pin_delete_nor_restore(store: RunStore, damage: bool):
    run = owned(store)
    if damage:
        (run.folder / "metrics.json").write_text("{")
    for act in (
        lambda: store.rename(run.id, "mine", BOB),
        lambda: store.pin(run.id, True, BOB),
        lambda: store.delete(run.id, BOB),
        lambda: store.set_aside(run.id, BOB),
    ):
        with pytest.raises(OwnerError, match="belongs to another visitor"):
            act()
    assert store.open(run.id).name == "hers" and store.open(run.id).info.pinned is None
    store.delete(run.id, ANN)
    with pytest.raises(OwnerError, match="only its owner can have it restored"):
        store.restore(run.id, BOB)
    assert store.restore(run.id, ANN) == run.id and store.open(run.id).name == "hers"


def test_a_run_whose_owner_nobody_can_tell_is_for_this_machine_to_delete(store: RunStore):
    run = owned(store)
    (run.folder / "run.json").write_text("{")
    with pytest.raises(OwnerError):
        store.delete(run.id, FAR + ANN)
    store.delete(run.id, BOB)


def test_a_deleted_run_comes_back_as_it_was(store: RunStore):
    run = owned(store)
    before = {path.name: path.read_bytes() for path in run.folder.iterdir() if path.is_file()}
    store.delete(run.id)
    with pytest.raises(RunError, match="There is no run"):
        store.open(run.id)
    assert store.restore("last") == run.id
    assert {path.name: path.read_bytes() for path in run.folder.iterdir() if path.is_file()} == before
    with pytest.raises(RunError, match="There is no deleted run 'last'; the last deleted are: none"):
        store.restore("last")


def test_a_run_does_not_come_back_over_another_of_its_id(store: RunStore):
    run = owned(store)
    store.delete(run.id)
    run.folder.mkdir()
    with pytest.raises(RunError, match="is there already"):
        store.restore(run.id)


def test_deleted_runs_are_removed_when_too_old_or_too_large_the_oldest_first(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
):
    runs = [owned(store, name=f"run {n}") for n in range(3)]
    for age, run in zip((9, 2, 1), runs, strict=True):
        (run.folder / "weights.npz").write_bytes(b"x" * 100_000)
        one = store.trash.put(run.id)
        os.rename(one.folder, one.folder.with_name(f"{int(time.time()) - age * 86_400}-{run.id}"))
    store.trash.tidy()
    assert [one.run_id for one in store.removed()] == [runs[2].id, runs[1].id]
    monkeypatch.setenv(MEGABYTES, "0.15")
    store.trash.tidy()
    assert [one.run_id for one in store.removed()] == [runs[2].id]
    monkeypatch.setenv(DAYS, "0")
    store.trash.tidy()
    assert list(store.trash.folder.iterdir()) == []


def test_the_page_lets_the_owner_delete_and_undo_and_others_only_look(monkeypatch: pytest.MonkeyPatch, own_home: Path):
    run = closed_form_run("item_mean")
    run.update(owner=ANN)
    app = open_page("compare", runs=run.id)
    assert "belongs to another visitor" in texts(app)
    assert not [one for one in app.button if one.key == f"delete_{run.id}"]
    monkeypatch.setattr(who, "_secret", lambda: "0" * 32)
    run.update(owner=who.visitor())
    app = open_page("compare", runs=run.id)
    app.button(key=f"delete_{run.id}").click().run()
    assert RunStore().list() == [] and not app.exception
    app.button(key="undo").click().run()
    assert [one.id for one in RunStore().list()] == [run.id] and not app.exception


def test_a_visitor_from_another_computer_is_told_so_by_its_id(monkeypatch: pytest.MonkeyPatch, own_home: Path):
    run = closed_form_run("item_mean")
    monkeypatch.setattr(who, "_is_here", lambda: False)
    app = open_page("compare", runs=run.id)
    assert not [one for one in app.button if one.key == f"delete_{run.id}"], "the command line's runs are not theirs"
    set_poster_folder("demo", "/hers", ANN)
    assert "Another visitor has set a folder" in texts(open_page("data", data_tab="Posters"))


@pytest.mark.parametrize(
    ("ip", "headers", "here"),
    [
        (None, {"Host": "localhost:8501"}, True),
        (None, {"Host": "127.0.0.1:8501"}, True),
        (None, {"Host": "[::1]:8501"}, True),
        (None, {}, True),
        ("::ffff:127.0.0.1", {"Host": "localhost"}, True),
        ("192.168.1.7", {"Host": "192.168.1.2:8501"}, False),
        ("192.168.1.7", {"Host": "localhost:8501"}, False),
        (None, {"Host": "lab.example.org"}, False),
        (None, {"Host": "localhost", "X-Forwarded-For": "10.0.0.1"}, False),
        (None, {"Host": "localhost.evil.test"}, False),
        (None, {"Host": "["}, False),
    ],
)
def test_a_visitor_sits_here_who_comes_over_loopback_by_a_name_of_this_computer(
    ip: str | None, headers: dict[str, str], here: bool, monkeypatch: pytest.MonkeyPatch
):
    context = type("Context", (), {"ip_address": ip, "headers": headers})
    monkeypatch.setattr(who.st, "context", context)
    assert who._is_here() == here


def test_a_poster_folder_is_changed_by_whoever_set_it(own_home: Path):
    set_poster_folder("demo", "/hers", ANN)
    assert (poster_folders(), folder_owner("demo")) == ({"demo": "/hers"}, ANN)
    for folder in ("/his", ""):
        with pytest.raises(OwnerError, match="another visitor"):
            set_poster_folder("demo", folder, BOB)
    set_poster_folder("demo", "", ANN)
    set_poster_folder("demo", "/his", BOB)
    assert poster_folders() == {"demo": "/his"}


def test_a_poster_folder_of_an_earlier_version_is_everybodys_here(own_home: Path):
    (own_home / "posters").mkdir()
    (own_home / "posters" / "folders.json").write_text(json.dumps({"demo": "/old", "x": 3, "y": {"folder": 1}}))
    assert (poster_folders(), folder_owner("demo")) == ({"demo": "/old"}, "")
    with pytest.raises(OwnerError, match="can be changed only there"):
        set_poster_folder("demo", "/etc", FAR + ANN)
    set_poster_folder("demo", "/new", BOB)
    assert poster_folders()["demo"] == "/new"
