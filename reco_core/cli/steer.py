"""`reco steer`, and `pause`, `continue`, `step` and `stop` for short: a run is steered, wherever it trains."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from reco_core.cli.options import DataSource, RunName, RunsFolder, store_at
from reco_core.cli.output import AsJson, err, out, print_json
from reco_core.cli.show import print_run, run_json
from reco_core.cli.train import train_on
from reco_core.errors import SettingsError

if TYPE_CHECKING:
    from reco_core.runs import Request, Run

WORDS = ("pause", "continue", "step", "stop")


def steer(
    run: RunName,
    what: Annotated[
        list[str], typer.Argument(metavar="WHAT", help="pause, continue, step, stop, or learning_rate=0.001, l2=0.1.")
    ],
    epochs: Annotated[
        int | None,
        typer.Option(metavar="N", help="continue: train this many more epochs instead of finishing the plan.", min=1),
    ] = None,
    data: DataSource = None,
    folder: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Steer a run that trains elsewhere, or resume a paused or ended one here (Ctrl-C stops and keeps it)."""
    from reco_core.jobs.results.run_data import ratings_of
    from reco_core.jobs.server.permissions import check_asked

    chosen = store_at(folder).find(run)
    for request in [_request(text, epochs) for text in what]:
        check_asked(chosen, request)
        chosen.ask(request)
    if chosen.to_go_on and not chosen.active:
        chosen = train_on(chosen, lambda info: ratings_of(info, data))
    else:
        err().print(f"the request was sent to {chosen.name}, which is {chosen.status}", markup=False)
    _show(chosen, as_json)


def pause(run: RunName, folder: RunsFolder = None, as_json: AsJson = False) -> None:
    """Pause a training run after its last complete epoch; it can be resumed later."""
    steer(run, ["pause"], None, None, folder, as_json)


def go_on(
    run: RunName,
    epochs: Annotated[
        int | None, typer.Option(metavar="N", help="Train this many more epochs instead of finishing the plan.")
    ] = None,
    data: DataSource = None,
    folder: RunsFolder = None,
    as_json: AsJson = False,
) -> None:
    """Resume a paused or ended run here, to the end of its plan or for --epochs more; it is then re-evaluated."""
    steer(run, ["continue"], epochs, data, folder, as_json)


def step(run: RunName, data: DataSource = None, folder: RunsFolder = None, as_json: AsJson = False) -> None:
    """Train a paused or ended run for one more epoch here, then pause it."""
    steer(run, ["step"], None, data, folder, as_json)


def stop(run: RunName, folder: RunsFolder = None, as_json: AsJson = False) -> None:
    """Stop a run after its last complete epoch, wherever it trains; it is evaluated and kept."""
    steer(run, ["stop"], None, None, folder, as_json)


def _request(text: str, epochs: int | None) -> Request:
    """What a word, or setting=value, asks for; raises SettingsError."""
    from reco_core.runs import Change, Continue, Pause, Step, Stop

    name, equals, value = (part.strip() for part in text.partition("="))
    if equals:
        try:
            return Change(name, float(value))
        except ValueError as error:
            raise SettingsError(
                f"A setting must be changed to a number, such as learning_rate=0.001; got {text!r}."
            ) from error
    requests: dict[str, Callable[[], Request]]
    requests = {"pause": Pause, "continue": lambda: Continue(epochs), "step": Step, "stop": Stop}
    if name not in requests:
        raise SettingsError(f"A run must be steered by {', '.join(WORDS)} or setting=value; got {text!r}.")
    return requests[name]()


def _show(run: Run, as_json: bool) -> None:
    if as_json:
        print_json(run_json(run))
    elif not run.active:
        print_run(out(), run, curve=False)
