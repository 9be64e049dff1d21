"""Runs made of a plan: sweeps over settings, and the same run with other seeds."""
