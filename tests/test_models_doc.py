"""docs/models.md says what the settings classes say."""

from __future__ import annotations

from reco_core.models import MODELS
from tests.models_doc import DOC, filled, named


def test_the_document_is_as_the_settings_classes_have_it() -> None:
    text = DOC.read_text(encoding="utf-8")
    assert text == filled(text), "run: python -m tests.models_doc"


def test_every_model_has_a_chapter() -> None:
    assert sorted(named(DOC.read_text(encoding="utf-8"))) == sorted(spec.name for spec in MODELS)
