"""What a traced program must be: the function itself, to the bit."""

from functools import partial

import numpy as np

import autograd_lite as al
from autograd_lite.readers.source.module import Module
from tests.support.derivatives import direction, unflat
from tests.support.equality import same


def check_program(f, args):
    """The program of ``f``: interpreted or as source, it returns what ``f`` does, to the bit."""
    expected = al.tree_leaves(f(*args))
    program = al.trace(f, *args)
    for run in (program, program.compile()):
        results = al.tree_leaves(run(*args))
        assert len(results) == len(expected)
        assert all(map(same, results, expected)), program.source()
    return program


def with_gradients(f, args, rng):
    """A function of the value of ``f`` and of the gradients of ⟨u, f⟩.

    u is random, or the value itself if no ``rng`` is given.
    """
    value, _ = al.vjp(f, *args)
    u = unflat(value, [direction(y, rng) if rng else y for y in al.tree_leaves(value)])

    def both(*args):
        value, pullback = al.vjp(f, *args)
        return value, pullback(u)

    return both


def check_apart(f, args, program):
    """What a program returns, however it is run, is the caller's own: it may be written to."""
    for run in (program, program.compile(), from_text(program)):
        first, second = (arrays(run(*args)) for _ in range(2))
        known = arrays((args, program.args, [c.data for c in program.constants]))
        for i, x in enumerate(first):
            assert x.flags.writeable, program.source()
            others = [*known, *first[:i], *first[i + 1 :], *second]
            assert not any(np.shares_memory(x, y) for y in others), program.source()


def from_text(program):
    """The function in the text of a program, with what it is given by keyword."""
    module = Module(program)
    scope = {}
    exec(module.write(), scope)
    return partial(scope[module.definition], **module.given)


def arrays(tree):
    """The arrays with memory of their own among the leaves of a tree."""
    return [x for x in al.tree_leaves(tree) if isinstance(x, np.ndarray) and x.size]
