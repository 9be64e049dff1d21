"""Errors that a user can mend: each message is one sentence that says the rule and what was received."""


class RecoError(Exception):
    """Something the user gave cannot be used; the message says what is allowed."""


class DataError(RecoError):
    """A dataset is missing, unreadable or not in a known format."""


class SettingsError(RecoError):
    """A model name, setting or split is unknown or out of its range."""


class UnknownIdError(RecoError):
    """A user or item id is not in the dataset."""


class RunError(RecoError):
    """A run does not exist, is damaged, or cannot do what was asked of it."""


class OwnerError(RecoError):
    """What was asked is for the owner of the thing, or for this machine's own user."""
