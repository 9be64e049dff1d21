"""Figures that training looks at while it goes on, and evaluation in the end."""
