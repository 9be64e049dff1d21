"""Text from outside: what of it is seen, where it is cut, and what a message keeps of what it echoes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reco_core.errors import DataError
from reco_core.shown_text import (
    ELLIPSIS,
    MOST_MARKS,
    SENTENCE,
    file_name,
    one_line,
    sentence,
    shortened,
    unlike,
    visible,
)
from tests.hostile import NEVER

# Letters of all kinds, and more often than by chance what joins, marks, turns and commands.
ODD = "ab \n\r\t\x1b[]8;m\\\x07\x9b\x00\u0301\u0308\u200c\u200d\u202e\u2066\u200b\ufe0f\U0001f1e9\U0001f1ea\ud800"
JOINED = ["👩\u200d👧", "👍\U0001f3fd", "\u1112\u1161\u11ab", "\x1b[31m", "\x1b]8;;x\x1b\\"]
TEXT = st.lists(st.one_of(st.characters(), st.sampled_from(ODD), st.sampled_from(JOINED)), max_size=60).map("".join)
ACUTE = "\u0301"
FAMILY = "👩\u200d👩\u200d👧\u200d👦"


@given(TEXT)
def test_one_line_has_nothing_unseen_and_stays_as_it_is_when_cleaned_again(text):
    line = one_line(text)
    assert not NEVER.search(line) and line == line.strip() and "  " not in line
    assert one_line(line) == line
    assert not NEVER.search(visible(text).replace("\n", ""))


@given(TEXT, st.integers(1, 30))
def test_shortened_fits_and_is_a_beginning_of_the_line(text, most):
    line, short = one_line(text), shortened(text, most)
    assert len(short) <= most
    if len(line) <= most:
        assert short == line
    else:
        assert short.endswith(ELLIPSIS) and line.startswith(short[:-1])


@given(TEXT, st.integers(2, 30))
def test_shortened_never_parts_a_letter_from_its_marks(text, most):
    line, short = one_line(text), shortened(text, most)
    rest = line[len(short) - 1 :].lstrip() if len(line) > most else ""
    if rest and len(short) > 1:
        assert rest[0] not in "\u200d\u200c"
        assert unicodedata.category(rest[0])[0] != "M"


@given(st.lists(TEXT, max_size=8), st.integers(1, 12))
def test_labels_are_all_unlike(texts, most):
    labels = unlike(texts, most)
    assert len(set(labels)) == len(labels) == len(texts)


@given(TEXT)
def test_a_sentence_is_one_line_within_its_bound(text):
    assert len(sentence(text * 50)) <= SENTENCE and not NEVER.search(sentence(text * 50))


@given(TEXT)
def test_a_file_name_is_a_name_and_no_path(text):
    name = file_name(text)
    assert 0 < len(name) <= 80 and not set(name) & set('/\\:*?"<>|\n\0') and name[0] not in ".-"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1b]0;unended", "]0;unended"),
        ("over\rwritten\b\b", "over written"),
        ("a\u202eb\u2066c\u200bd\ufeff", "abcd"),
        ("x\x00y", "xy"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        (FAMILY, FAMILY),
        ("a\u200db", "ab"),
        ("e" + ACUTE * 99, "e" + ACUTE * MOST_MARKS),
        ("two\n\n lines", "two lines"),
        (None, "None"),
    ],
)
def test_only_what_can_be_seen_is_left(text, shown):
    assert one_line(text) == shown


@pytest.mark.parametrize(
    ("text", "most", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("ab cdefg", 4, "ab…"),
        ("abc" + "e" + ACUTE + "xyz", 5, "abc…"),
        (FAMILY * 3, 9, FAMILY + "…"),
        ("🇩🇪🇫🇷🇮🇹", 4, "🇩🇪…"),
        ("👍\U0001f3fd👍\U0001f3fd", 2, "…"),
        ("한" * 3, 3, "한" * 3),
        ("\u1112\u1161\u11ab" * 2, 4, "\u1112\u1161\u11ab…"),
    ],
)
def test_a_cut_keeps_letters_emoji_flags_and_syllables_whole(text, most, shown):
    assert shortened(text, most) == shown


def test_ten_thousand_letters_and_as_many_marks_are_bounded():
    assert len(shortened("W" * 10_000, 160)) == 160
    assert len(shortened(("e" + ACUTE * 3_000) * 100, 40)) <= 40


def test_an_error_keeps_its_rule_and_its_advice_and_shortens_what_it_echoes():
    said = str(DataError(f"item must be one of 9; got \x1b[31m{'x' * 6_000}. Choose one of the list."))
    assert said.startswith("item must be one of 9; got xxx") and said.endswith("xxx. Choose one of the list.")
    assert len(said) < 300 and ELLIPSIS in said
    assert len(str(DataError("many words " * 500 + "and an end."))) <= SENTENCE
