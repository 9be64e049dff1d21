"""A run as a short Python file that trains it again, to the same figures, with reco_core's public API alone."""

from __future__ import annotations

import json
from dataclasses import dataclass

from reco_core.errors import RunError
from reco_core.events import Changed, Continued, EpochEnded, Event, StageStarted, Stopped, counted
from reco_core.models.spec import Settings
from reco_core.runs import RunReading, RunStore

WIDTH = 110


def script_of(run: RunReading) -> str:
    """The file's text: under 40 lines without its list of changes by hand.

    It loads the dataset (or the one that its first argument names), trains with the run's settings and seed, replays
    what was changed by hand at each epoch, and prints the figures on the test rows as JSON, the curve on stderr.
    Raises RunError where there is nothing to train again: no result, or a base run that is gone.
    """
    run.require_result()
    if run.spec.members is not None:
        raise RunError(
            f"{run.name} is an ensemble, and a script trains one run; export the script of each of its runs."
        )
    base, refit = _base(run), _refitted(run)
    lists, train = _changes(run, base), _trainings(run, base)
    score = _SCORE % (", trained_rows=split.known" * refit)
    steered = "Replay(" in train
    return "\n".join([_head(run), _imports(refit, steered), "".join(lists) + _data(run), train + score])


def _head(run: RunReading) -> str:
    made = ", ".join(f"{package} {version}" for package, version in run.info.versions.items())
    return f"# {run.name}: {run.spec.title} on {run.info.dataset}.\n# Trained with {made}.\n"


def _imports(refit: bool, steered: bool) -> str:
    return "import json\nimport sys\n" + "from dataclasses import replace\n" * refit + _IMPORTS + _REPLAY * steered


_IMPORTS = """
from reco_core import data
from reco_core.evaluation import evaluate
from reco_core.models import get_model
from reco_core.split import SplitSettings, make_split
from reco_core.training.loop import Training
"""
_REPLAY = "from reco_core.training.steering import Replay\n"

_EACH_EVENT = """for event in training.events():
    print(event, file=sys.stderr)
"""
_ALL_EVENTS = 'print(*%s.events(), sep="\\n", file=sys.stderr)\n'

_SCORE = """scorer = model.scorer(training.arrays(), training.shape, settings)
print(json.dumps(evaluate(model, scorer, ratings, split%s), indent=1))
"""


def _data(run: RunReading) -> str:
    info = run.info
    values = info.split.model_dump().items()
    split = ", ".join(f"{name}={_written(value)}" for name, value in values)
    lines = [
        f"ratings = data.load(sys.argv[1] if len(sys.argv) > 1 else {_written(info.source)})",
        f"if ratings.fingerprint != {_written(info.dataset_fingerprint)}:",
        f"    sys.exit({_written(f'The run was trained on {info.dataset}; these are other ratings.')})",
        f"split = make_split(ratings, SplitSettings({split}))",
    ]
    return "\n".join(lines) + "\n"


def _written(value: object) -> str:
    """The value as Python writes it, texts in double quotes, whatever is in them."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _changes(run: RunReading, base: RunReading | None) -> list[str]:
    """The lists of what was changed by hand: (after that many whole epochs, setting, value)."""
    steered = {"BASE_CHANGES": _steered(base)[0] if base else None}
    steered |= dict(zip(("CHANGES", "REFIT_CHANGES"), _steered(run), strict=False))
    lists = []
    for name, one in steered.items():
        if one is not None and one.changes:
            rows = [f"    ({epoch}, {_written(setting)}, {value!r}),\n" for epoch, setting, value in one.changes]
            lists.append(
                f"{name} = [  # by hand: after so many whole epochs, the setting, its value\n{''.join(rows)}]\n"
            )
    return lists


def _trainings(run: RunReading, base: RunReading | None) -> str:
    """The training of the base run, where there is one, of the run, and the second one of a run that was refitted."""
    first, *second = _steered(run)
    tables = ""
    lines = []
    if base is not None:
        lines += [_model(base, "base_"), _training("base", base, _steered(base)[0].argument("BASE_CHANGES"), "base_")]
        lines.append(_ALL_EVENTS % "base")
        tables = ", tables=base.arrays()"
    lines += [_model(run), _training("training", run, tables + first.argument("CHANGES"))]
    lines.append(_ALL_EVENTS % "training" if base or second else _EACH_EVENT)
    for again in second:
        lines.append("whole = replace(split, train=split.known, validation=split.validation[:0])\n")
        options = f", seed={run.info.seed}{tables}{again.argument('REFIT_CHANGES')}"
        lines.append(f"training = Training(model, training.refit_settings, ratings, whole{options})\n")
        lines.append(_ALL_EVENTS % "training")
    return "".join(lines)


def _model(run: RunReading, prefix: str = "") -> str:
    """The model and its settings, each written out, so that a later default changes nothing."""
    settings = f"{prefix}settings = {prefix}model.parse({_settings(run.settings)})"
    return f"{prefix}model = get_model({_written(run.info.model)})\n{settings}\n"


def _training(name: str, run: RunReading, options: str, prefix: str = "") -> str:
    return f"{name} = Training({prefix}model, {prefix}settings, ratings, split, seed={run.info.seed}{options})\n"


@dataclass
class _Steered:
    """What a person did to one training: (epoch, setting, value) of each change, and all epochs, None if planned."""

    changes: list[tuple[int, str, float]]
    epochs: int | None = None

    def argument(self, name: str) -> str:
        """Training's `steering`, with the list of changes under this name; nothing for a training left alone."""
        values = [name] * bool(self.changes) + ([f"epochs={self.epochs}"] if self.epochs is not None else [])
        return f", steering=Replay({', '.join(values)})" if values else ""


def _steered(run: RunReading) -> list[_Steered]:
    """Of the training and, where the run was refitted, of the second one, whose epochs count from its own start."""
    found, before, epoch = [_Steered([])], 0, 0
    by_hand = run.status not in ("finished", "stopped")
    for event in counted(run.events()):
        if _is_refit(event) and len(found) == 1:
            before, by_hand = epoch, False
            found.append(_Steered([]))
        elif isinstance(event, EpochEnded):
            epoch = event.epoch
        elif isinstance(event, Changed):
            found[-1].changes.append((event.epoch - before, event.setting, event.after))
        by_hand = by_hand or isinstance(event, Continued) or (isinstance(event, Stopped) and event.reason == "asked")
        found[-1].epochs = epoch - before if by_hand else None
    return found


def _settings(settings: Settings) -> str:
    """The settings as a dict, in lines of which each holds whole entries."""
    lines = [""]
    for name, value in settings.model_dump().items():
        entry = f"{_written(name)}: {_written(value)}, "
        lines[-1:] = [lines[-1] + entry] if len(lines[-1]) + len(entry) < WIDTH else [lines[-1].rstrip(), entry]
    inside = "\n    ".join(lines).strip().rstrip(",")
    return f"{{\n    {inside}}}" if len(lines) > 1 else f"{{{inside}}}"


def _refitted(run: RunReading) -> bool:
    return any(map(_is_refit, run.events()))


def _is_refit(event: Event) -> bool:
    return isinstance(event, StageStarted) and event.refit


def _base(run: RunReading) -> RunReading | None:
    """The run whose vectors this one reads; raises RunError where it is gone."""
    if run.info.base_run is None:
        return None
    try:
        base = RunStore(run.folder.parent).open(run.info.base_run)
    except RunError as error:
        raise RunError(f"A script of {run.name} trains its base run first; {run.info.base_run} is gone.") from error
    if _refitted(base):
        raise RunError(
            f"A script of {run.name} trains its base run first; {base.name} was refitted, which a script cannot do."
        )
    return base
