"""The first rows of a file as the plan reads them, each column under the colour of its role."""

from __future__ import annotations

import streamlit as st

from pages.ui.datasets.draft import Look
from pages.ui.shell.card_row import metrics
from pages.ui.shell.markdown import html, md, plural
from reco_core.data.reading import Preview

COLUMNS = 40  # of a matrix, that are shown
CELL = 60  # characters


def preview_table(look: Look) -> None:
    """The first rows; a chip above a column says its role."""
    shown, plan = look.preview, look.guess.plan
    if not shown.rows:
        return
    roles: dict[str, str] = {name: role for role, name in plan.columns.items()}
    names = shown.names[:COLUMNS]
    if plan.form in ("json", "parquet") or plan.form.startswith("ml-"):
        names = [plan.columns.get(role, role) for role in ("user", "item", "rating", "time") if role in plan.columns]
    head = "".join(_head(name, roles.get(name, "")) for name in names)
    body = "".join(f"<tr>{_row(names, roles, row)}</tr>" for row in shown.rows)
    more = len(shown.names) - COLUMNS
    note = f"<p>and {plural(more, 'column')} more</p>" if more > 0 else ""
    st.html(
        '<div class="reco-preview" role="region" aria-label="First rows of the file" tabindex="0"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{note}"
    )


def preview_counts(look: Look) -> None:
    """What these choices give, as cards; or in one sentence why they give nothing."""
    shown = look.preview
    if shown.reason:
        return
    part = None if shown.whole else f"Of the first {shown.lines:,} lines; all of them are read when it is added."
    low, high = shown.scale
    values = [
        ("Ratings", f"{shown.ratings:,}", part),
        ("Users", f"{shown.users:,}", part),
        ("Items", f"{shown.items:,}", part),
        ("Scale", f"{low:,g} to {high:,g}", f"{shown.levels:,} different values"),
        ("Left out", f"{sum((shown.refused or {}).values()) + shown.duplicates + shown.filtered:,}", part),
    ]
    metrics(values, key="preview")
    st.caption(account(shown))


def account(shown: Preview) -> str:
    """Where the lines went, in one sentence of Markdown."""
    parts = [f"{count:,} refused ({md(reason)})" for reason, count in (shown.refused or {}).items()]
    parts += [f"{shown.duplicates:,} merged with another of the same user and item"] if shown.duplicates else []
    parts += [f"{shown.filtered:,} of users or items with too few"] if shown.filtered else []
    parts += [f"{shown.empty:,} blank"] if shown.empty else []
    rest = shown.lines - shown.ratings - sum((shown.refused or {}).values())
    rest -= shown.duplicates + shown.filtered + shown.empty
    parts += ["1 header"] if rest == 1 else [f"{rest:,} headers or lines that go on a row"] if rest > 1 else []
    looked = f"{shown.lines:,} lines" if shown.whole else f"the first {shown.lines:,} lines"
    return f"Of {looked}: {shown.ratings:,} ratings" + "".join(f", {part}" for part in parts) + "."


def _row(names: list[str], roles: dict[str, str], row: list[str]) -> str:
    cells = zip(names, row, strict=False)
    return "".join(f"<td{_class(roles.get(name, ''))}>{html(_cell(cell))}</td>" for name, cell in cells)


def _head(name: str, role: str) -> str:
    chip = f"<span>{role}</span>" if role else "<span></span>"
    return f'<th scope="col"{_class(role)}>{chip}{html(_cell(name))}</th>'


def _class(role: str) -> str:
    return f' class="role-{role}"' if role else ""


def _cell(text: str) -> str:
    text = "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in " ".join(str(text).split()))
    return text if len(text) <= CELL else text[: CELL - 1] + "…"
