"""A derivation by hand, held against the engine."""
