"""Why NumPy runs a step, in plain words, and what to write instead.

Who lowers a step says in a few words what it met, as ``CannotLower("large arrays")``.  Here those
words are a sentence with a remedy, for `Compiled.report`.
"""

import re
from collections.abc import Iterable

#: What was met, as a pattern; what that means for a step; what helps, or that nothing has to.
REASONS: tuple[tuple[str, str, str], ...] = (
    # ---- NumPy is as good ----
    ("large arrays", "arrays are large, where NumPy is as fast", ""),
    ("a large array.*", "a large array is reordered, where NumPy is as fast", ""),
    ("a chain that stores too much", "too much is kept for one pass over memory", ""),
    ("a product of nothing", "an array is empty", ""),
    ("what should be a view is none|LLVM does not take .*", "LLVM refused the code", ""),
    ("several results", "there are several results, which no native code returns", ""),
    ("a solver, .*", "a solver runs in Python", ""),
    ("a value that is computed elsewhere", "NumPy makes what goes in", ""),
    # ---- what it is ----
    (
        "no native form|.+ in a chain",
        "no native code is written for this function",
        "elementwise functions, sums, products and slices have some",
    ),
    (r"\w+ in another dtype", "the result has a dtype of its own", "leave dtype= out"),
    ("numbers of dtype .*", "{met} have no native form", "use float64, float32, int64 or bool"),
    (r"numbers of (kind .*|several kinds)|results of different kinds",
     "arrays have several dtypes", "bring them to one dtype by astype"),
    ("a dtype of its own|an operand of type .*", "an argument is no plain array",
     "pass np.asarray(x)"),
    # ---- numbers of Python's ----
    ("a number of Python's", "Python has a way of its own for this number",
     "pass np.float64(x) in place of x"),
    ("a large whole number", "whole numbers of Python's may be longer than 64 bits", "use floats"),
    ("a (quotient|power) of whole numbers", "Python has a way of its own for {met}", "use floats"),
    ("a power that is not that of C|a power of a single number",
     "no native code has the bits of this power", "write x * x for x**2, np.sqrt(x) for x**0.5"),
    ("a loop over numbers|a reduction of a number", "a number is no array", "give it an array"),
    # ---- conditions and indices ----
    ("a guard on numbers", "al.branch is given a number", "give it a comparison, as in x > 0"),
    ("where on numbers", "the condition of np.where is a number", "write np.where(x != 0, a, b)"),
    ("indices that are arrays", "an index is an array", "use slices, single indices, np.where"),
    (r"index -?\d+ is out of bounds .*", "an index is computed", ""),
    ("what numbers pick", "the numbers themselves say what is picked", "use np.where"),
    # ---- functions of one's own ----
    ("options that vary", "options of the function are computed", "make them arguments"),
    ("it reads something from outside", "the function reads something from outside",
     "make that an argument of it"),
    (r"cannot be traced \(.*\)", "the function is no program: {met}", "write np.where for if"),
    # ---- sums and products ----
    ("options of a reduction", "there are options besides axis and keepdims",
     "write np.sum(np.where(mask, x, 0)) for where=, and x.astype(dtype) for dtype="),
    ("a reduction in another dtype", "the sum has another dtype", "write np.sum(x.astype(dtype))"),
    (r"\w+\.reduce of kind .*", "numbers that are no floats, or none, are reduced", "use floats"),
    (r"\w+\.reduce( by rows)?", "no native code is written for this reduction along this axis",
     "np.sum and np.prod have some along each axis"),
    ("a sum of what lies backward, .*", "a reversed or stretched view is summed",
     "sum first, reverse or stretch after"),
    ("a sum in an order of its own", "NumPy sums these axes in an order of its own",
     "sum over one axis at a time, the last first"),
    ("a product of these kinds", "products of vectors and matrices alone are native, in one dtype",
     "give both float64 and at most two axes"),
    ("a product whose loop is not trusted", "this NumPy multiplies in a way of its own", ""),
    ("a product that NumPy .*", "NumPy multiplies otherwise where arrays lie so",
     "give it np.ascontiguousarray(A), made outside"),
    ("matrices in one place, .*", "a matrix stands twice in a product, for which BLAS has a way",
     "pass a copy as another argument"),
    # ---- memory ----
    ("what is carried comes to .*", "what a turn returns lies otherwise in memory than its start",
     "return it by .copy() from the turn"),
    ("arrays too large for the stack|a large constant",
     "arrays take more than 256 kB together", "carry less in a loop"),
    ("a constant that is not aligned|results that lie in another order",
     "an array lies in memory as few do", "pass np.ascontiguousarray(x)"),
    (r"\w+ of .+", "NumPy has no loop of its own for these dtypes", "use float64"),
)  # fmt: skip

#: A step within a step, and what was met there.
INNER = r"([\w.]+): (.+)"


def in_words(found: Iterable[tuple[str, str]]) -> list[str]:
    """The lines of a report: which steps NumPy runs, why, and what helps.

    >>> for line in in_words([("scan", "take: a guard on numbers"), ("sort", "large arrays")]):
    ...     print(line)
    NumPy: scan, for take in it: al.branch is given a number; give it a comparison, as in x > 0
    NumPy: sort: arrays are large, where NumPy is as fast
    """
    names: dict[str, list[str]] = {}
    for name, met in found:
        inner = []
        while (told := known(met)) is None and (parts := re.match(INNER, met, re.DOTALL)):
            inner.append(parts[1])
            met = parts[2]
        why, remedy = told or (f"there is no native form ({met})", "")
        within = f", for {' in '.join(reversed(inner))} in it" if inner else ""
        names.setdefault(f"{why}; {remedy}" if remedy else why, []).append(name + within)
    return [f"NumPy: {', '.join(sorted({*some}))}: {why}" for why, some in names.items()]


def known(met: str) -> tuple[str, str] | None:
    """What this means, and what helps, if it is among the reasons."""
    for pattern, why, remedy in REASONS:
        if re.fullmatch(pattern, met, re.DOTALL):
            return why.format(met=met), remedy
    return None
