"""Datasets with a name: what is known of them, and those that a user adds."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from reco_core import data
from reco_core.data.catalogue import MOVIELENS, recognise, zip_path
from reco_core.data.uploads import safe_name
from reco_core.errors import DataError
from reco_core.paths import datasets_home
from tests.data_files import MOVIELENS_CSV

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


def test_an_added_table_is_a_dataset_until_it_is_removed():
    assert data.add("Mine", "upload.csv", CSV) == "mine"
    assert names()[-1] == "mine"
    entry = data.known()[-1]
    assert (entry.available, entry.n_ratings, entry.n_users, entry.n_items) == (True, 2, 2, 1)
    assert (data.load("mine").name, data.load("mine").source.title) == ("mine", "mine")
    data.remove("mine")
    assert "mine" not in names()
    assert list((datasets_home() / "parsed").iterdir()) == []
    assert list((datasets_home() / "own").iterdir()) == []
    with pytest.raises(DataError, match="got mine"):
        data.load("mine")


def test_an_added_zip_in_the_layout_of_movielens():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in MOVIELENS_CSV.items():
            archive.writestr(f"ml/{name}", content)
    assert data.add("small", "C:\\Users\\me\\small.ZIP", out.getvalue()) == "small"
    assert data.load("small").item_table["title"].tolist()[0] == "Toy Story"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("My Ratings!", "my-ratings"),
        ("../../etc/passwd", "etc-passwd"),
        ("..\\..\\boot.ini", "boot-ini"),
        ("a/b", "a-b"),
        (".hidden", "hidden"),
        ("Größe", "gr-e"),
        ("x" * 200, "x" * 60),
        ("a\0b\nc", "a-b-c"),
        ("-rf", "rf"),
    ],
)
def test_names_are_made_safe_as_file_names(name, safe):
    assert safe_name(name) == safe
    assert data.add(name, "r.csv", CSV) == safe
    assert (datasets_home() / "own" / f"{safe}.csv").is_file()


@pytest.mark.parametrize("name", ["", "   ", "...", "///", "日本"])
def test_a_name_without_a_letter_or_digit_is_refused(name):
    with pytest.raises(DataError, match="must contain a letter or a digit"):
        data.add(name, "r.csv", CSV)


@pytest.mark.parametrize("name", ["demo", "ML-100K", "mine"])
def test_a_name_that_is_taken_is_refused(name):
    data.add("mine", "r.csv", CSV)
    with pytest.raises(DataError, match=f"needs an unused name; {name.lower()} is taken"):
        data.add(name, "r.csv", CSV)


@pytest.mark.parametrize(
    ("filename", "content", "message"),
    [
        ("r.xlsx", CSV, r"must be a zip or a table \(\.zip, \.csv, \.tsv, \.txt, \.dat\); got r\.xlsx"),
        ("r.csv", b"", r"at least one line; r\.csv is empty"),
        ("r.csv", b"a,b\nc,d\n", r"r\.csv has no user"),
        ("r.zip", b"nothing", r"r\.zip is not a complete zip file"),
    ],
)
def test_what_cannot_be_read_is_not_added(filename, content, message):
    with pytest.raises(DataError, match=message):
        data.add("mine", filename, content)
    assert "mine" not in names()
    own = datasets_home() / "own"
    assert not own.exists() or list(own.iterdir()) == []


def test_an_added_dataset_whose_note_is_damaged_is_still_listed():
    data.add("mine", "r.csv", CSV)
    (datasets_home() / "own" / "mine.json").write_text("{")
    assert (data.known()[-1].name, data.known()[-1].n_ratings) == ("mine", None)


@pytest.mark.parametrize("name", ["demo", "ml-100k", "nothing", "../mine", ""])
def test_only_added_datasets_can_be_removed(name):
    data.add("mine", "r.csv", CSV)
    with pytest.raises(DataError, match=r"Only datasets that were added can be removed \(mine\); got"):
        data.remove(name)
    assert "mine" in names()


def test_a_local_folder_with_the_name_of_a_dataset_is_read_while_that_is_not_here(tmp_path, monkeypatch):
    (tmp_path / "ml-25m").mkdir()
    (tmp_path / "ml-25m" / "ratings.csv").write_bytes(CSV)
    monkeypatch.chdir(tmp_path)
    assert len(data.load("ml-25m")) == 2
