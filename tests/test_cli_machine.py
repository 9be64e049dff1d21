"""`reco` on any machine: no room, folders that are closed, terminals of other encodings, pipes that close."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from reco_core.cli import output
from reco_core.cli.streams import print_anything
from reco_core.runs import RunStore
from tests.closed_folders import closed, room_for
from tests.commands import Answer

READS = (
    ["runs"],
    ["show", "RUN"],
    ["evaluate", "RUN"],
    ["evaluate", "RUN", "-k", "5"],
    ["recommend", "RUN", "--user", "1"],
)
WRITES = (
    ["train", "CSV", "--model", "bias"],
    ["sweep", "CSV", "--over", "dim=2,3"],
    ["import", "ARCHIVE"],
    ["stop", "RUN"],
    ["data", "download", "ml-100k"],
    ["export", "RUN", "--to", "HOME/x.zip"],
    ["export", "RUN", "--to", "HOME/x"],
    ["export", "RUN", "--script", "HOME/x.py"],
    ["export", "RUN", "--tensorboard", "HOME/x"],
    ["recommend", "RUN", "--all", "--out", "HOME/x.csv"],
)
LARGE = (
    ["train", "CSV", "--model", "bias"],
    ["import", "ARCHIVE"],
    ["export", "RUN", "--to", "HOME/x.zip"],
    ["export", "RUN", "--to", "HOME/x"],
    ["recommend", "RUN", "--all", "--out", "HOME/x.csv"],
    ["recommend", "RUN", "--all", "--out", "HOME/x.parquet"],
)


@pytest.fixture
def given(trained: str, csv: Path, own_home: Path, tmp_path: Path):
    """Command lines with this test's run, dataset, archive and home for RUN, CSV, ARCHIVE and HOME."""
    archive = tmp_path / "run.zip"
    RunStore().export(trained, archive)

    def fill(arguments: list[str]) -> list[str]:
        names = {"RUN": trained, "CSV": str(csv), "ARCHIVE": str(archive)}
        return [names.get(one, one.replace("HOME", str(own_home))) for one in arguments]

    return fill


def files(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_size for path in folder.rglob("*") if path.suffix != ".lock"}


def test_of_a_read_only_folder_everything_is_read_and_a_command_that_writes_says_so(given, own_home: Path):
    before = files(own_home)
    with closed(own_home):
        for arguments in READS:
            assert Answer(*given(arguments)).code == 0, arguments
        for arguments in WRITES:
            answer = Answer(*given(arguments))
            assert (answer.code, answer.err.count("error:")) == (2, 1), (arguments, answer.err)
            assert f"error: {own_home} must be writable; it is on a read-only disk." in answer.err.replace("\n", " ")
    assert files(own_home) == before


def test_without_room_a_command_says_so_and_leaves_nothing_behind(given, own_home: Path):
    for arguments in LARGE:
        before = files(own_home)
        with room_for(1100):
            answer = Answer(*given(arguments))
        assert (answer.code, answer.err.count("error:")) == (2, 1), (arguments, answer.err)
        assert "full" in answer.err and "ree some space" in answer.err and str(own_home) in answer.err, answer.err
        # Only a run that began is kept: it can go on.
        assert arguments[0] == "train" or files(own_home) == before, arguments


@pytest.mark.parametrize("encoding", ["cp932", "cp1251", "ascii"])
def test_letters_that_a_terminal_lacks_are_replaced(encoding: str, monkeypatch: pytest.MonkeyPatch):
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding) for name in ("stdout", "stderr")}
    for name, stream in streams.items():
        monkeypatch.setattr(sys, name, stream)
    print_anything()
    output.out().print(output.table(("title",), [("Amélie 東京物語 🎬 Сталкер",)]))
    output.err().print("→ Amélie", markup=False)
    output.print_json({"title": "Amélie 東京物語"})
    streams["stdout"].flush()
    printed = streams["stdout"].buffer.getvalue().decode(encoding)
    assert "Am" in printed and "?" in printed and '"Am\\u00e9lie \\u6771' in printed


def reco(arguments: str, **options) -> subprocess.CompletedProcess:
    """`reco` with these words of a shell behind it."""
    command = ["bash", "-c", f"{shlex.quote(sys.executable)} -m reco_core.cli {arguments}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ("models mf_bias --json >&-", 2, "A command needs standard output for what it prints; it is closed."),
        ("models mf_bias | true; exit ${PIPESTATUS[0]}", 1, ""),
        ("no-such 2>&-", 2, ""),
        pytest.param(
            "--help >/dev/full", 2, "What is written needs room",
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here"),
        ),
    ],
)  # fmt: skip
def test_output_that_nothing_takes_is_no_traceback(arguments: str, code: int, words: str):
    done = reco(arguments)
    assert (done.returncode, done.stderr.count("\n")) == (code, bool(words)) and words in done.stderr, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a locale of POSIX")
def test_a_machine_without_a_locale_or_a_home_prints_tables():
    plain = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    env = plain | {name: os.environ[name] for name in ("RECO_HOME", "PYTHONPATH") if name in os.environ}
    done = reco("models mf_bias", env=env)
    assert done.returncode == 0 and done.stderr == "" and "learning_rate" in done.stdout, done.stderr
    assert done.stdout.isascii()
