"""What came of runs: their figures, predictions, comparisons and ensembles, from the files that they left."""
