"""Optimisers: pure functions ``(model, gradient, state) -> (model, state)``, and their rates.

``optimizer.start(model)`` is the state before the first step: a tree of arrays and whole numbers,
which can be saved beside the model.  It keeps its structure and shapes: what comes later is None,
or an empty list, at first.  A rate is a number, or a function of the steps taken so far.  No step
branches on a value, and float32 stays float32.
"""
