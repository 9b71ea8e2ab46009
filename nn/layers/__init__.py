"""Layers, activations and initial values."""
