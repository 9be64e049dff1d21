"""One run from data to figures: what happens in the process that trains it."""
