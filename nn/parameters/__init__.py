"""Models as trees of parameters: paths, buffers, vectors, hyperparameters."""
