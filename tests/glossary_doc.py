"""docs/glossary.md, made of the glossary: `python -m tests.glossary_doc` writes it."""

from __future__ import annotations

from pathlib import Path

from reco_core.glossary import SYMBOLS, TERMS

DOC = Path(__file__).parents[1] / "docs" / "glossary.md"
HEAD = """# Glossary

The words of the app, one sentence each. Its help says the same: both come from `reco_core/glossary.py`
(figures: `reco_core/evaluation/catalogue.py`).
"""


def document() -> str:
    """The whole of docs/glossary.md."""
    words = [f"| {term.name} | {term.says} |" for term in TERMS]
    symbols = [f"| ${symbol.tex.replace('|', chr(92) + '|')}$ | {symbol.says} |" for symbol in SYMBOLS.values()]
    tables = [*words, "", "## Symbols of the equations", "", "| symbol | what it stands for |", "|---|---|", *symbols]
    return "\n".join([HEAD, "| word | what it means |", "|---|---|", *tables, ""])


if __name__ == "__main__":
    DOC.write_text(document(), encoding="utf-8")
    print(DOC)
