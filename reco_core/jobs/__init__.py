"""Training as a job: what a run does from data to figures, the worker that does it, the manager that hands it out."""
