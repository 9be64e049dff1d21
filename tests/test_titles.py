"""Titles as people read them, and their years."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reco_core.data.titles import split_title


@pytest.mark.parametrize(
    ("text", "title", "year"),
    [
        ("Toy Story (1995)", "Toy Story", 1995),
        ("Matrix, The (1999)", "The Matrix", 1999),
        ("Shanghai Triad (Yao a yao yao dao waipo qiao) (1995)", "Shanghai Triad (Yao a yao yao dao waipo qiao)", 1995),
        ("Postino, Il (1994)", "Il Postino", 1994),
        ("Godfather: Part II, The (1974)", "The Godfather: Part II", 1974),
        ("Seven (a.k.a. Se7en) (1995)", "Seven (a.k.a. Se7en)", 1995),
        ("Boot, Das (a.k.a. Boat, The) (1981)", "Das Boot (a.k.a. The Boat)", 1981),
        ("Thieves (Voleurs, Les) (1996)", "Thieves (Les Voleurs)", 1996),
        ("Star Maker, The (Uomo delle stelle, L') (1995)", "The Star Maker (L'Uomo delle stelle)", 1995),
        ("Land Before Time III (1995) (V)", "Land Before Time III", 1995),
        ("Death Note: Desu nôto (2006–2007)", "Death Note: Desu nôto", 2006),
        ("Fawlty Towers (1975-1979)", "Fawlty Towers", 1975),
        ("Atlanta (2016-)", "Atlanta", 2016),
        ("Two Friends (1986) ", "Two Friends", 1986),
        ("Babylon 5", "Babylon 5", None),
        ("unknown", "unknown", None),
        ("1984 (1984)", "1984", 1984),
        ("2001: A Space Odyssey", "2001: A Space Odyssey", None),
        ("(500) Days of Summer (2009)", "(500) Days of Summer", 2009),
        ("Good, the Bad and the Ugly, The (1966)", "The Good, the Bad and the Ugly", 1966),
        ("Corrina, Corrina (1994)", "Corrina, Corrina", 1994),
        ("I, Robot (2004)", "I, Robot", 2004),
        ("(1999)", "(1999)", None),
        ("", "", None),
    ],
)  # fmt: skip
def test_titles_as_people_read_them(text, title, year):
    assert split_title(text) == (title, year)


plain_titles = st.text("abcdefghij XYZ':!é", min_size=1).map(lambda text: " ".join(text.split())).filter(bool)


@given(plain_titles, st.integers(1890, 2030), st.sampled_from(["The", "A", "Les", "Il", "Der"]))
def test_year_and_article_of_any_title_are_found(title, year, article):
    assert split_title(f"{title} ({year})") == (title, year)
    assert split_title(f"{title}, {article} ({year})") == (f"{article} {title}", year)
    assert split_title(title) == (title, None)


@given(st.text())
def test_no_text_breaks_the_title_splitter(text):
    title, year = split_title(text)
    assert title == " ".join(title.split())
    assert year is None or 1800 <= year < 2100
