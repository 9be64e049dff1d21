"""How this process guards its app: what `reco app` decided, where serve.py, which Streamlit imports, finds it."""

from __future__ import annotations

from dataclasses import dataclass, field

from reco_core.serving.access import Access
from reco_core.serving.token import Doorkeeper


@dataclass(frozen=True)
class Guarding:
    """The arguments of the Guard; by default this computer alone, at the root."""

    access: Access = field(default_factory=Access)
    doorkeeper: Doorkeeper | None = None
    base_path: str = ""


_now = Guarding()


def guard_with(guarding: Guarding) -> None:
    """From now on, an app that is served by this process is guarded like this."""
    global _now
    _now = guarding


def guarding() -> Guarding:
    """How the app is guarded."""
    return _now
