"""The app: page settings and the list of pages; `pages/` holds one file per page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.ui.menu import FRAMED, menu

st.set_page_config(page_title="Reco", page_icon=str(Path(__file__).parent / "static" / "icon.png"), layout="wide")
page = menu()
st.session_state[FRAMED] = True
page.run()
