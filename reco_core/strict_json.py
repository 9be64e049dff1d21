"""JSON by the standard: what Python's reader forgives is refused, in files and archives alike; and no NaN goes out."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn


def loads(content: bytes | str) -> Any:
    """The value of JSON text. Raises ValueError, in a few words, also for what is no JSON by the standard.

    That is NaN and Infinity, a key given twice in one object, nesting that no reader can follow, and halves of
    characters (`\\ud800`), which can be neither drawn nor written.
    """
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
        value = json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    if "\\u" in text and not _is_whole(value):
        raise ValueError("a text holds half a character")
    return value


def finite(value: object) -> object:
    """The value with every number that is not finite, at any depth, as None (JSON has no NaN)."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: finite(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(entry) for entry in value]
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)[:60]!r} is given twice")
    return made


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _is_whole(value: object) -> bool:
    """Whether every text in the value can be encoded."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True
