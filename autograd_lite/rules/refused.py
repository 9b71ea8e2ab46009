"""Functions that write into their argument: refused, with what to write instead."""

import numpy as np

from autograd_lite.core.errors import assigned
from autograd_lite.core.registry import composed


def refuse(call):
    def refused(*args, **options):
        raise assigned(call)

    return refused


for function in (np.copyto, np.put, np.place, np.putmask, np.put_along_axis, np.fill_diagonal):
    composed(function, refuse(f"np.{function.__name__}(t, …)"))

for ufunc in (np.add, np.subtract, np.multiply, np.divide, np.maximum, np.minimum):
    composed(ufunc.at, refuse(f"np.{ufunc.__name__}.at(t, …)"))
