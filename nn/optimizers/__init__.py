"""Optimisers: pure functions from parameters and gradients to new parameters."""
