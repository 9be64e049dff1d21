"""The forms in which a run can be taken away."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from pages.ui.movies.poster_folders import poster_folders
from pages.ui.shell import cache
from pages.ui.shell.markdown import md
from reco_core.errors import RecoError
from reco_core.export.keras_file import write_keras
from reco_core.export.script import script_of
from reco_core.export.tensorboard import write_tensorboard
from reco_core.jobs.results.run_data import ratings_of
from reco_core.runs import RunView


def export_form(run: RunView) -> None:
    """A pop-over with a button for each form; those that need a result only where there is one."""
    with st.popover("Export", icon=":material/download:", key=f"export_{run.id}", disabled=run.active):
        _button(run, "Run", "zip", "folder_zip", lambda: exported(run), "To import here or elsewhere.")
        if not run.has_result:
            st.caption("The run has no result, so there is nothing else to export.")
            return
        try:
            script = script_of(run)
            _button(run, "Python script", "py", "code", script, "Repeats the training, with the same metrics.")
        except RecoError as error:
            st.caption(md(error))
        _button(
            run, "Keras model", "keras.zip", "deployed_code", lambda: keras_zip(run),
            "A .keras file of stock layers, with id tables. Takes a few seconds.",
        )  # fmt: skip
        _button(
            run, "TensorBoard", "tensorboard.zip", "monitoring", lambda: tensorboard_zip(run),
            "Curves, metrics, and the embedding projector with posters.",
        )  # fmt: skip
        st.caption("For MLflow and Weights & Biases: `reco export --help`.")


def _button(run: RunView, label: str, ending: str, icon: str, content: str | Callable[[], bytes], about: str) -> None:
    kind = ending.partition(".")[0]
    st.download_button(
        label, content, f"{run.id}.{ending}", "text/x-python" if ending == "py" else "application/zip",
        key=f"export_{kind}_{run.id}", icon=f":material/{icon}:", help=about, on_click="ignore", width="stretch",
    )  # fmt: skip


def exported(run: RunView) -> bytes:
    """The run as a zip, made when it is asked for."""
    file = io.BytesIO()
    cache.store().export(run.id, file)
    return file.getvalue()


def keras_zip(run: RunView) -> bytes:
    """The Keras file and its id tables as a zip."""
    with tempfile.TemporaryDirectory() as folder:
        write_keras(run, ratings_of(run.info), Path(folder) / f"{run.id}.keras")
        return _zipped(Path(folder))


def tensorboard_zip(run: RunView) -> bytes:
    """TensorBoard's folder as a zip; posters come from the dataset's folder, else they are drawn."""
    ratings = ratings_of(run.info)
    with tempfile.TemporaryDirectory() as folder:
        posters = cache.posters(ratings.name, poster_folders().get(ratings.name), None)
        write_tensorboard(run, ratings, Path(folder) / run.id, posters)
        return _zipped(Path(folder))


def _zipped(folder: Path) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return file.getvalue()
