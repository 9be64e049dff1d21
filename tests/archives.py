"""Archives for tests of runs out and in."""

from __future__ import annotations

import io
import json
import zipfile

from reco_core.runs import Run, RunStore


def exported(store: RunStore, run: Run) -> dict[str, bytes]:
    """The members of the run's zip."""
    file = io.BytesIO()
    store.export(run.id, file)
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members: dict[str, bytes], **options: object) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def changed(content: bytes, **values: object) -> bytes:
    return json.dumps(json.loads(content) | values).encode()
