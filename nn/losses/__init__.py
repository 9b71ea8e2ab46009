"""Losses for regression and classification, and penalties for large weights."""
