"""Functions of SciPy that can be differentiated, under SciPy's names and signatures.

On plain arrays a function of a module here returns what SciPy's returns, to the bit.

>>> import autograd_lite as al
>>> from autograd_lite.scipy import stats
>>> float(al.grad(stats.norm.logpdf)(2.0))
-2.0
"""

try:
    import scipy as _scipy  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "autograd_lite.scipy needs SciPy: pip install 'autograd_lite[scipy]'", name="scipy"
    ) from error
