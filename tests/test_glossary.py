"""One glossary: the document says what the help says, and every letter of every equation is explained."""

from __future__ import annotations

import re

import pytest

from reco_core.evaluation.catalogue import FIGURES
from reco_core.glossary import SYMBOLS, TERMS, meaning, meaning_of_setting
from reco_core.models import MODELS
from reco_core.models.ensemble import COMBINED
from tests.glossary_doc import DOC, document

# What is no symbol: commands that draw, and words of mathematics.
NO_SYMBOLS = (
    r"\\(begin|end)\{aligned\}|\\(mathrm\{diag\}|phantom\{.\})"
    r"|\\(textstyle|sum|frac|top|cap|times|in|ge|min|max|log)(?![a-z])"
)
LETTER = r"\\[A-Za-z]+|[A-Za-z]"
INDICES = {"u", "i", "j", "m", "l", "e", "L", r"\hat", r"\bar", r"\mathrm", "x"}


def letters(tex: str) -> set[str]:
    """Greek and Latin letters of a piece of LaTeX, without indices."""
    return set(re.findall(LETTER, re.sub(NO_SYMBOLS, " ", tex))) - INDICES


def test_the_document_is_as_the_glossary_has_it() -> None:
    assert DOC.read_text(encoding="utf-8") == document(), "run: python -m tests.glossary_doc"


@pytest.mark.parametrize("spec", (*MODELS, *COMBINED), ids=lambda spec: spec.name)
def test_every_letter_of_an_equation_is_explained(spec) -> None:
    explained = [SYMBOLS[name].tex for name in spec.symbols]
    assert letters(spec.equation) <= set().union(*map(letters, explained))


def test_every_symbol_is_in_some_equation() -> None:
    assert set(SYMBOLS) == {name for spec in (*MODELS, *COMBINED) for name in spec.symbols}


def test_terms_are_single_sentences_in_order() -> None:
    assert [term.name.lower() for term in TERMS] == sorted({term.name.lower() for term in TERMS})
    for term in TERMS:
        assert term.says.endswith(".") and ". " not in term.says, term.name
    assert {figure.at("k").title for figure in FIGURES} <= {term.name for term in TERMS}


def test_a_figure_at_any_length_and_a_setting_have_their_term() -> None:
    assert meaning("NDCG@10") == meaning("ndcg@k") and meaning("rmse").startswith("Typical error")
    assert meaning_of_setting("patience") == meaning("Patience") and meaning_of_setting("init_sd") == ""
    with pytest.raises(LookupError, match="no entry for no such term"):
        meaning("no such term")
