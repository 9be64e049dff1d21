"""Serving the app: where it listens, who may talk to it, and the guard that every request meets first."""
