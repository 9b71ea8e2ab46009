"""Layers: dataclasses of plain arrays that can be called, and their initial weights."""
