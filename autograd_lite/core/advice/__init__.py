"""Advice: what an error tells its caller to write; imported on the way to an error only."""
