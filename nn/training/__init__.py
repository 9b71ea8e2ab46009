"""Training: the loop, its progress, its files."""
