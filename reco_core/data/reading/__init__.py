"""Bytes -> encoding -> dialect -> header -> roles -> types -> rows: each step a value that can be shown and changed."""

from __future__ import annotations

from reco_core.data.reading.guess import guess
from reco_core.data.reading.guessed import Guess
from reco_core.data.reading.plan import Plan, parse_choices
from reco_core.data.reading.preview import Preview, preview
from reco_core.data.reading.questions import Question

__all__ = ["Guess", "Plan", "Preview", "Question", "guess", "parse_choices", "preview"]
