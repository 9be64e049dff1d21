"""The way through the app in four steps, for the Home page."""

from __future__ import annotations

from reco_core.kinds import ItemKind

Step = tuple[str, str, str, tuple[tuple[str, str], ...]]  # title, icon, text, (page, label) of each button


def steps(words: ItemKind) -> tuple[Step, ...]:
    """The way through, in the words of the dataset."""
    return (
        ("Data", "database", "See who rated what, or bring your own ratings.", (("data", "Look at the data"),)),
        ("Train", "play_circle", "Choose a model and watch it learn, epoch by epoch.", (("train", "Train a model"),)),
        (
            "Embeddings",
            "bubble_chart",
            f"See the map of {words.many} that it learned.",
            (("embeddings", "Open the map"),),
        ),
        (
            "Discover",
            "travel_explore",
            f"Find similar {words.many}, and what a person would love.",
            (("similar", "Similar"), ("recommend", "Recommend")),
        ),
    )
