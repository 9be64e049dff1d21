"""The parts of docs/models.md that the settings classes say better: `python -m tests.models_doc` writes them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from reco_core.models import MODELS, get_model
from reco_core.models.parsing import allowed
from reco_core.models.spec import ModelSpec

DOC = Path(__file__).parents[1] / "docs" / "models.md"
_BLOCK = re.compile(r"(<!-- model: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(text: str) -> str:
    """The document with every block `<!-- model: NAME -->` ... `<!-- end -->` written anew."""
    return _BLOCK.sub(lambda block: f"{block[1]}{chapter(get_model(block[2]))}{block[3]}", text)


def named(text: str) -> list[str]:
    """The models that the document has a block for, in its order."""
    return [block[2] for block in _BLOCK.finditer(text)]


def chapter(spec: ModelSpec) -> str:
    """Heading, sentence, equation, settings, presets and reference of one model, in Markdown."""
    parts = [f"### {spec.title} (`{spec.name}`)", spec.sentence, f"$$\n{spec.equation}\n$$", _settings(spec)]
    parts += [_presets(spec)] if spec.presets else []
    return "\n\n".join([*parts, f"Reference: {spec.reference}"]) + "\n"


def _settings(spec: ModelSpec) -> str:
    if not spec.settings.model_fields:
        return "It has no settings."
    lines = ["| setting | values | default | what it does |", "|---|---|---|---|"]
    for name, info in spec.settings.model_fields.items():
        lines.append(f"| `{name}` | {allowed(info)} | {_shown(info.get_default())} | {info.description} |")
    return "\n".join(lines)


def _presets(spec: ModelSpec) -> str:
    lines = ["| preset | from | what differs from the defaults |", "|---|---|---|"]
    for preset in spec.presets:
        settings, defaults = spec.parse(preset=preset.name), spec.parse()
        differ = [f"{name} {_shown(value)}" for name, value in settings if value != getattr(defaults, name)]
        lines.append(f"| `{preset.name}` | {preset.title} | {', '.join(differ)} |")
    return "\n".join(lines)


def _shown(value: Any) -> str:
    """A value as it is given on the command line."""
    if value is None:
        return "none"
    if isinstance(value, tuple):
        shown = ("x".join(f"{part:g}" for part in entry) if isinstance(entry, tuple) else str(entry) for entry in value)
        return ",".join(shown) or "(empty)"
    return f"{value:g}" if isinstance(value, float) else json.dumps(value).strip('"')


if __name__ == "__main__":
    DOC.write_text(filled(DOC.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{DOC}: {len(named(DOC.read_text(encoding='utf-8')))} of {len(MODELS)} models")
