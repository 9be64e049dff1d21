"""What a browser remembers of its visitor's habits, such as the pace of training: small words in cookies."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache as once
from typing import Any

import streamlit as st

PREFIX = "reco_"
_SCRIPT = """
export default function ({ data }) {
  const safe = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${data.name}=${encodeURIComponent(data.value)}; path=/; max-age=31536000; samesite=lax${safe}`;
}
"""


def remembered(name: str) -> str | None:
    """What this browser kept under the name when the visit began, None where it kept nothing."""
    return st.context.cookies.get(PREFIX + name)


def remember(name: str, value: str) -> None:
    """Let the browser keep a word of letters, digits and dots; nothing is seen of that."""
    if remembered(name) == value:
        return
    with st.container(key="hidden_memory"):
        _component()(data={"name": PREFIX + name, "value": value}, key=f"memory_{name}")


@once
def _component() -> Callable[..., Any]:
    return st.components.v2.component("reco_memory", html="<span></span>", js=_SCRIPT)
