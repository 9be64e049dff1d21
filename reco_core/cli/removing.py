"""What `reco runs` does with runs that should leave the list or come back: damaged, deleted, set aside."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from reco_core.cli.output import facts, out, print_json, table
from reco_core.errors import RunError

if TYPE_CHECKING:
    from reco_core.runs import RunStore

ADVICE = (
    "`reco runs --delete RUN` deletes one (`--restore RUN` brings it back), `--set-aside RUN` keeps its files out of "
    "the list."
)


def list_damaged(store: RunStore, as_json: bool) -> None:
    """Each run that cannot be used, with its reason; every file of every run is read for that."""
    found = store.damaged(thorough=True)
    if as_json:
        print_json({"damaged": [{"run": run_id, "reason": reason} for run_id, reason in found.items()]})
    elif found:
        out().print(facts(found.items()))
        out().print(ADVICE, style="dim", markup=False)
    else:
        out().print("No run is damaged.")


def list_removed(store: RunStore, as_json: bool) -> None:
    """The runs that can be restored."""
    rows: list[dict[str, Any]] = [
        {
            "run": one.run_id,
            "when": datetime.fromtimestamp(one.time).astimezone().isoformat(timespec="seconds"),
            "folder": str(one.folder),
        }
        for one in store.removed()
    ]
    if as_json:
        print_json({"removed": rows})
    elif rows:
        out().print(table(("run", "when", "folder"), [tuple(row.values()) for row in rows]))
    else:
        out().print("No run was deleted or set aside.")


def named(store: RunStore, text: str) -> str:
    """The id of the run that a person means, one that is damaged included; raises RunError."""
    try:
        return store.find(text).id
    except RunError:
        ids = [run_id for run_id in store.damaged() if text and run_id.startswith(text)]
        if len(ids) == 1:
            return ids[0]
        raise


def delete(store: RunStore, text: str) -> str:
    """Delete a run; returns what to say."""
    run_id = named(store, text)
    store.delete(run_id)
    return f"{run_id} is deleted; `reco runs --restore {run_id}` brings it back."


def set_aside(store: RunStore, text: str) -> str:
    """Keep a run's files out of the list; returns what to say."""
    run_id = named(store, text)
    return f"{run_id} is set aside in {store.set_aside(run_id)}; `reco runs --restore {run_id}` brings it back."


def restore(store: RunStore, text: str) -> str:
    """Bring a run back; returns what to say."""
    return f"{store.restore(text)} is back."


def empty_trash(store: RunStore) -> str:
    """Remove deleted runs for good; returns what to say."""
    removed = store.trash.empty()
    return f"{removed} deleted {'run is' if removed == 1 else 'runs are'} removed for good."
