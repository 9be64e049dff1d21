"""The list of pages, and the guard that puts a page into it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

FRAMED = "framed"
ICON = Path(__file__).parents[3] / "static" / "icon.png"
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" width="118" height="32" viewBox="0 0 118 32" fill="none">
<rect x="1" y="4" width="24" height="24" rx="7" fill="#6d59ea"/>
<circle cx="9" cy="20.5" r="2.6" fill="#fff"/><circle cx="17.5" cy="11.5" r="3.4" fill="#ffc65c"/>
<path d="M9 20.5 17.5 11.5" stroke="#fff" stroke-opacity=".65" stroke-width="1.6"/>
<text x="34" y="23.5" font-family="Inter, Segoe UI, Helvetica, Arial, sans-serif" font-size="22" font-weight="750"
 letter-spacing="-.6" fill="#7a68ee">reco</text></svg>"""


def menu() -> StreamlitPage:
    """The chosen page; sets title and icon, and draws the menu at the top of the sidebar."""
    st.set_page_config(page_title="Reco", page_icon=str(ICON), layout="wide")
    st.logo(LOGO, size="large")
    return st.navigation(
        {
            "": [st.Page("pages/home.py", title="Home", icon=":material/home:", default=True)],
            "Explore": [_page("data", "Data", "database")],
            "Learn": [
                _page("train", "Train", "play_circle"),
                _page("evaluate", "Evaluate", "troubleshoot"),
                _page("compare", "Compare", "compare_arrows"),
                _page("embeddings", "Embeddings", "bubble_chart"),
            ],
            "Discover": [
                _page("similar", "Similar", "join_inner"),
                _page("recommend", "Recommend", "recommend"),
                _page("foryou", "For you", "favorite"),
            ],
        }
    )


def framed() -> None:
    """Nothing where app.py has run; else the menu and a new run.

    A folder named `pages` makes Streamlit answer the first deep link to a fresh server without app.py.
    """
    if FRAMED not in st.session_state:
        menu()
        st.rerun()


def _page(name: str, title: str, icon: str) -> StreamlitPage:
    return st.Page(f"pages/{name}.py", title=title, icon=f":material/{icon}:", url_path=name)
