"""A poster for every item: from a folder, else from TMDB, else from the link that the dataset has, else drawn."""

from reco_core.posters.drawn import draw
from reco_core.posters.finder import Poster, Posters, Wanted
from reco_core.posters.tmdb import TMDB_NOTICE

__all__ = ["TMDB_NOTICE", "Poster", "Posters", "Wanted", "draw"]
