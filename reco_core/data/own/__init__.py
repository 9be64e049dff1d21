"""Datasets that a visitor added: name, content and plan together."""

from __future__ import annotations

from reco_core.data.own.record import Counts, Dataset

__all__ = ["Counts", "Dataset"]
