"""What to write in place of Python's own functions: math, statistics, json, text."""

import numpy as np

from autograd_lite.core.advice.site import GETITEM, PERCENT, SETITEM, TEXT

#: Where NumPy has another name, or nothing, for a function of ``math``.
MATH = {
    "fabs": "np.abs($t)",
    "pow": "np.power",
    "fmod": "np.fmod",
    "gamma": "scipy.special.gamma($t)",
    "lgamma": "scipy.special.gammaln($t)",
    "erf": "scipy.special.erf($t)",
    "erfc": "scipy.special.erfc($t)",
    "comb": "scipy.special.binom",
    "dist": "np.linalg.norm(p - q)",
    "fsum": "sum(…), or np.sum of an array",
    "sumprod": "np.dot",
    "phase": "np.angle($t)",
}


def math(name: str) -> str:
    """For a function of ``math``, and of ``cmath`` with a complex argument."""
    package, _, function = name.rpartition(".")
    own = MATH.get(function)
    if own is None and not hasattr(np, function):
        return "write it by functions of NumPy"
    if package == "cmath":
        return f"use np.{own or function}($t + 0j)" if own is None else f"use {own}"
    return f"use {own or f'np.{function}'}, which takes Tensors"


REMEDIES = {
    "math.* cmath.*": math,
    "float": "leave it out, for arithmetic takes $t as it is, or take $t.item()",
    "int bool": "take int($t.item()), a plain number",
    "range": "a count is plain: range(int($t.item()))",
    "complex": "write $t + 1j * h",
    GETITEM: "an index is plain: int($t.item()), or what np.argmax and np.argsort return",
    SETITEM: "write $a = al.$set($a, $i, $v), a new array; in a loop, collect the values in a "
    "list and make one array by np.stack",
    PERCENT: "text takes $t.item()",
    TEXT: "print the numbers by np.array2string($t.data, precision=2), or one as $t[0]",
    "json.*": "write $t.item() for a number, $t.tolist() for an array",
    "pickle.*": "pickle t.data",
    "copy.*": "copy t.data",
    "fractions.* decimal.*": "take $t.item(); $t itself may be an array of Fractions",
    "array.* struct.*": "pass $t.data, or $t.item() for one number",
    "csv.*": "write $t.tolist()",
    "statistics.mean statistics.fmean": "use np.mean($t), of np.stack for a list",
    "statistics.geometric_mean": "use np.exp(np.mean(np.log($t)))",
    "statistics.harmonic_mean": "use 1 / np.mean(1 / $t)",
    "statistics.median": "use np.median($t)",
    "statistics.stdev": "use np.std($t, ddof=1), of np.stack for a list",
    "statistics.variance": "use np.var($t, ddof=1), of np.stack for a list",
    "statistics.pstdev": "use np.std($t), of np.stack for a list",
    "statistics.pvariance": "use np.var($t), of np.stack for a list",
    "statistics.correlation": "use np.corrcoef(x, y)[0, 1]",
    "statistics.covariance": "use np.cov(x, y)[0, 1]",
    "statistics.*": "use the function of NumPy, of np.stack for a list",
}
