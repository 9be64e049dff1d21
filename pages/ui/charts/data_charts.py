"""Tables in, figures out; no streamlit here. Colours come from the theme that draws them."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pandas as pd
from PIL import Image

from pages.ui.charts import plotly_figures as go
from pages.ui.charts.palette import FIRST, STEPS, VIOLET
from reco_core.encode import RatingScale
from reco_core.shown_text import GENRE
from reco_core.stars_text import number, stars_word

HEIGHT, LONGEST = 264, 18
FADE = {"type": "vertical", "colorscale": [[0, f"rgba{(*VIOLET, 0.02)}"], [1, f"rgba{(*VIOLET, 0.38)}"]]}
MARKER = {"cornerradius": 4, "color": FIRST}
CONFIG = {"displayModeBar": False, "scrollZoom": False}


def bars(table: pd.DataFrame, x: str, y: str, x_title: str, unit: str) -> go.Figure:
    """One upright bar per row, in the order of the table; `unit` names what is counted."""
    figure = go.Figure(go.Bar(x=table[x].map(_label), y=table[y], marker=MARKER))
    figure.update_traces(hovertemplate=f"{x_title} %{{x}}<br>%{{y:,}} {unit}<extra></extra>")
    figure.update_xaxes(title=x_title, type="category")
    return _framed(figure)


def histogram(table: pd.DataFrame, title: str) -> go.Figure:
    """Ratings by level as bars, by bin (where low is below high) along an axis of numbers."""
    wide = table["high"] - table["low"]
    if not wide.any():
        return bars(table, "name", "count", title, "ratings")
    figure = go.Figure(go.Bar(x=table["rating"], y=table["count"], width=0.8 * wide, marker=MARKER))
    figure.update_traces(customdata=table["name"], hovertemplate="%{customdata}<br>%{y:,} ratings<extra></extra>")
    figure.update_xaxes(title=title, range=[table["low"].iloc[0], table["high"].iloc[-1]], nticks=7)
    return _framed(figure)


def lying_bars(table: pd.DataFrame, label: str, value: str, unit: str) -> go.Figure:
    """One lying bar per row, the first row on top, as high as it needs."""
    figure = go.Figure(go.Bar(x=table[value], y=go.literal(table[label], GENRE), orientation="h", marker=MARKER))
    figure.update_traces(hovertemplate=f"%{{y}}<br>%{{x:,}} {unit}<extra></extra>")
    figure.update_yaxes(autorange="reversed", type="category", automargin=True, ticksuffix="  ")
    return _framed(figure, height=max(HEIGHT, 24 * len(table) + 40))


def area(table: pd.DataFrame, x: str, y: str, x_title: str, hover: str, percent: bool = False) -> go.Figure:
    """A line with the area below it; with `percent` both axes are shares of a whole."""
    figure = go.Figure(go.Scatter(x=table[x], y=table[y], mode="lines", fill="tozeroy"))
    figure.update_traces(
        line={"width": 2.5, "color": FIRST}, fillgradient=FADE, hovertemplate=f"{hover}<extra></extra>"
    )
    figure.update_xaxes(title=x_title)
    if percent:
        figure.update_xaxes(tickformat=".0%", range=[0, 1])
        figure.update_yaxes(tickformat=".0%", range=[0, 1.02])
    return _framed(figure)


def heat(table: pd.DataFrame, stars: RatingScale, predicted: bool = False) -> go.Figure:
    """Users x items: a coloured cell with its rating, or what fits of it, nothing where there is none."""
    values = table.to_numpy(dtype=float)
    said = _cell if predicted or stars.is_continuous else number
    text = [["" if np.isnan(value) else said(stars, value) for value in row] for row in values]
    columns = go.literal(table.columns)
    figure = go.Figure(
        go.Heatmap(
            z=values,
            x=columns,
            y=go.literal((f"User {user}" for user in table.index), GENRE),
            text=text,
            texttemplate="%{text}",
            xgap=3,
            ygap=3,
            hovertemplate=f"%{{y}}<br>%{{x}}<br>%{{text}} {stars_word(stars)}<extra></extra>",
            coloraxis="coloraxis",
        )
    )
    scale = [[place / (len(STEPS) - 1), color] for place, color in enumerate(STEPS)]
    figure.update_layout(coloraxis={"cmin": stars.min, "cmax": stars.max, "showscale": False, "colorscale": scale})
    figure.update_xaxes(
        type="category", tickangle=-38, showgrid=False, tickvals=columns, ticktext=go.literal(table.columns, LONGEST)
    )
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    return _framed(figure, height=30 * len(table) + 130)


def dots(matrix: np.ndarray) -> bytes:
    """PNG of a dot matrix, uint8 [height, width]: the accent colour, more opaque where more is rated."""
    image = np.empty((*matrix.shape, 4), dtype=np.uint8)
    image[..., :3] = VIOLET
    image[..., 3] = matrix
    out = BytesIO()
    Image.fromarray(image, "RGBA").save(out, "PNG", optimize=True)
    return out.getvalue()


def _cell(stars: RatingScale, value: float) -> str:
    """As much of a number as a cell has room for."""
    width = stars.max - stars.min
    text = f"{value:.2f}" if width <= 1 else f"{value:.1f}" if width <= 10 else f"{value:,.0f}"
    return text if float(text.replace(",", "")) else text.removeprefix("-")


def _label(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _framed(figure: go.Figure, height: int = HEIGHT) -> go.Figure:
    """The figure without title and mode bar, that neither zooms nor catches a finger that scrolls."""
    figure.update_layout(
        height=height, margin={"l": 0, "r": 16, "t": 8, "b": 0}, bargap=0.28, dragmode=False, showlegend=False
    )
    figure.update_xaxes(fixedrange=True, title_standoff=10)
    figure.update_yaxes(fixedrange=True)
    return figure
