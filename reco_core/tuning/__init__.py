"""What reaches into Python, Linux, TensorFlow or Streamlit beyond their documented names, to be quicker or lighter.

Nothing else in the product depends on it: RECO_NO_TUNING=1 turns all of it off, and everything still works.
"""

from __future__ import annotations

import os

NO_TUNING = "RECO_NO_TUNING"


def is_on() -> bool:
    """Whether this process may be tuned: unless RECO_NO_TUNING is set to anything but 0."""
    return os.environ.get(NO_TUNING, "").strip() in ("", "0")
