"""Recommendations for one user."""
