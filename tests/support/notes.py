"""The networks of the notes, their values named: z and a of every layer, from the second on."""

import autograd_lite as al
import nn


def hh19(p, x, y):
    """The cost of the 2-2-3-2 network."""
    z2 = al.named("z2", p["W2"] @ x + p["b2"])
    a2 = al.named("a2", nn.sigmoid(z2))
    z3 = al.named("z3", p["W3"] @ a2 + p["b3"])
    a3 = al.named("a3", nn.sigmoid(z3))
    z4 = al.named("z4", p["W4"] @ a3 + p["b4"])
    a4 = al.named("a4", nn.sigmoid(z4))
    return nn.half_squared_error(a4, y)


def cost(p, x, y):
    """That of a network of any depth."""
    a = x
    for l in range(2, len(p) // 2 + 2):
        z = al.named(f"z{l}", p[f"W{l}"] @ a + p[f"b{l}"])
        a = al.named(f"a{l}", nn.sigmoid(z))
    return nn.half_squared_error(a, y)


def network(L, rng):
    """Parameters of a network of L layers of random sizes, an input and a target."""
    sizes = rng.integers(1, 4, L)
    p = {}
    for l in range(2, L + 1):
        p[f"W{l}"] = rng.normal(size=(sizes[l - 1], sizes[l - 2]))
        p[f"b{l}"] = rng.normal(size=sizes[l - 1])
    return p, rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])
