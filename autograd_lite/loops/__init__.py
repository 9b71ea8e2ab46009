"""Loops that can be differentiated, and are one step of the tape and of a program."""
