"""One damaged run beside a sound one: the sound one stays, the damaged one is named with its reason and can leave."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reco_core.errors import RecoError
from reco_core.runs import Run, RunStore
from reco_core.runs.arrays import write_arrays
from tests.apptest import finished_run, open_page, texts
from tests.archives import changed, exported, zipped
from tests.commands import Answer
from tests.planted_events import aged, request
from tests.test_runs import FINISHED, STARTED, epoch, record, weights

FOLDER, LINK, PIPE = os.mkdir, lambda path: os.symlink("/etc/hostname", path), os.mkfifo
WATCHED = b'{"event": "Watched", "epoch": 1, "item": %s, "user": 1, "neighbours": [%s]}\n'
EPOCH_KEYS = ("epoch", "stage", "loss", "val_loss", "rmse", "val_rmse", "seconds", "elapsed", "ratings_per_second")


def epoch_line(**values: object) -> bytes:
    """An EpochEnded with some values of its own, also such that Python writes and JSON does not know."""
    made = dict.fromkeys(EPOCH_KEYS, 1) | {"event": "EpochEnded", "learning_rate": 0.1} | values
    return json.dumps(made).encode() + b"\n"


def info(**values: object) -> Callable[[bytes], bytes]:
    return lambda content: changed(content, **values)


def sizes(**values: object) -> Callable[[bytes], bytes]:
    return lambda content: changed(content, sizes=json.loads(content)["sizes"] | values)


# What a file is replaced by (or made of what it was), and words of the reason. All of it is refused in an import too.
CONTENT: dict[str, tuple[str, object, str]] = {
    "created without time zone": ("run.json", info(created="2025-01-01T00:00:00"), "a date with its time zone"),
    "created in the year 1": ("run.json", info(created="0001-01-01T00:00:00+14:00"), "1970 to 2999"),
    "created in the year 9999": ("run.json", info(created="9999-12-31T23:59:59-12:00"), "1970 to 2999"),
    "created is a number": ("run.json", info(created=1735689600), "created"),
    "pinned without time zone": ("run.json", info(pinned="2025-01-01T00:00:00"), "pinned"),
    "name of 10,000 letters": ("run.json", info(name="x" * 10_000), "name: .*80 characters"),
    "name of half a character": ("run.json", info(name="\ud800"), "half a character"),
    "seed as text": ("run.json", info(seed="3"), "seed"),
    "huge seed": ("run.json", info(seed=10**300), "seed"),
    "field of 10,000 letters": ("run.json", info(**{"x" * 10_000: 1}), "Extra inputs"),
    "setting of 10,000 letters": ("run.json", info(settings={"x" * 10_000: 1}), "no setting"),
    "settings a list": ("run.json", info(settings=[]), "settings"),
    "unknown model": ("run.json", info(model="nonsense"), "model must be"),
    "source with a zero byte": ("run.json", info(source="a\0b"), "zero byte"),
    "versions endless": ("run.json", info(versions={str(n): "1" for n in range(100)}), "versions"),
    "scale of nothing": ("run.json", sizes(scale_min=5.0), "min < max"),
    "scale without end": ("run.json", sizes(scale_max=1e308), "scale_max"),
    "users as text": ("run.json", sizes(n_users="4"), "n_users"),
    "users beyond number": ("run.json", sizes(n_users=10**12), "n_users"),
    "run.json empty": ("run.json", b"", "JSON"),
    "run.json a list": ("run.json", b"[]", "format of this version"),
    "run.json deep": ("run.json", b"[" * 100_000, "nested too deeply"),
    "run.json binary": ("run.json", b"\xff\xfe\x00", "not UTF-8"),
    "a key twice": ("run.json", lambda content: content.replace(b"{", b'{"seed": 1, ', 1), "'seed' is given twice"),
    "run.json of megabytes": ("run.json", lambda content: content + b" " * 2**21, "bytes"),
    "metrics no JSON": ("metrics.json", b"{", "JSON"),
    "metrics a list": ("metrics.json", b"[]", "figures by name"),
    "figure of text": ("metrics.json", b'{"test": {"rmse": "0.9"}}', "test.rmse"),
    "figure not a number": ("metrics.json", b'{"test": {"rmse": NaN}}', "NaN is no number"),
    "figure without end": ("metrics.json", b'{"test": {"rmse": 1e999}}', "test.rmse"),
    "figure of 1e308": ("metrics.json", b'{"test": {"rmse": 1e308}}', "test.rmse"),
    "figure of a huge integer": ("metrics.json", b'{"test": {"rmse": 1%s}}' % (b"0" * 400), "test.rmse"),
    "a thousand figures": ("metrics.json", json.dumps({"test": {str(n): 1.0 for n in range(1000)}}).encode(), "200"),
    "event no JSON": ("events.jsonl", b"{\n", "event"),
    "event of no kind": ("events.jsonl", b'{"event": ["Failed"], "reason": "x"}\n', "event"),
    "epoch an array": ("events.jsonl", epoch_line(epoch=[1]), "epoch of EpochEnded"),
    "epoch as text": ("events.jsonl", epoch_line(epoch="1"), "epoch of EpochEnded"),
    "epoch a billion": ("events.jsonl", epoch_line(epoch=10**9), "epoch of EpochEnded"),
    "epoch below 0": ("events.jsonl", epoch_line(epoch=-1), "epoch of EpochEnded"),
    "loss of 1e308": ("events.jsonl", epoch_line(loss=1e308), "loss of EpochEnded"),
    "loss not a number": ("events.jsonl", epoch_line(loss=float("nan")), "event"),
    "time beyond the calendar": ("events.jsonl", b'{"event": "Evaluating", "time": 1e15}\n', "time of Evaluating"),
    "reason without end": ("events.jsonl", b'{"event": "Failed", "reason": "%s"}\n' % (b"x" * 10_000), "reason"),
    "event of binary": ("events.jsonl", b"\x00\xff\n", "event"),
    "weights no zip": ("weights.npz", b"hello", "npz of plain numbers"),
    "weights empty": ("weights.npz", b"", "npz of plain numbers"),
    "weights of 3e38": ("weights.npz", {"user_vectors": np.full((4, 2), 3e38, "f4")}, "grew without bound"),
    "weights without end": ("weights.npz", {"user_vectors": np.full((4, 2), np.inf, "f4")}, "not finite"),
    "weights of whole numbers beyond": (
        "weights.npz",
        {"user_vectors": np.full((4, 2), 2**62)},
        "must hold numbers with a fraction",
    ),
    "epoch of weights an array": ("weights.npz", {"__epoch__": np.arange(3)}, "its epoch"),
    "epoch of weights too large": ("weights.npz", {"__epoch__": np.uint64(2**63)}, "its epoch"),
    "epoch of weights a fraction": ("weights.npz", {"__epoch__": np.float64(0.5)}, "its epoch"),
}
# What only a folder can have.
PLACES: dict[str, tuple[str, object, str]] = {
    f"{name} is a {kind}": (name, make, f"{name} of run .* must be a plain file; it is a {kind}")
    for name in ("run.json", "events.jsonl", "metrics.json", "weights.npz")
    for kind, make in (("folder", FOLDER), ("link", LINK), ("pipe", PIPE))
} | {
    "no run.json": ("run.json", None, "no run.json"),
    "checkpoint no zip": ("state.npz", b"x", "checkpoint"),
    "checkpoint a pipe": ("state.npz", PIPE, "it is a pipe"),
    "snapshot no zip": ("snapshots/epoch-0001.npz", b"x", "npz of plain numbers"),
    "snapshot a folder": ("snapshots/epoch-0001.npz", FOLDER, "it is a folder"),
    "watched item of another run": ("events.jsonl", WATCHED % (b"99", b""), "does not have"),
    "a setting changed that the model lacks": (
        "events.jsonl",
        b'{"event": "Changed", "time": 1.0, "epoch": 1, "setting": "x", "before": 1.0, "after": 2.0}\n',
        "changes 'x', which mf cannot",
    ),
    "watched neighbour of another run": ("events.jsonl", WATCHED % (b"1", b"1, 3"), "does not have"),
}
DEEP = ("weights.npz", "state.npz", "snapshots/epoch-0001.npz")  # read only where all files are asked for


@pytest.fixture
def store(own_home: Path) -> RunStore:
    return RunStore()


def finished(store: RunStore, name: str) -> Run:
    run = record(aged(store.create(request(name=name))), STARTED, epoch(1), FINISHED, saved=1)
    run.write_metrics({"test": {"rmse": 0.9}, "baselines": {"bias": {"rmse": 1.0}}, "protocol": "how"})
    return run


def damage(folder: Path, name: str, new: object) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    if isinstance(new, (dict, bytes)) or new is None:
        content = npz(new) if isinstance(new, dict) else new
        path.unlink() if content is None else path.write_bytes(content)
    elif new in (FOLDER, LINK, PIPE):
        path.unlink(missing_ok=True)
        new(path)
    else:
        path.write_bytes(new(path.read_bytes()))


def npz(other: dict[str, np.ndarray]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **{"__epoch__": np.int64(1)} | weights() | other)
    return file.getvalue()


@pytest.mark.parametrize("case", CONTENT | PLACES)
def test_a_damaged_run_is_named_with_its_reason_and_the_others_stay(store: RunStore, case: str):
    name, new, words = (CONTENT | PLACES)[case]
    sound, bad = finished(store, "sound"), finished(store, "bad")
    damage(bad.folder, name, new)
    expected = {sound.id, bad.id} if name in DEEP else {sound.id}
    store = RunStore()
    assert {run.id for run in store.list()} == expected and store.create(request(name="new")).name == "new"
    (bad_id, reason), *more = store.damaged(thorough=True).items()
    assert bad_id == bad.id and more == []
    assert len(reason) < 600 and "\n" not in reason
    assert re.search(words, reason), reason
    store.delete(bad.id)
    assert store.damaged(thorough=True) == {}
    assert store.restore(bad.id) == bad.id and bad.id in store.damaged(thorough=True)


@pytest.mark.parametrize("case", CONTENT)
def test_what_is_damage_in_a_folder_is_refused_in_an_import(store: RunStore, case: str, tmp_path: Path):
    name, new, _ = CONTENT[case]
    members = exported(store, finished(store, "fine"))
    damage_of = npz(new) if isinstance(new, dict) else new
    members[name] = damage_of if isinstance(damage_of, bytes) else damage_of(members[name])
    elsewhere = RunStore(tmp_path / "elsewhere")
    with pytest.raises(RecoError) as caught:
        elsewhere.import_(zipped(members))
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400
    assert list(elsewhere.root.iterdir()) == []


def test_a_snapshot_that_no_epoch_has_is_no_snapshot(store: RunStore):
    run = finished(store, "sound")
    (run.folder / "snapshots").mkdir()
    for epochs in ("9" * 200, "00005", "٣٣٣٣", "-001", "1e10"):
        (run.folder / "snapshots" / f"epoch-{epochs}.npz").write_bytes(b"x")
    assert run.snapshots() == [] and store.damaged(thorough=True) == {}


def test_a_run_folder_that_is_a_file_or_a_link_to_nowhere_is_damaged_and_can_be_deleted(store: RunStore):
    sound = finished(store, "sound")
    file, link = "20250131-093000-mf-0000", "20250131-093000-mf-0001"
    (store.root / file).write_text("x")
    (store.root / link).symlink_to("/nowhere")
    assert set(store.damaged()) == {file, link} and [run.id for run in store.list()] == [sound.id]
    store.delete(file), store.delete(link)
    assert store.damaged() == {} and store.trash.empty() == 2


def test_a_run_that_is_set_aside_keeps_its_files_until_it_comes_back(store: RunStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RECO_TRASH_DAYS", "0")
    bad = finished(store, "bad")
    (bad.folder / "metrics.json").write_text("{")
    place = store.set_aside(bad.id)
    assert place.parent == store.root / "aside" and store.damaged() == {}
    (place / "metrics.json").unlink()
    assert store.restore(bad.id) == bad.id and [run.id for run in store.list()] == [bad.id]


def test_the_command_line_lists_damaged_runs_deletes_them_and_brings_them_back(store: RunStore):
    sound, bad = finished(store, "sound"), finished(store, "bad")
    (bad.folder / "run.json").write_text("{")
    assert Answer("runs", "--damaged", "--json").json["damaged"][0]["run"] == bad.id
    assert "must be readable JSON" in Answer("runs", "--damaged").out
    listed = Answer("runs", "--json")
    assert [row["run"] for row in listed.json["runs"]] == [sound.id] and "--damaged" in listed.err
    assert Answer("show", sound.id).code == 0
    assert "--restore" in Answer("runs", "--delete", bad.id).out
    assert Answer("runs", "--deleted", "--json").json["removed"][0]["run"] == bad.id
    assert Answer("runs", "--damaged").out.strip() == "No run is damaged."
    assert Answer("runs", "--restore", "last").code == 0 and bad.id in RunStore().damaged()
    assert "aside" in Answer("runs", "--set-aside", bad.id).out and RunStore().damaged() == {}
    assert "0 deleted runs" in Answer("runs", "--empty-trash").out
    assert Answer("runs", "--damaged", "--deleted").code == Answer("runs", "--restore", "nonsense").code == 2


@pytest.mark.parametrize("case", ["created without time zone", "metrics no JSON", "epoch an array", "run.json a pipe"])
def test_pages_show_the_sound_runs_and_compare_says_which_is_damaged(store: RunStore, case: str):
    name, new, _ = (CONTENT | {"run.json a pipe": ("run.json", PIPE, "")})[case]
    sound, bad = finished(store, "sound"), finished(store, "bad")
    damage(bad.folder, name, new)
    for page in ("home", "train"):
        assert not open_page(page).exception
    app = open_page("compare", run=bad.id, runs=sound.id)
    assert not app.exception and not app.error
    assert "**sound**" in texts(app) and bad.id in texts(app)
    app.button(key=f"damaged_delete_{bad.id}").click().run()
    assert not app.exception and RunStore().damaged() == {}
    app.button(key="undo").click().run()
    assert bad.id in RunStore().damaged()
    app.button(key=f"damaged_aside_{bad.id}").click().run()
    assert not app.exception and (store.root / "aside").is_dir()


def test_weights_that_are_damaged_are_found_when_all_files_are_checked(store: RunStore):
    bad = finished(store, "bad")
    (bad.folder / "weights.npz").write_bytes(b"x")
    app = open_page("compare")
    assert "npz of plain numbers" not in texts(app)
    app.button(key="check_files").click().run()
    assert not app.exception and "npz of plain numbers" in texts(app)


def test_a_run_at_every_bound_is_drawn(store: RunStore):
    """What passes the checks is drawn: figures of 1e100, weights of 1e15, a million epochs, an alarm of no model."""
    run = finished_run(name="far")
    figures, late = {"rmse": 1e100, "ndcg@10": -1e100, "odd": 0.0}, {"model": "gone", "settings": {"dim": "x"}}
    alarm = {"name": "n", "sentence": "s" * 1000, "remedy": "r", "next": late}
    run.write_metrics({"test": figures, "baselines": {"bias": figures, "gone": figures}, "alarms": [alarm]})
    arrays = {name: np.full_like(array, 1e15) for name, array in run.arrays().items()}
    write_arrays(run.folder / "weights.npz", arrays, 1_000_000)
    with (run.folder / "events.jsonl").open("ab") as log:
        log.write(epoch_line(epoch=1_000_000, loss=1e100, val_rmse=-1e100, elapsed=1e12) * 2)
    assert RunStore().damaged(thorough=True) == {}
    for page in ("train", "evaluate", "compare", "embeddings", "recommend"):
        app = open_page(page, run=run.id)
        assert not app.exception and not app.error, page
