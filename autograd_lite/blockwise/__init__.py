"""Losses over more data than memory: a sum over blocks as one step of the tape.

Who runs the blocks does not change a bit, since sums follow a tree over the index of the block.
"""
