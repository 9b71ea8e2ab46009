"""Batches and data sets."""
