"""What the genres of invented films offer, how often each leads a film, and which come together."""

from __future__ import annotations

from reco_core.data.portable_random import Draws

# What each genre offers: spectacle, heart, darkness, laughter, wonder, nostalgia.
GENRES: dict[str, tuple[float, ...]] = {
    "Action": (1.0, -0.3, 0.2, 0.0, 0.1, -0.5),
    "Adventure": (0.8, 0.1, -0.2, 0.1, 0.6, -0.1),
    "Animation": (0.1, 0.2, -0.7, 0.6, 0.8, 0.0),
    "Children's": (0.1, 0.4, -0.9, 0.6, 0.7, 0.0),
    "Comedy": (-0.2, 0.2, -0.4, 1.1, -0.1, -0.1),
    "Crime": (0.3, -0.3, 0.9, -0.1, -0.5, 0.1),
    "Documentary": (-0.6, 0.2, 0.1, -0.3, -0.6, 0.1),
    "Drama": (-0.5, 0.7, 0.3, -0.6, -0.4, 0.2),
    "Fantasy": (0.5, 0.1, -0.3, 0.2, 1.0, -0.1),
    "Film-Noir": (-0.3, 0.0, 1.0, -0.3, -0.3, 1.0),
    "Horror": (0.4, -0.7, 0.8, 0.0, 0.4, -0.3),
    "Musical": (-0.3, 0.6, -0.6, 0.4, 0.3, 0.9),
    "Mystery": (0.0, -0.1, 0.7, -0.2, 0.1, 0.5),
    "Romance": (-0.4, 1.0, -0.4, 0.2, -0.1, 0.2),
    "Sci-Fi": (0.8, -0.4, 0.2, -0.1, 0.8, -0.3),
    "Thriller": (0.6, -0.3, 0.8, -0.4, -0.1, -0.2),
    "War": (0.5, 0.4, 0.5, -0.6, -0.4, 0.5),
    "Western": (0.5, -0.1, 0.2, -0.1, -0.1, 0.9),
}
# How often a genre leads a film, about as on MovieLens; which genres often come with it.
LEADS = (12, 5, 3, 5, 25, 5, 4, 26, 2, 1.5, 6, 2, 3, 8, 4, 8, 3, 2)
WITH: dict[str, tuple[str, ...]] = {
    "Action": ("Adventure", "Thriller", "Sci-Fi", "Crime", "War"),
    "Adventure": ("Action", "Children's", "Fantasy", "Sci-Fi", "Western"),
    "Animation": ("Children's", "Musical", "Comedy", "Adventure"),
    "Children's": ("Comedy", "Adventure", "Fantasy", "Animation", "Musical"),
    "Comedy": ("Romance", "Drama", "Crime", "Musical"),
    "Crime": ("Drama", "Thriller", "Film-Noir", "Comedy", "Mystery"),
    "Documentary": ("Documentary",),
    "Drama": ("Romance", "War", "Thriller", "Comedy", "Mystery"),
    "Fantasy": ("Adventure", "Children's", "Romance", "Horror"),
    "Film-Noir": ("Crime", "Mystery", "Thriller"),
    "Horror": ("Thriller", "Sci-Fi", "Comedy", "Mystery"),
    "Musical": ("Romance", "Comedy", "Children's", "Drama"),
    "Mystery": ("Thriller", "Crime", "Film-Noir", "Drama"),
    "Romance": ("Drama", "Comedy", "Musical", "War"),
    "Sci-Fi": ("Action", "Adventure", "Thriller", "Horror"),
    "Thriller": ("Action", "Crime", "Mystery", "Drama"),
    "War": ("Drama", "Action", "Romance"),
    "Western": ("Adventure", "Action", "Drama", "Comedy"),
}


def invent_genres(draws: Draws, n_items: int) -> list[list[str]]:
    """One to three genres of each item, the leading one first."""
    names = list(GENRES)
    leads = draws.weighted(LEADS, n_items)
    more = draws.weighted((50, 35, 15), n_items)
    genres = []
    for lead, extra in zip(leads, more, strict=True):
        genres.append([names[lead]])
        for _ in range(extra):
            genres[-1].append(draws.pick(WITH[names[lead]]))
        genres[-1] = list(dict.fromkeys(genres[-1]))
    return genres
