"""The app: draws the menu and runs the chosen page; `pages/` holds one file per page."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell.menu import FRAMED, menu

page = menu()
st.session_state[FRAMED] = True
page.run()
