"""Looking into what a model learned: statistics, neighbours and maps of its vectors."""
