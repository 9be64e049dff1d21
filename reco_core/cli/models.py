"""`reco models`: every model with its settings, their ranges and defaults, and its presets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, get_origin

import typer

from reco_core.cli.output import AsJson, out, print_json, setting, table

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from reco_core.models.spec import ModelSpec


def models(
    name: Annotated[str | None, typer.Argument(help="Only this model, with its settings.", metavar="NAME")] = None,
    as_json: AsJson = False,
) -> None:
    """List the models; with a name, show its settings, ranges, defaults and presets."""
    from reco_core.models import MODELS, get_model

    specs = [get_model(name)] if name else list(MODELS)
    if as_json:
        print_json({"models": [_model(spec) for spec in specs]})
        return
    console = out()
    if name is None:
        rows = [(spec.name, spec.family, spec.sentence, ", ".join(p.name for p in spec.presets)) for spec in specs]
        console.print(table(("model", "family", "what it does", "presets"), rows))
        console.print("reco models NAME shows a model's settings.", style="dim")
        return
    spec = specs[0]
    console.print(f"{spec.title}: {spec.sentence}\n{spec.reference}", markup=False)
    rows = [(s["name"], s["allowed"], setting(s["default"]), s["help"]) for s in _settings(spec)]
    console.print(table(("setting", "allowed", "default", "what it is"), rows))
    presets = [(p.name, p.title, " ".join(f"{k}={setting(v)}" for k, v in p.settings.items())) for p in spec.presets]
    if presets:
        console.print(table(("preset", "from", "settings"), presets))


def _model(spec: ModelSpec) -> dict[str, Any]:
    fields = ("name", "title", "family", "sentence", "equation", "reference", "predicts_stars", "has_vectors")
    presets = [{"name": p.name, "title": p.title, "settings": dict(p.settings)} for p in spec.presets]
    return {field: getattr(spec, field) for field in fields} | {"settings": _settings(spec), "presets": presets}


def _settings(spec: ModelSpec) -> list[dict[str, Any]]:
    """Name, default, limits, choices and help of each setting, as its field states them."""
    from reco_core.models.parsing import choices, limits

    found = []
    for name, field in spec.settings.model_fields.items():
        low, high = limits(field)
        found.append(
            {
                "name": name,
                "title": field.title,
                "default": field.get_default(call_default_factory=True),
                "min": low,
                "max": high,
                "choices": list(choices(field)),
                "allowed": _allowed(field),
                "help": " ".join((field.description, *_needs(spec, field))),
            }
        )
    return found


def _needs(spec: ModelSpec, field: FieldInfo) -> list[str]:
    """What other settings must be for this one to have an effect, a sentence for each."""
    from reco_core.models.described import needed

    needs = (field.json_schema_extra or {}).get("needs") or {}
    known = [(other, wanted) for other, wanted in needs.items() if other in spec.settings.model_fields]
    return [f"{needed(other, wanted).capitalize()}." for other, wanted in known]


def _allowed(field: FieldInfo) -> str:
    """What a setting may be, in few words."""
    from reco_core.models.parsing import choices, kinds, limits

    low, high = limits(field)
    plain = [kind for kind in kinds(field) if kind is not type(None)]
    if get_origin(plain[0]) is tuple:
        allowed = "a list" + (f" of {', '.join(map(str, choices(field)))}" if choices(field) else "")
    elif choices(field):
        allowed = ", ".join(map(str, choices(field)))
    elif plain[0] is bool:
        allowed = "true, false"
    else:
        allowed = f"{setting(low)} to {setting(high)}" if None not in (low, high) else plain[0].__name__
    return allowed + (", none" if len(plain) < len(kinds(field)) else "")
