"""Functions that run as their programs."""
