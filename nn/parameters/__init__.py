"""Models as trees of parameters: their paths, buffers, vectors and hyperparameters."""
