"""The help of words, from the one glossary."""

from __future__ import annotations

from reco_core.glossary import meaning


def help_on(*terms: str) -> str:
    """A help text: each term with its sentence, one below the other."""
    return "\n\n".join(f"**{term}**: {meaning(term)}" for term in terms)
