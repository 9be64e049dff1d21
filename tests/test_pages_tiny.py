"""Every page stands on data that is hardly any, and on any scale of ratings."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from reco_core import data
from reco_core.events import Finished
from reco_core.jobs.running.training_job import train_run
from reco_core.models.spec import Shape
from reco_core.models.weights import initial
from reco_core.runs import Run, RunRequest, RunStore, Sizes
from tests.apptest import epoch, open_page, started, texts

PAGES = ("data", "train", "evaluate", "embeddings", "similar", "recommend", "foryou", "compare", "home")
TABS = {
    "data": ("Overview", "Movies", "Matrix", "Rows"),
    "evaluate": ("Stars", "Error analysis", "Lists", "Most active × most rated"),
}


def square(stars: Callable[[int], object], n_users: int = 12, n_items: int = 9) -> str:
    """Two thirds of all pairs, the n-th rated stars(n)."""
    pairs = [(user, item) for user in range(n_users) for item in range(n_items) if (user + item) % 3]
    return "".join(f"{user},{item},{stars(n)}\n" for n, (user, item) in enumerate(pairs))


TINY = {
    "two users": "a,x,1\nb,y,5\nb,x,3\na,y,4\n",
    "one user": "".join(f"a,{n},{1 + n % 5}\n" for n in range(12)),
    "one item": "".join(f"{n},x,{1 + n % 5}\n" for n in range(12)),
    "one rating each": "".join(f"{n},{n},{1 + n % 5}\n" for n in range(12)),
    "two ratings": "a,x,1\nb,y,2\n",
    "all but one equal": square(lambda n: 5 if n else 1),
    "everybody rated all": "".join(f"{u},{i},{1 + (u * i) % 5}\n" for u in range(6) for i in range(4)),
    "ten": Path(__file__).with_name("ten_users.csv").read_text().partition("\n")[2],
}
SCALES = {
    "thirds": square(lambda n: 1 + n % 13 / 3),
    "averaged": square(lambda n: 1 + 4 * (n * 7919 % 997) / 997),
    "uneven": square(lambda n: (1, 3, 10)[n % 3]),
    "yes and no": square(lambda n: n % 2),
    "below 0": square(lambda n: (n * 37 % 2001 - 1000) / 100),
    "to 100": square(lambda n: n * 37 % 101),
    "counts": square(lambda n: 1 + n**3 * 7 % 340_458),
    "millionths": square(lambda n: f"{1e-6 * (n % 9):.6f}"),
}
