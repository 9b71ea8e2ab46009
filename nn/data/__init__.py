"""Training data: batches, the sets of MNIST, and the files these come in."""
