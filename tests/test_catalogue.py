"""Datasets with a name: what is known of them."""

from __future__ import annotations

import re

from reco_core import data
from reco_core.data.catalogue import MOVIELENS, recognise, zip_path
from reco_core.paths import datasets_home

CSV = b"user,item,rating\n1,2,3\n2,2,4\n"


def names() -> list[str]:
    return [entry.name for entry in data.known()]


def test_every_named_dataset_has_its_terms_and_sizes():
    entries = data.known()
    assert names() == [
        "demo", "ml-100k", "ml-latest-small", "ml-1m", "ml-10m", "ml-20m", "ml-25m", "ml-32m",
    ]  # fmt: skip
    for entry in entries:
        assert entry.title
        assert entry.licence
        assert entry.n_ratings > 0
        assert entry.n_users > 0
        assert entry.n_items > 0
    for entry in entries[1:]:
        assert "Harper" in entry.citation
        assert entry.download_url == f"https://files.grouplens.org/datasets/movielens/{entry.name}.zip"
        assert entry.url.startswith("https://grouplens.org/datasets/movielens/")
        assert entry.size_mb > 0
        assert re.fullmatch(r"md5:[0-9a-f]{32}", entry.checksum) or entry.name == "ml-latest-small"


def test_only_the_demo_is_there_without_a_download():
    assert [entry.name for entry in data.known() if entry.available] == ["demo"]
    assert not datasets_home().exists()


def test_a_zip_in_its_place_makes_a_named_dataset_available():
    zip_path("ml-100k").parent.mkdir(parents=True)
    zip_path("ml-100k").write_bytes(b"")
    assert [entry.name for entry in data.known() if entry.available] == ["demo", "ml-100k"]


def test_movielens_is_recognised_by_its_exact_sizes():
    assert recognise(100_000, 943, 1_682).name == "ml-100k"
    assert recognise(100_000, 943, 1_681) is None
    assert all(recognise(entry.n_ratings, entry.n_users, entry.n_items) == entry for entry in MOVIELENS)


def test_a_local_folder_with_the_name_of_a_dataset_is_read_while_that_is_not_here(tmp_path, monkeypatch):
    (tmp_path / "ml-25m").mkdir()
    (tmp_path / "ml-25m" / "ratings.csv").write_bytes(CSV)
    monkeypatch.chdir(tmp_path)
    assert len(data.load("ml-25m")) == 2
