"""Derivatives of SciPy's special functions; imported when one of them first meets a Tensor.

Numbers are those of NIST's Digital Library of Mathematical Functions, https://dlmf.nist.gov.
`no_derivative` stands where no closed form is known: by the order of a Bessel function or of a
polynomial, by the shape of an incomplete gamma or beta function or of Student's t, by parameters of
the hypergeometric functions.  Counts that SciPy rounds down are locally constant: None.

What is 0 / 0 at a point has its limit there: see `edges`.
"""

from autograd_lite.rules.special import (  # noqa: F401
    bessel,
    distributions,
    elementary,
    elliptic,
    equations,
    errors,
    gamma,
    hypergeometric,
    integrals,
)
