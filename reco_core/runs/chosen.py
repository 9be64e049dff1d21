"""What a run was set to: as rows beside the defaults, as a name, and as the command that trains it again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reco_core.errors import SettingsError
from reco_core.models import get_model
from reco_core.models.parsing import as_text
from reco_core.models.spec import ModelSpec, Settings
from reco_core.runs.run_spec import NAME_LENGTH, RunRequest
from reco_core.split import SplitSettings

IN_A_NAME, LONGEST_VALUE = 4, 24
ENSEMBLE = "ensemble"


@dataclass(frozen=True)
class Chosen:
    """One setting of a run: its label for people, its value and its default as text, and whether they differ."""

    name: str
    label: str
    value: str
    usual: str

    @property
    def differs(self) -> bool:
        return self.value != self.usual


def chosen(asked: RunRequest) -> tuple[Chosen, ...]:
    """Everything that a run was set to, what differs from the defaults first; its settings are written out."""
    spec = get_model(asked.model)
    own, usual = spec.parse(asked.settings), usual_of(asked)
    rows = [
        Chosen(name, info.title or name, as_text(getattr(own, name)), as_text(getattr(usual, name)))
        for name, info in spec.settings.model_fields.items()
    ]
    rows += [Chosen(*row) for row in _around(asked)]
    return tuple(sorted(rows, key=lambda row: not row.differs))


def usual_of(asked: RunRequest) -> Settings:
    """The defaults, as they were recommended for the run's data."""
    spec = get_model(asked.model)
    try:
        return spec.parse(asked.recommended or {})
    except SettingsError:  # of another version
        return spec.parse()


def _around(asked: RunRequest) -> list[tuple[str, str, str, str]]:
    """Split, seed and the like: (name, label, value, default)."""
    split, usual = asked.split, SplitSettings()
    return [
        ("preset", "Preset", as_text(asked.preset), "none"),
        ("split", "Split", split.kind, usual.kind),
        ("test_size", "Test share", f"{split.test_size:g}", f"{usual.test_size:g}"),
        ("val_size", "Validation share", f"{split.val_size:g}", f"{usual.val_size:g}"),
        ("split_seed", "Split seed", str(split.seed), str(usual.seed)),
        ("seed", "Run seed", str(asked.seed), "0"),
        ("refit", "Retrained with the validation rows", as_text(asked.refit), "false"),
        ("base_run", "First-stage vectors from", as_text(asked.base_run), "none"),
    ]


def name_of(asked: RunRequest) -> str:
    """A name that says what the run is: `Biased MF, dim 20, l2 0`, made from what differs from the defaults.

    asked.settings are written out. At most IN_A_NAME of them; then `+3 more`.
    """
    spec = get_model(asked.model)
    words = [_short(spec)]
    words += [p.title.partition(":")[0] for p in spec.presets if p.name == asked.preset]
    parts = [_words(name, value) for name, value in _differing(asked).items()]
    parts += [_words(row.name, row.value) for row in (Chosen(*row) for row in _around(asked)) if _is_named(row)]
    parts = [part for part in parts if len(part) <= LONGEST_VALUE]
    for kept in range(min(len(parts), IN_A_NAME), -1, -1):
        left = [f"+{len(parts) - kept} more"] if len(parts) > kept else []
        name = ", ".join([*words, *parts[:kept], *left])
        if len(name) <= NAME_LENGTH:
            break
    return name[:NAME_LENGTH]


def _is_named(row: Chosen) -> bool:
    return row.differs and row.name not in ("preset", "base_run")


def _short(spec: ModelSpec) -> str:
    return re.sub("(?i)matrix factorisation", "MF", spec.title)


def _words(name: str, value: Any) -> str:
    """`dim 20`, `no center`, `refit`, `time split`."""
    title = name.replace("_", " ").replace("val size", "validation").replace("test size", "test")
    if as_text(value) in ("true", "false"):
        return title if as_text(value) == "true" else f"no {title}"
    if name == "split":
        return f"{value.partition(':')[2] or value} split"
    text = f"{value:.3g}" if isinstance(value, float) else as_text(value).replace(",", "-")
    return f"{title} {text}" if text else f"no {title}"


def command_of(asked: RunRequest) -> str:
    """The command line that trains the same again, to be pasted into a shell; asked.settings are written out."""
    if get_model(asked.model).family == ENSEMBLE:
        return shlex.join(["reco", "ensemble", *asked.settings["runs"]])
    words = ["reco", "train", asked.source, "--model", asked.model]
    preset = _known_preset(asked)
    words += ["--preset", preset] if preset else []
    plain = preset is None and asked.recommended is None and get_model(asked.model).suits is not None
    words += ["--defaults"] * plain
    for name, value in _differing(asked).items():
        words += ["--set", f"{name}={as_text(value)}"]
    split, usual = asked.split, SplitSettings()
    for option, value, default in (
        ("--split", split.kind, usual.kind),
        ("--test-size", split.test_size, usual.test_size),
        ("--val-size", split.val_size, usual.val_size),
        ("--seed", asked.seed, 0),
        ("--split-seed", split.seed, asked.seed),
        ("--base-run", asked.base_run, None),
    ):
        words += [option, str(value)] if value != default else []
    return shlex.join(words + ["--refit"] * asked.refit)


def _differing(asked: RunRequest) -> Mapping[str, Any]:
    spec = get_model(asked.model)
    preset = _known_preset(asked)
    own, start = spec.parse(asked.settings), spec.parse(preset=preset) if preset else usual_of(asked)
    values = {name: getattr(own, name) for name in spec.settings.model_fields}
    return {name: value for name, value in values.items() if value != getattr(start, name)}


def _known_preset(asked: RunRequest) -> str | None:
    """The preset, None where this version's model has none of that name: the settings are written out anyway."""
    return asked.preset if asked.preset in [preset.name for preset in get_model(asked.model).presets] else None
