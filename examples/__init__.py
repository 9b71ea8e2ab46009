"""Short scripts, each a whole experiment: ``python -m examples.NAME --help``."""
