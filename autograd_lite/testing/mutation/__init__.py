"""Gradients made wrong on purpose, which a checker must find."""
