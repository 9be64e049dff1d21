"""The server stays light: what pages load, who parses and who draws."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reco_core import data
from reco_core.data import cache, subprocess_reader
from reco_core.errors import DataError
from reco_core.posters import ahead, draw
from reco_core.posters.drawing_cache import cache_path, cached_drawing
from reco_core.processes import environment
from tests.data_files import table

PROJECT = Path(__file__).parents[1]
FILM = ("Night Ferry", 1993, "Drama|Mystery")
HEAVY = ("tensorflow", "keras", "torch", "umap", "sklearn", "scipy", "polars", "altair", "optuna", "pyarrow.parquet")
VISIT = """
import sys
from reco_core.cli.launch import use_other_processes
use_other_processes()
from reco_core.posters import ahead
ahead._on = False
from tests.apptest import finished_run, open_page
finished_run()
for name in ("home", "data", "train", "compare", "embeddings", "similar", "recommend"):
    assert not open_page(name).exception, name
from reco_core import data
assert len(data.load(sys.argv[1])) == 3
print(sorted(set(sys.argv[2].split()) & set(sys.modules)))
"""


def rows(path: Path) -> Path:
    return table(path, "1,2,3\n2,2,4\n2,3,5\n")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources are read by a process of their own, as `reco app` has it."""
    monkeypatch.setattr(subprocess_reader, "_here", True)
    subprocess_reader.turn_on()


def test_pages_and_a_new_dataset_load_nothing_that_parses_trains_or_checks_charts(tmp_path):
    command = [sys.executable, "-c", VISIT, str(rows(tmp_path / "own.csv")), " ".join(HEAVY)]
    env = environment() | {"RECO_NO_WORKER": "1"}
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip().splitlines()[-1:] == ["[]"], done.stderr[-2000:]


def test_source_read_apart_is_the_one_read_here(tmp_path, server, monkeypatch):
    here = cache.cached(data.open_files(rows(tmp_path / "one.csv")), {}, data.parse)
    monkeypatch.setattr(data, "parse", lambda files, choices: pytest.fail("parsed in the server"))
    other = table(tmp_path / "two.csv", "1,2,3\n2,2,4\n2,3,5\n3,3,1\n")
    assert len(data.load(other)) == 4
    assert data.load(tmp_path / "one.csv").fingerprint == here.fingerprint


def test_source_that_cannot_be_read_apart_gets_its_sentence(tmp_path, server):
    with pytest.raises(DataError) as here:
        data.parse(data.open_files(table(tmp_path / "bad.csv", "\0\1")), {})
    with pytest.raises(DataError) as apart_:
        data.load(tmp_path / "bad.csv")
    assert str(apart_.value) == str(here.value)


def test_server_parses_itself_where_no_copy_can_be_kept(tmp_path, own_home, server):
    (own_home / "datasets").write_text("a file where the folder should be")
    assert len(data.load(rows(tmp_path / "own.csv"))) == 3


def test_drawn_poster_is_kept_and_the_same():
    assert cached_drawing(*FILM) == draw(*FILM)
    assert cache_path(*FILM).read_bytes() == draw(*FILM)


def test_kept_poster_is_not_drawn_again(monkeypatch):
    first = cached_drawing(*FILM)
    assert cache_path(*FILM, "cover") != cache_path(*FILM)
    monkeypatch.setattr("reco_core.posters.drawn.draw", lambda *_: pytest.fail("drawn again"))
    assert cached_drawing(*FILM) == first


@pytest.mark.parametrize("damage", [b"", b"\xff\xd8 cut"])
def test_damaged_poster_is_drawn_again(damage):
    cached_drawing(*FILM)
    cache_path(*FILM).write_bytes(damage)
    assert cached_drawing(*FILM) == draw(*FILM)
    assert cache_path(*FILM).read_bytes() == draw(*FILM)


def test_poster_is_shown_where_it_cannot_be_kept(own_home):
    (own_home / "posters").write_text("a file where the folder should be")
    assert cached_drawing(*FILM) == draw(*FILM)


def test_films_are_drawn_ahead_by_another_process(monkeypatch):
    monkeypatch.setattr(ahead, "PAUSE_SECONDS", 0.0)
    ahead._soon([(*FILM, "poster"), ("Löwe \ud800", None, "", "poster"), (*FILM, "cover")])
    assert cache_path(*FILM).read_bytes() == draw(*FILM)
    assert cache_path(*FILM, "cover").read_bytes() == draw(*FILM, drawing="cover")


def test_nothing_is_drawn_ahead_unless_it_is_turned_on(monkeypatch):
    monkeypatch.setattr(ahead, "_on", False)
    monkeypatch.setattr(ahead, "_soon", lambda films: pytest.fail("drawn ahead"))
    ahead.draw_ahead([(*FILM, "poster")])
