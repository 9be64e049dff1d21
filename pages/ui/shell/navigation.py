"""Ways from one page to another that keep the choices in the URL."""

from __future__ import annotations

import streamlit as st

KEPT = ("dataset", "run", "epoch")


def url_params(**more: object) -> dict[str, str]:
    """The URL parameters that every page shares, and `more`; a value of None leaves its parameter out."""
    params = {name: st.query_params[name] for name in KEPT if name in st.query_params}
    if "run" in more and str(more["run"]) != params.get("run"):
        params.pop("epoch", None)  # an epoch is one of its run
    wanted = params | more
    return {name: str(value) for name, value in wanted.items() if value is not None}


def switch(page: str, **more: object) -> None:
    """Go to pages/<page>.py with the shared choices and `more` in its URL."""
    st.switch_page(f"pages/{page}.py", query_params=url_params(**more))


def go(page: str, label: str, key: str, primary: bool = False, icon: str | None = None, **more: object) -> None:
    """A button to another page, with the shared choices and `more` in its URL."""
    if st.button(label, key=key, type="primary" if primary else "secondary", icon=icon):
        switch(page, **more)
