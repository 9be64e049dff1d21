"""Seconds in words."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """`4 s`, `2 min 5 s`, `1 h 3 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
