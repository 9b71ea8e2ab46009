"""Derivatives of functions: gradients, Jacobians, recomputation, debugging."""
