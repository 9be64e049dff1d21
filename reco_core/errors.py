"""Errors that a user can mend: each message is one sentence that says the rule and what was received."""

import re

from reco_core.shown_text import sentence

_PASSWORD = re.compile(r"(\w://[^\s/:@]*):[^\s@]*@")


class RecoError(Exception):
    """Something the user gave cannot be used; the message says what is allowed.

    What it echoes may be anything: the message is one line of text that can be seen, and bounded, and without the
    password of an address.
    """

    def __init__(self, message: object = "") -> None:
        super().__init__(sentence(_PASSWORD.sub(r"\1:***@", str(message))))


class DataError(RecoError):
    """A dataset is missing, unreadable or not in a known format."""


class SettingsError(RecoError):
    """A model name, setting or split is unknown or out of its range."""


class UnknownIdError(RecoError):
    """A user or item id is not in the dataset."""


class RunError(RecoError):
    """A run does not exist, is damaged, or cannot do what was asked of it."""
