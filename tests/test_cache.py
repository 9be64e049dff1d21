"""The parsed copy: equal to what was read, used when sound, built again when not."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reco_core import data
from reco_core.data import cache
from reco_core.data.files import open_files
from reco_core.paths import datasets_home
from tests.data_files import MOVIELENS_100K, MOVIELENS_CSV, folder, table, zipped

TEXT_IDS = {"own.csv": "user,item,rating,title\nann,x,3,\nbob,ÿ,4,Löwe (1990)\n".encode()}


@pytest.fixture
def reads(monkeypatch) -> list[int]:
    """Grows by one at each real reading."""
    count: list[int] = []

    parse = data.parse

    def counted(files, choices):
        count.append(1)
        return parse(files, choices)

    monkeypatch.setattr(data, "parse", counted)
    return count


def parsed() -> list[Path]:
    return sorted(path for path in (datasets_home() / "parsed").iterdir())


@pytest.mark.parametrize("members", [MOVIELENS_100K, MOVIELENS_CSV, TEXT_IDS])
def test_the_copy_is_equal_to_what_was_read(tmp_path, reads, members):
    path = folder(tmp_path / "own", members)
    first, second = data.load(path), data.load(path)
    assert reads == [1]
    assert first.fingerprint == second.fingerprint
    assert (first.name, first.scale, first.source, first.quality) == (
        second.name,
        second.scale,
        second.source,
        second.quality,
    )
    pd.testing.assert_frame_equal(first.item_table, second.item_table)
    assert (first.user_table is None) == (second.user_table is None)
    if first.user_table is not None:
        pd.testing.assert_frame_equal(first.user_table, second.user_table)
    assert {name: rows.tolist() for name, rows in first.folds.items()} == {
        name: rows.tolist() for name, rows in second.folds.items()
    }
    for left, right in ((first.users, second.users), (first.items, second.items)):
        assert left.ids.dtype == right.ids.dtype
    assert all(rows.dtype == np.int64 for rows in second.folds.values())


def test_the_same_content_elsewhere_is_the_same_copy_under_another_name(tmp_path, reads):
    first = data.load(table(tmp_path / "one.csv", "1,2,3\n2,2,4\n"))
    second = data.load(table(tmp_path / "two.csv", "1,2,3\n2,2,4\n"))
    assert reads == [1]
    assert (first.name, second.name) == ("one", "two")
    assert (first.source.title, second.source.title) == ("one", "two")


def test_a_changed_file_is_read_anew(tmp_path, reads):
    path = table(tmp_path / "own.csv", "1,2,3\n2,2,4\n")
    stamp = path.stat()
    data.load(path)
    path.write_text("1,2,3\n2,2,5\n")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert data.load(path).rating.tolist() == [3, 5]
    assert reads == [1, 1]


def test_a_changed_file_in_a_folder_is_read_anew(tmp_path, reads):
    path = folder(tmp_path / "own", MOVIELENS_CSV)
    data.load(path)
    (path / "movies.csv").write_text("movieId,title,genres\n1,Changed (1990),Drama\n")
    assert data.load(path).item_table["title"].tolist() == ["Changed", "Movie 3"]
    assert reads == [1, 1]


@pytest.mark.parametrize("name", ["rows.arrow", "items.arrow", "users.arrow", "folds.arrow", "about.json"])
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone"])
def test_a_damaged_copy_is_built_again(tmp_path, reads, name, damage):
    source = zipped(tmp_path / "own.zip", MOVIELENS_100K)
    sound = data.load(source)
    (copy,) = parsed()
    path, content = copy / name, bytearray((copy / name).read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    elif damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
    again = data.load(source)
    assert again.fingerprint == sound.fingerprint
    assert again.item_table["title"].tolist() == sound.item_table["title"].tolist()
    if (name, damage) != ("about.json", "flip"):  # a flipped letter of a title or note stays readable
        assert reads == [1, 1]
        data.load(source)
        assert reads == [1, 1]
        assert parsed() == [copy]


def test_a_copy_of_other_rows_is_not_believed(tmp_path, reads):
    first, second = table(tmp_path / "one.csv", "1,2,3\n2,2,4\n"), table(tmp_path / "two.csv", "1,2,1\n2,2,2\n")
    data.load(first)
    data.load(second)
    one, two = (cache.parsed_folder(open_files(path), {}) for path in (first, second))
    (one / "rows.arrow").write_bytes((two / "rows.arrow").read_bytes())
    assert data.load(first).rating.tolist() == [3, 4]
    assert reads == [1, 1, 1]


def test_another_version_of_the_readers_reads_anew(tmp_path, reads, monkeypatch):
    path = table(tmp_path / "own.csv", "1,2,3\n2,2,4\n")
    data.load(path)
    monkeypatch.setattr(cache, "VERSION", cache.VERSION + 1)
    data.load(path)
    assert reads == [1, 1]


def test_a_home_that_cannot_be_written_costs_the_copy_only(tmp_path, own_home):
    (own_home / "datasets").write_text("a file where the folder should be")
    path = table(tmp_path / "own.csv", "1,2,3\n2,2,4\n")
    assert len(data.load(path)) == 2


def test_only_the_copies_used_last_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(cache, "KEPT", 2)
    paths = [table(tmp_path / f"{at}.csv", f"1,2,3\n2,2,4\n3,2,{at}\n") for at in (1, 2, 5)]
    for at, path in enumerate(paths):
        data.load(path)
        os.utime(cache.parsed_folder(open_files(path), {}) / "about.json", (at, at))
    data.load(table(tmp_path / "last.csv", "9,9,1\n8,8,2\n"))
    assert len(parsed()) == 2
    assert cache.parsed_folder(open_files(paths[2]), {}).is_dir()


def test_nothing_is_left_over_beside_the_copies(tmp_path):
    data.load(table(tmp_path / "own.csv", "1,2,3\n2,2,4\n"))
    (copy,) = parsed()
    assert sorted(path.name for path in copy.iterdir()) == [
        "about.json",
        "folds.arrow",
        "items.arrow",
        "refused.arrow",
        "rows.arrow",
        "users.arrow",
    ]
    assert json.loads((copy / "about.json").read_text())["rows"] == 2


def test_a_warm_copy_of_movielens_100k_loads_at_once(data_folder):
    data.load(data_folder / "ml-100k.zip")
    started = time.process_time()
    data.load(data_folder / "ml-100k.zip")
    assert time.process_time() - started < 0.3
