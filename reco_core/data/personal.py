"""Which columns of a table of users say who somebody is, rather than what somebody is like."""

from __future__ import annotations

import re

import pandas as pd

# A word of a column's name, or all its words as one: `zip_code`, `E-Mail`, `lastName`.
_IDENTIFYING = re.compile(
    r"zip|zipcode|postcode|postal|postalcode|plz|address|street|e?mail|phone|telephone|mobile|ip|ipaddress"
    r"|((first|last|sur|fore|user|nick)?name)|login|ssn|passport|iban|birthday|birthdate|dob|latitude|longitude|lat|lon"
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def identifies(column: object) -> bool:
    """Whether a column of this name says who somebody is: a zip code, an address, a name."""
    words = [word.casefold() for word in _WORDS.findall(str(column))]
    return any(_IDENTIFYING.fullmatch(word) for word in (*words, "".join(words)))


def unidentifying(users: pd.DataFrame) -> pd.DataFrame:
    """The table without the columns that say who somebody is."""
    return users[[column for column in users.columns if not identifies(column)]]
