"""What only the file's owner can know, asked in cards; nothing is answered beforehand."""

from __future__ import annotations

import streamlit as st

from pages.ui.datasets.draft import Draft, Look
from pages.ui.shell.markdown import md


def question_cards(draft: Draft, look: Look) -> None:
    """A card for each question, those first without whose answer nothing can be read."""
    asked = sorted(draft.asked.values(), key=lambda one: not one.must)
    for question in asked:
        answered = question.about in draft.choices
        kind = "answered" if answered else "must" if question.must else "may"
        with st.container(border=True, key=f"question_{kind}_{question.about}", gap="xsmall"):
            icon = "check_circle" if answered else "help"
            st.markdown(f":material/{icon}: **{md(question.text)}**")
            if question.answers:
                _answers(draft, question.about)
            elif question.about == "columns":
                st.caption("Choose them in the boxes above; the rows below show what is in each column.")
            if not question.must and not answered:
                st.caption("Until you answer, it is read as it is.")


def _answers(draft: Draft, about: str) -> None:
    question = draft.asked[about]
    labels = [label for label, _ in question.answers]
    now = next(
        (at for at, (_, changes) in enumerate(question.answers) if changes.items() <= draft.choices.items()), None
    )
    key = f"{draft.id}_answer_{about}"

    def picked() -> None:
        if st.session_state[key] in labels:
            draft.answer(question, question.answers[labels.index(st.session_state[key])][1])

    st.session_state[key] = None if now is None else labels[now]
    st.radio(question.text, labels, index=None, key=key, on_change=picked, label_visibility="collapsed")
