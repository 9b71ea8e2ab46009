"""What a traced program must be: the function itself, to the bit."""

import autograd_lite as al
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
