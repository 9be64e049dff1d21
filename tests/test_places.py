"""Ratings from DuckDB files and from S3; addresses of places, and what may stand in them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pytest
from pyarrow import parquet

from reco_core import data
from reco_core.data import places, subprocess_reader
from reco_core.data.places import copies, duckdb_file, s3, snapshot
from reco_core.data.places.address import address_of, without_password
from reco_core.data.reading.plan import split_source, with_choices
from reco_core.errors import DataError
from reco_core.jobs.results.run_data import lasting_source
from tests.commands import Answer
from tests.tiny import request_for

duckdb = pytest.importorskip("duckdb")
ROWS = [(7, "0451526538", 4.5), (7, "080442957X", 1.0), (9, "0451526538", 3.0), (12, "080442957X", 2.5)]


def refusal(source: str) -> str:
    with pytest.raises(DataError) as caught:
        data.load(source)
    return str(caught.value)


def database(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


def filled(path: Path) -> Path:
    values = ", ".join(f"({user}, '{item}', {stars})" for user, item, stars in ROWS)
    table = "CREATE TABLE ratings (user_id INTEGER, isbn VARCHAR, rating DOUBLE)"
    return database(path, table, f"INSERT INTO ratings VALUES {values}")


def pairs(ratings) -> set[tuple[object, object, float]]:
    ids = zip(ratings.users.ids[ratings.user_index], ratings.items.ids[ratings.item_index], strict=True)
    return {(user, item, float(stars)) for (user, item), stars in zip(ids, ratings.rating, strict=True)}


def test_table_of_a_duckdb_file_is_read_with_its_ids_as_they_are(tmp_path):
    ratings = data.load(f"duckdb:{filled(tmp_path / 'shop.db')}?table=ratings")
    assert pairs(ratings) == set(ROWS)
    assert (ratings.name, ratings.source.title) == ("shop.ratings", "ratings in shop.db")
    assert ratings.quality.lines == 4 and ratings.quality.adds_up(4)


def test_types_of_duckdb_arrive_as_they_are_and_every_row_is_accounted_for(tmp_path):
    path = database(
        tmp_path / "types.db",
        "CREATE TABLE t (user_id HUGEINT, item_id UUID, rating DECIMAL(4,2), at TIMESTAMPTZ, title VARCHAR, genres VARCHAR[])",
        "INSERT INTO t VALUES (123456789012345678, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 4.25,"
        " '2020-01-01 02:00:00+02', 'One, \"quoted\"', ['Drama', 'Sci-Fi']),"
        " (123456789012345679, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', -1, '2019-12-31 19:00:01.5-05', NULL, NULL),"
        " (1, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', NULL, NULL, NULL, NULL), (NULL, NULL, NULL, NULL, NULL, NULL)",
    )
    ratings = data.load(f"duckdb:{path}?table=t&time=at")
    assert ratings.users.ids.tolist() == [123456789012345678, 123456789012345679]
    assert ratings.rating.tolist() == [4.25, -1.0]
    assert ratings.timestamp.tolist() == [1577836800, 1577836801]
    assert ratings.item_table["title"].tolist() == ['One, "quoted"']
    assert ratings.item_table["genres"].tolist() == ["Drama|Sci-Fi"]
    quality = ratings.quality
    assert (quality.lines, quality.empty, sum(quality.refused.values())) == (4, 1, 1)
    chosen = data.load(f"duckdb:{path}?table=t&time=at&missing=-1")
    assert chosen.rating.tolist() == [4.25]
    assert data.load(f"duckdb:{path}?table=t", {"missing": ("-1",)}).rating.tolist() == [4.25]


@pytest.mark.parametrize(("kind", "other"), [("FLOAT", "REAL"), ("DOUBLE", "DOUBLE")])
def test_whole_numbers_of_a_column_with_a_point_are_whole_ids(tmp_path, kind: str, other: str):
    path = database(tmp_path / "f.db", f"CREATE VIEW v AS SELECT 17::{kind} AS user, 3::{other} AS item, 0.1::{kind} AS rating UNION ALL SELECT 18, 3, 'nan'::{kind}")  # fmt: skip
    ratings = data.load(f"duckdb:{path}?table=v")
    assert (ratings.users.ids.tolist(), ratings.items.ids.tolist()) == ([17], [3])
    assert (ratings.scale.max, sum(ratings.quality.refused.values())) == (0.1, 1)


def test_order_of_the_rows_changes_nothing_and_a_changed_table_is_seen_at_once(tmp_path):
    path = filled(tmp_path / "shop.db")
    first = data.load(f"duckdb:{path}?table=ratings")
    database(path, "CREATE VIEW turned AS SELECT * FROM ratings ORDER BY rating DESC")
    assert data.load(f"duckdb:{path}?table=turned").fingerprint == first.fingerprint
    database(path, "UPDATE ratings SET rating = 2 WHERE rating = 1")
    assert min(data.load(f"duckdb:{path}?table=ratings").rating) == 2
    kept = places.kept(f"duckdb:{path}?table=ratings", first.fingerprint)
    assert kept is not None and kept.fingerprint == first.fingerprint and kept.name == "shop.ratings"


def test_duckdb_file_can_read_no_other_file_and_is_not_written(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("user,item,rating\n1,2,3\n")
    path = filled(tmp_path / "shop.db")
    database(path, f"CREATE VIEW spy AS SELECT * FROM read_csv('{secret}')", "CREATE VIEW net AS SELECT * FROM ratings")
    before = path.read_bytes()
    assert "uses other files or the network, which is not allowed" in refusal(f"duckdb:{path}?table=spy")
    data.load(f"duckdb:{path}?table=net")
    assert path.read_bytes() == before
    with duckdb_file.connected(tmp_path / "spill", str(path)) as connection:
        for statement in (
            "DROP TABLE ratings",
            "INSERT INTO ratings VALUES (1, '2', 3)",
            "SET enable_external_access = true",
            f"COPY ratings TO '{tmp_path / 'out.csv'}'",
            f"ATTACH '{tmp_path / 'other.db'}'",
            "INSTALL httpfs",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
    assert not (tmp_path / "out.csv").exists()


def test_what_a_duckdb_file_does_not_have_is_said_in_one_sentence(tmp_path, monkeypatch):
    path = filled(tmp_path / "shop.db")
    database(path, "CREATE SCHEMA s", "CREATE TABLE s.more (a INTEGER)", "CREATE TABLE nothing (a INTEGER)")
    has = "it has nothing, ratings, s.more."
    assert refusal(f"duckdb:{path}?table=nope") == f"shop.db has no table nope; {has}"
    assert refusal(f"duckdb:{path}") == f"shop.db needs the name of a table: ?table=NAME. {has.capitalize()}"
    assert refusal(f"duckdb:{path}?table=ratings;DROP TABLE ratings").startswith("shop.db has no table ratings;DROP")
    assert "has no user and no item and no rating among: a" in refusal(f"duckdb:{path}?table=s.more")
    assert "must be one of user_id, isbn, rating; got zzz" in refusal(f"duckdb:{path}?table=ratings&user=zzz")
    assert "one may choose columns, missing" in refusal(f"duckdb:{path}?table=ratings&delimiter=semicolon")
    assert "must be one of table, host" in refusal(f"duckdb:{path}?table=ratings&query=SELECT 1")
    (tmp_path / "text.db").write_text("user,item,rating\n1,2,3\n")
    assert refusal(f"duckdb:{tmp_path / 'text.db'}?table=a").startswith("text.db is no DuckDB file")
    assert "No such file or directory" in refusal(f"duckdb:{tmp_path / 'none.db'}?table=a")
    (tmp_path / "cut.db").write_bytes(path.read_bytes()[:3000])
    assert refusal(f"duckdb:{tmp_path / 'cut.db'}?table=a").startswith("cut.db cannot be read: ")
    monkeypatch.setattr(snapshot, "MOST_ROWS", 3)
    assert "A table may have 3 rows and 4 GB; ratings of shop.db has more" in refusal(f"duckdb:{path}?table=ratings")


def test_duckdb_file_that_another_program_writes_is_said_to_be(tmp_path):
    path = filled(tmp_path / "shop.db")
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdin=-1, stdout=-1) as other:
        assert other.stdout and other.stdin and other.stdout.readline() == b"open\n"
        try:
            assert "shop.db is being written by another program" in refusal(f"duckdb:{path}?table=ratings")
        finally:
            other.stdin.close()


def test_without_the_extra_the_sentence_names_it(tmp_path, monkeypatch):
    path = filled(tmp_path / "shop.db")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert "pip install 'reco-core[duckdb]'" in refusal(f"duckdb:{path}?table=ratings")
    assert "pip install 'reco-core[duckdb]'" in refusal("postgresql://u@127.0.0.1:1/db?table=ratings")


def test_query_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    path = database(
        tmp_path / "slow.db",
        "CREATE VIEW v AS SELECT a.range AS user_id, b.range AS item, 1 AS rating FROM range(10000000) a, range(10000000) b WHERE hash(a.range, b.range) = 1",
    )
    monkeypatch.setattr(duckdb_file, "MOST_SECONDS", 0.2)
    assert "v of slow.db took more" in refusal(f"duckdb:{path}?table=v")


def test_run_on_a_duckdb_table_is_trained_and_asked_from_the_command_line(tmp_path, monkeypatch):
    rows = "CREATE TABLE r AS SELECT u AS reader, i AS book, 1 + (u * 7 + i * 3) % 5 AS liked FROM range(1, 30) t(u), range(1, 20) s(i) WHERE (u + i) % 3 > 0"  # fmt: skip
    database(tmp_path / "shop.db", rows)
    monkeypatch.chdir(tmp_path)
    chosen = "user=reader,item=book,rating=liked"
    trained = Answer("train", "duckdb:shop.db?table=r", "--columns", chosen, "--model", "bias", "--json").json
    assert trained["dataset"] == "shop.r"
    monkeypatch.chdir("/")
    assert Answer("recommend", trained["run"], "--user", "3", "--json").code == 0
    assert Answer("evaluate", trained["run"], "--json").code == 0


def test_address_means_the_same_everywhere_and_comes_back_as_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert lasting_source("duckdb:a.db?table=s.t&user=u") == f"duckdb:{tmp_path}/a.db?table=s.t&user=u"
    assert lasting_source("s3://bucket/a/b c.parquet") == "s3://bucket/a/b%20c.parquet"
    for source in (
        "postgresql://me@host:5433/db?table=ratings",
        "postgresql://me@[::1]/db?table=a%26b&sslmode=require",
        "postgresql://me@/db?table=t&host=/run/postgresql",
    ):
        assert lasting_source(source) == source
    place, choices = split_source("postgres://me@host/db?user=u&table=t&missing=0|-1")
    assert (place, choices) == ("postgres://me@host/db?table=t", {"columns": {"user": "u"}, "missing": ("0", "-1")})
    assert split_source(with_choices(place, choices)) == (place, choices)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("duckdb:?table=t", "is written duckdb:FILE.db?table=NAME"),
        ("s3://bucket", "is written s3://BUCKET/KEY.parquet"),
        ("s3://bucket/folder/", "is written s3://BUCKET/KEY.parquet"),
        ("s3://../key", "is written s3://BUCKET/KEY.parquet"),
        ("postgresql://me@host:0/db?table=t", "port from 1 to 65535"),
        ("postgresql://me:a/b@host/db?table=t", "in a password, write / as %2F"),
        ("postgresql://me@host/db?table=t&sslmode=never", "sslmode must be one of disable"),
        ("postgresql://me@one,two/db?table=t", "is written postgresql://USER@HOST"),
        ("postgresql://me@host/db?table=t&options=-c", "must be one of table, host"),
    ],
)
def test_wrong_address_is_refused_by_the_way_to_write_it(source: str, said: str):
    assert said in refusal(source)


def test_password_of_an_address_is_kept_for_this_process_and_shown_nowhere(monkeypatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    source = "postgresql://me:p%40ss%2Fword@host/db?table=t"
    assert without_password(source) == "postgresql://me@host/db?table=t"
    assert address_of("postgresql://me@host/db?table=t").password == "p@ss/word"
    assert address_of("postgresql://me@elsewhere/db?table=t").password is None
    assert lasting_source(source) == "postgresql://me@host/db?table=t"
    assert str(DataError(f"No {source} here.")) == "No postgresql://me:***@host/db?table=t here."
    request = request_for(Path("own.csv")).model_copy()
    assert type(request).model_validate(request.model_dump() | {"source": source}).source == lasting_source(source)


def test_server_finds_no_copy_where_none_was_kept():
    assert copies.latest("duckdb:/x.db?table=t") is None
    assert places.kept("duckdb:/x.db?table=t", "0" * 16) is None
    assert places.kept("own.csv", "0" * 16) is None


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """The address of a server that speaks S3, with one bucket."""
    moto = pytest.importorskip("moto.server")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    import boto3

    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=f"http://{host}:{port}", **keys)
    client.create_bucket(Bucket="shop")
    table = pa.table(dict(zip(("user_id", "isbn", "rating"), map(list, zip(*ROWS, strict=True)), strict=True)))
    sink = io.BytesIO()
    parquet.write_table(table, sink)
    client.put_object(Bucket="shop", Key="all/ratings 1.parquet", Body=sink.getvalue())
    client.put_object(Bucket="shop", Key="r.csv", Body=b"who;what;stars\n1;2;3,5\n2;2;4,0\n")
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(bucket: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ENDPOINT_URL", bucket)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return bucket


def test_object_on_s3_is_read_like_the_same_file(aws):
    ratings = data.load("s3://shop/all/ratings 1.parquet")
    assert pairs(ratings) == set(ROWS)
    assert ratings.name == "ratings 1.parquet"
    other = data.load(f"s3://shop/{quote('all/ratings 1.parquet')}?user=user_id")
    assert other.fingerprint == ratings.fingerprint
    table = data.load("s3://shop/r.csv?user=who&item=what&rating=stars")
    assert pairs(table) == {(1, 2, 3.5), (2, 2, 4.0)}


def test_what_s3_does_not_have_is_said_in_one_sentence(aws, monkeypatch):
    assert refusal("s3://shop/none.parquet") == "s3://shop/none.parquet cannot be read: there is no such object."
    assert "there is no such bucket" in refusal("s3://no-such-bucket/none.parquet")
    monkeypatch.setattr(s3, "MAX_BYTES", 10)
    assert "s3://shop/r.csv has more" in refusal("s3://shop/r.csv")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert "the server cannot be reached" in refusal("s3://shop/r.csv")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "ftp://127.0.0.1")
    assert "AWS_ENDPOINT_URL must be an address" in refusal("s3://shop/r.csv")


def test_server_reads_a_place_by_another_process(tmp_path, monkeypatch):
    path = filled(tmp_path / "shop.db")
    monkeypatch.setattr(duckdb_file, "opened", lambda *_: pytest.fail("read in the server"))
    subprocess_reader.turn_on()
    assert pairs(data.load(f"duckdb:{path}?table=ratings")) == set(ROWS)
    assert "has no table x" in refusal(f"duckdb:{path}?table=x")
