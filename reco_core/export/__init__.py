"""A run for other places: a script, a Keras file, TensorBoard's files, and trackers where a team has one."""
