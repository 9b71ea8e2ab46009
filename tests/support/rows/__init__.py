"""The table of test rows: at least one for every function that has a rule or a composition.

To add one, write a line in the file named like the file of the rule; `Row` says what it
may contain.
"""

from importlib.util import find_spec

from tests.support.rows import elementwise, indexing, linalg, others, products, reductions, shapes

ROWS = [
    *elementwise.ROWS,
    *indexing.ROWS,
    *linalg.ROWS,
    *others.ROWS,
    *products.ROWS,
    *reductions.ROWS,
    *shapes.ROWS,
]
if find_spec("scipy"):
    from tests.support.rows import special

    ROWS += special.ROWS
