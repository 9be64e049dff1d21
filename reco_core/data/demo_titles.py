"""Invented film titles; none is meant to be a real film's."""

from __future__ import annotations

import re

from reco_core.data.demo_words import NAMES, NUMBERS, PLACES, SURNAMES, TIMES, WORDS, Words
from reco_core.data.portable_random import Draws


def invent_titles(draws: Draws, genres: list[str]) -> list[str]:
    """One title for each leading genre given, all different; about one in 40 is a sequel of an earlier one."""
    titles: list[str] = []
    used: set[str] = set()
    for genre in genres:
        title = _title(draws, WORDS[genre])
        if titles and draws.below(40, 1)[0] == 0:
            title = _sequel(draws.pick(titles))
        while title in used or not title:
            title = _title(draws, WORDS[genre])
        used.add(title)
        titles.append(title)
    return titles


def _title(draws: Draws, words: Words) -> str:
    """A form of the genre with its words filled in; "" where a word came twice."""
    lists = {
        "adjective": words.adjective,
        "thing": words.thing,
        "who": words.who,
        "name": NAMES,
        "surname": SURNAMES,
        "place": PLACES,
        "time": TIMES,
        "number": NUMBERS,
    }

    def fill(gap: re.Match[str]) -> str:
        kind = gap[1]
        return draws.pick(lists[kind]) if kind in lists else _plural(draws.pick(lists[kind.removesuffix("s")]))

    title = _article(re.sub(r"\{(\w+)\}", fill, draws.pick(words.forms)))
    long_words = [word for word in re.findall(r"\w+", title.lower()) if len(word) > 3]
    return title if len(set(long_words)) == len(long_words) else ""


def _plural(word: str) -> str:
    """Two or more of it: Prophecies, Weathermen, Kisses, Midwives."""
    for ending, plural in ((r"([^aeiou])y", r"\1ies"), ("([Mm])an", r"\1en"), ("(s|ch|x)", r"\1es"), ("fe", "ves")):
        if re.search(ending + "$", word):
            return re.sub(ending + "$", plural, word)
    return word + "s"


def _article(title: str) -> str:
    """The title with "A" before a vowel sound made "An"."""
    words = title.split(" ")
    for at, word in enumerate(words[:-1]):
        if word in ("A", "a") and words[at + 1][0] in "AEIOU" and not words[at + 1].startswith("Uni"):
            words[at] += "n"
    return " ".join(words)


def _sequel(title: str) -> str:
    """The second part of a film, or "" where it is one already or its title bears none."""
    return "" if title[-1] in "?!2" or ":" in title else f"{title} 2"
