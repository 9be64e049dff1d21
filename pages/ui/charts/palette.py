"""The colours of the charts in one place; those of the page stand in .streamlit/config.toml and shell/frame.css.

A chart names a colour of the theme, and the browser puts in that of light or dark. `tests/test_palette.py` measures
their contrast: 4.5 to 1 for what is read, 3 to 1 for what is drawn. No Streamlit in here.
"""

from __future__ import annotations

# Names for Vega-Lite, where they may stand as the value of a colour channel or in the range of its scale.
ACCENT, QUIET, GOOD, DOUBTFUL, BAD = "primary", "gray", "green", "orange", "red"

# Marks whose colour hangs on their row, where no names may stand: seen on both grounds.
GREY, ROSE, RED, GREEN = "#8a8799", "#e0567c", "#d6336c", "#0e9f77"

# Places for plotly: the theme's categories, the steps of its sequence, and a quiet grey.
FIRST, SECOND, FIFTH, SIXTH = "#000001", "#000002", "#000005", "#000006"
STEPS = ("#000011", "#000013", "#000015", "#000017")
FAINT = "#000036"

# Pictures made here know no theme: this violet can be seen on both grounds.
VIOLET = (127, 110, 243)

# Points of the maps, which are drawn without the theme: classes, what belongs to none of them, and steps of a number.
MAP_LIGHT = ("#3131f5", "#b22424", "#52b8cc", "#f59331", "#5c1a30", "#4e227a", "#c462f5", "#98b27d")
MAP_DARK = ("#abc4f5", "#f56293", "#62f593", "#cc9629", "#f5f531", "#7d62b2", "#b431f5", "#317a31")
REST_LIGHT, REST_DARK = "#c3c1cd", "#5d5a6e"
STEPS_LIGHT = ("#a5db36", "#4ac16d", "#1fa187", "#277f8e", "#365c8d", "#46327e", "#440154")
STEPS_DARK = ("#4b4f9b", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a5db36", "#fde725")


def ink(name: str) -> dict[str, str]:
    """A colour channel that has one colour of the theme."""
    return {"value": name}
