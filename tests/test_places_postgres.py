"""Ratings from Postgres: a real server, read only, and one sentence for whatever does not work."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from urllib.parse import quote

import numpy as np
import pytest

from reco_core import data
from reco_core.data import places, subprocess_reader
from reco_core.data.places import postgres
from reco_core.errors import DataError
from reco_core.jobs.results.run_data import ratings_of
from reco_core.runs import RunStore
from tests import postgres_server
from tests.commands import Answer
from tests.conftest import skip_or_fail
from tests.postgres_server import OWNERS_PASSWORD, Server

ODD = """
CREATE TABLE odd (user_id bigint, item_id uuid, rating numeric(3,1), rated_at timestamptz, title text, genres text[]);
INSERT INTO odd VALUES
 (900719925474099312, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 4.5, '2020-01-01 02:00:00+02',
  'One, "quoted"', '{Drama,Sci-Fi}'),
 (900719925474099313, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12', 1.0, '2019-12-31 19:00:01-05', E'Two\\nlines', NULL),
 (900719925474099312, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12', 3.5, '2020-01-01 00:00:02+00', '', '{}'),
 (900719925474099313, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', NULL, '2020-01-01 00:00:03+00',
  'One, "quoted"', '{Drama}'),
 (NULL, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 2.0, '2020-01-01 00:00:04+00', NULL, NULL)
"""
TABLES = (
    "CREATE TABLE ratings (user_id int, movie_id int, stars real, day date, PRIMARY KEY (user_id, movie_id))",
    "INSERT INTO ratings SELECT u, i, (u * 7 + i * 3) % 9 / 2.0 + 1, date '2020-01-01' + u"
    " FROM generate_series(1, 40) u, generate_series(1, 25) i WHERE (u + i) % 3 > 0",
    *ODD.split(";"),
    'CREATE SCHEMA "odd.schema"',
    'CREATE VIEW "odd.schema"."a ""view""; DROP TABLE ratings"'
    " AS SELECT user_id, movie_id AS item, stars AS rating FROM ratings",
    "CREATE TABLE nothing (user_id int, item_id int, rating int)",
    "CREATE TABLE hidden (user_id int, item_id int, rating int)",
    "CREATE VIEW slow AS SELECT 1 AS user_id, 2 AS item_id, 3 AS rating FROM (SELECT pg_sleep(60)) AS s",
    "CREATE FUNCTION writes() RETURNS int LANGUAGE plpgsql AS"
    " $$ BEGIN INSERT INTO nothing VALUES (1, 1, 1); RETURN 1; END $$",
    "CREATE VIEW writing AS SELECT writes() AS user_id, 2 AS item_id, 3 AS rating",
    "CREATE ROLE reader LOGIN PASSWORD 'reads'",
    "GRANT SELECT ON ratings, nothing TO reader",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    pytest.importorskip("psycopg")
    programs = postgres_server.programs()
    if programs is None:
        skip_or_fail("Postgres not found: apt-get install postgresql", "RECO_REQUIRE_POSTGRES")
    with postgres_server.server(programs) as running:
        running.run(*TABLES)
        yield running


@pytest.fixture(autouse=True)
def no_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What one test was told is not known to the next."""
    for name in ("PGPASSWORD", "PGPASSFILE", "PGHOST", "PGUSER"):
        monkeypatch.delenv(name, raising=False)
    before = dict(os.environ)
    yield
    for name in set(os.environ) - set(before):
        del os.environ[name]


def refusal(source: str) -> str:
    with pytest.raises(DataError) as caught:
        data.load(source)
    return str(caught.value)


def test_table_of_postgres_is_read_like_a_file_with_the_same_rows(server, tmp_path):
    ratings = data.load(server.address("ratings"))
    lines = ["user_id,movie_id,stars,day"]
    lines += [
        f"{u},{i},{(u * 7 + i * 3) % 9 / 2 + 1},{np.datetime64('2020-01-01') + u}"
        for u in range(1, 41)
        for i in range(1, 26)
        if (u + i) % 3
    ]
    (tmp_path / "same.csv").write_text("\n".join(lines) + "\n")
    assert ratings.fingerprint == data.load(tmp_path / "same.csv").fingerprint
    assert (ratings.name, ratings.source.title) == ("postgres.ratings", "ratings in postgres")
    assert ratings.quality.lines == len(lines) - 1


def test_types_of_postgres_arrive_as_they_are_and_every_row_is_accounted_for(server):
    ratings = data.load(server.address("odd"))
    assert ratings.users.ids.tolist() == [900719925474099312, 900719925474099313]
    assert [one[-2:] for one in ratings.items.ids] == ["11", "12"]
    found = {
        (int(ratings.users.ids[u]) % 10, ratings.items.ids[i][-1]): (float(r), int(t))
        for u, i, r, t in zip(ratings.user_index, ratings.item_index, ratings.rating, ratings.timestamp, strict=True)
    }
    assert found == {(2, "1"): (4.5, 1577836800), (3, "2"): (1.0, 1577836801), (2, "2"): (3.5, 1577836802)}
    assert ratings.item_table["title"].tolist() == ['One, "quoted"', "Two lines"]
    assert ratings.item_table["genres"].tolist() == ["Drama|Sci-Fi", ""]
    assert (ratings.quality.lines, sum(ratings.quality.refused.values())) == (5, 2)
    assert len(ratings.refused) == 2


def test_name_of_a_table_is_only_ever_a_name(server):
    name = 'odd.schema.a "view"; DROP TABLE ratings'
    assert len(data.load(server.address(quote(name)))) == len(data.load(server.address("ratings")))
    answer = refusal(server.address(quote("ratings; DROP TABLE ratings")))
    assert "has no table ratings; DROP TABLE ratings; it has hidden, nothing, odd" in answer


def test_row_order_of_the_database_changes_nothing_and_a_new_row_is_seen_at_once(server):
    before = data.load(server.address("ratings"))
    server.run("UPDATE ratings SET stars = stars WHERE user_id % 2 = 0")  # moves these rows to the end of the table
    assert data.load(server.address("ratings")).fingerprint == before.fingerprint
    server.run("INSERT INTO ratings VALUES (99, 1, 5, '2021-01-01')")
    try:
        assert len(data.load(server.address("ratings"))) == len(before) + 1
    finally:
        server.run("DELETE FROM ratings WHERE user_id = 99")


def test_nothing_can_be_written_through_a_view_with_a_function(server):
    assert "read-only transaction" in refusal(server.address("writing"))
    assert refusal(server.address("nothing")) == "A dataset needs at least one rating; nothing of postgres has none."


def test_query_that_takes_too_long_is_ended(server, monkeypatch):
    short = tuple(line.replace(f"{postgres.MOST_SECONDS}s", "200ms") for line in postgres.SETTINGS)
    monkeypatch.setattr(postgres, "SETTINGS", short)
    assert "slow of postgres took more" in refusal(server.address("slow"))


def test_each_failure_is_one_sentence_that_shows_no_password(server, monkeypatch):
    monkeypatch.setenv("PGPASSFILE", "/nonexistent")
    wrong = refusal(server.address("ratings", password="wrong-secret"))
    assert "set PGPASSWORD or write it into ~/.pgpass" in wrong and "wrong-secret" not in wrong
    assert "set PGPASSWORD" in refusal(server.address("ratings", user="reader", password=None))
    assert "asks for another password" in refusal(server.address("ratings", user="nobody", password="x"))
    assert "GRANT SELECT" in refusal(server.address("hidden", user="reader", password="reads"))
    listed = refusal(server.address("", user="reader", password="reads"))
    assert "needs the name of a table: ?table=NAME. It has nothing, ratings." in listed
    gone = refusal(server.address("ratings").replace("/postgres", "/nowhere"))
    assert 'database "nowhere" does not exist' in gone
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        assert "cannot be reached" in refusal(f"postgresql://me@127.0.0.1:{port}/db?table=ratings")


def test_server_that_never_answers_is_given_up(monkeypatch):
    pytest.importorskip("psycopg")
    monkeypatch.setattr(postgres, "CONNECT_SECONDS", 2)  # the least that the driver takes
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        assert "does not answer within 2 seconds" in refusal(f"postgresql://me:s@127.0.0.1:{port}/db?table=ratings")


def test_password_comes_from_the_environment_or_a_file_and_a_socket_can_be_named(server, monkeypatch, tmp_path):
    by_network = server.address("ratings", password=None)
    monkeypatch.setenv("PGPASSWORD", OWNERS_PASSWORD)
    assert len(data.load(by_network)) > 600
    monkeypatch.delenv("PGPASSWORD")
    passwords = tmp_path / "pgpass"
    passwords.write_text("*:*:*:reader:reads\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    assert len(data.load(f"postgresql://reader@/postgres?host={server.folder}&port={server.port}&table=ratings")) > 600


def test_run_trained_on_a_table_holds_no_password_and_finds_its_ratings_after_the_table_has_changed(server):
    answer = Answer("train", server.address("ratings"), "--columns", "time=day", "--model", "bias", "--json")
    run_id = answer.json["run"]
    run = RunStore().find(run_id)
    files = [path for path in run.folder.rglob("*") if path.is_file()]
    secret = OWNERS_PASSWORD.encode()
    escaped = server.address().split(":")[2].split("@")[0].encode()
    for path in files:
        assert secret not in path.read_bytes() and escaped not in path.read_bytes(), path
    assert run.info.source == server.address("ratings", password=None) + "&time=day"
    assert secret.decode() not in answer.out + answer.err
    server.run("INSERT INTO ratings VALUES (98, 1, 5, '2021-01-01')")
    try:
        assert ratings_of(run.info).fingerprint == run.info.dataset_fingerprint
        assert Answer("recommend", run_id, "--user", "1", "--json").code == 0
        other = Answer("recommend", run_id, "--user", "1", "--data", server.address("ratings"))
        assert other.code != 0 and "holds other ratings" in other.err and "let%20me" not in other.err
    finally:
        server.run("DELETE FROM ratings WHERE user_id = 98")


def test_server_has_a_place_read_by_another_process_which_is_told_no_password(server, monkeypatch):
    started: list[list[str]] = []
    begin = subprocess_reader.subprocess.Popen

    def noted(command, **options):
        started.append(command)
        return begin(command, **options)

    monkeypatch.setattr(subprocess_reader.subprocess, "Popen", noted)
    monkeypatch.setattr(postgres, "opened", lambda *_: pytest.fail("read in the server"))
    subprocess_reader.turn_on()
    assert len(data.load(server.address("ratings"))) > 600
    (command,) = started
    assert json.dumps(command).count("let") == 0 and places.lasting(server.address("ratings")) in command
