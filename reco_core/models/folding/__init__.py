"""Folding in: the numbers of one user, found from a few ratings while everything else in the model stands still."""

from __future__ import annotations

from reco_core.models.folding.folded import Folded, fold_in
from reco_core.models.folding.person import CAUTION, Person

__all__ = ["CAUTION", "Folded", "Person", "fold_in"]
