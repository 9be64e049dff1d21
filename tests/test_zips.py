"""Hostile and damaged archives are refused in one sentence, before they are unpacked."""

from __future__ import annotations

import gzip

import pytest

from reco_core import data
from reco_core.data import files as limits
from reco_core.errors import DataError
from tests.data_files import MOVIELENS_100K, MOVIELENS_CSV, table, zipped


def test_a_truncated_zip_is_said_to_be_damaged(tmp_path):
    path = zipped(tmp_path / "a.zip", MOVIELENS_CSV)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=r"a\.zip is not a complete zip file"):
        data.load(path)


def test_a_zip_with_a_broken_member_is_said_to_be_damaged(tmp_path):
    path = zipped(tmp_path / "a.zip", {"u.data": b"".join(b"%d\t5\t3\t9\n" % user for user in range(2000))})
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 255
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"u\.data of a\.zip cannot be read"):
        data.load(path)


def test_names_that_lead_out_of_a_zip_are_not_opened(tmp_path):
    members = {"../u.data": b"1\t1\t5\t1\n", "/u.data": b"1\t1\t5\t1\n", "a/../u.data": b"1\t1\t5\t1\n"}
    path = zipped(tmp_path / "a.zip", members | {"C:\\u.data": b"1\t1\t5\t1\n"}, inside="")
    with pytest.raises(DataError, match=r"a\.zip has no table"):
        data.load(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.zip"]


def test_what_a_mac_adds_to_a_zip_is_passed_over(tmp_path):
    members = {f"ml/{name}": content for name, content in MOVIELENS_CSV.items()}
    members |= {f"__MACOSX/ml/._{name}": b"\0\5\26\7" for name in MOVIELENS_CSV}
    members |= {"__MACOSX/ml/ratings.csv": b"\0"}
    assert len(data.load(zipped(tmp_path / "a.zip", members, inside=""))) == 3


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = zipped(tmp_path / "a.zip", {"u.data": b"\n" * (limits.FREE_BYTES + 1)})
    with pytest.raises(DataError, match="may unpack to 100 times its size"):
        data.load(path)


def test_a_gzip_bomb_stops_at_the_limit(tmp_path):
    path = table(tmp_path / "a.csv.gz", gzip.compress(b"1,1,3\n" + b"\n" * (2 * limits.FREE_BYTES)))
    with pytest.raises(DataError, match="unpacks to more than"):
        data.load(path)


def test_a_member_beyond_the_largest_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_BYTES", 10)
    with pytest.raises(DataError, match=r"may unpack to 10 bytes; u\.data of"):
        data.load(zipped(tmp_path / "a.zip", MOVIELENS_100K))


def test_a_zip_with_too_many_members_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MAX_MEMBERS", 3)
    with pytest.raises(DataError, match=r"at most 3 files; a\.zip holds 5"):
        data.load(zipped(tmp_path / "a.zip", MOVIELENS_100K))


def test_an_encrypted_zip_is_refused(tmp_path):
    path = zipped(tmp_path / "a.zip", {"u.data": MOVIELENS_100K["u.data"]})
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flag in the member's own header
    content[content.index(b"PK\1\2") + 8] |= 1  # and in the directory
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"must not be encrypted; a\.zip is"):
        data.load(path)


def test_a_member_that_is_longer_than_it_says_is_not_believed(tmp_path):
    path = zipped(tmp_path / "a.zip", {"u.data": b"1\t1\t3\t1\n" * 500})
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\1\2") + 24
    content[at : at + 4] = (90).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        data.load(path)


def test_any_damage_to_a_zip_is_harmless_or_said(tmp_path):
    path = zipped(tmp_path / "a.zip", {"u.data": MOVIELENS_100K["u.data"] * 3})
    content = path.read_bytes()
    for at in range(0, len(content), 3):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        try:
            data.load(path)
        except DataError as error:
            assert "\n" not in str(error)
