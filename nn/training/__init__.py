"""Training: the loop, its progress, its checkpoints in files, and SciPy's methods."""
