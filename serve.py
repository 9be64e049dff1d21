"""What `reco app` serves: app.py behind a guard, which refuses foreign hosts and origins and who has no token."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from reco_core.serving.current import guarding
from reco_core.serving.guard import Guard

app = st.App(Path(__file__).with_name("app.py"), middleware=[Middleware(Guard, guarding())])
