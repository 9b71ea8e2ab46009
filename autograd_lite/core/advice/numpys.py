"""What to write in place of functions of NumPy that read plain numbers."""

LISTS = (
    "use np.stack or np.concatenate for a list of Tensors, as in np.sum(np.stack([a, b])), "
    "np.block or np.array(…, like=t) for a nested one"
)
WHOLE = "leave it out, for $t is an array already; np.atleast_1d($t) and $t.astype(float) work, too"
ARGUMENT = "the argument $t is a list: pass np.array([…]) in its place"
GENERATOR = "use sum(…) of Python for a generator, or np.stack([…]) of a list in its place"

REMEDIES = {
    "np.float64 np.float32 np.float16 np.longdouble np.double np.single": "leave it out, or write "
    "$t.astype(np.float32) for another dtype",
    "np.full np.full_like": "write $t * np.ones(shape), or np.full(shape, t, like=t)",
    "np.zeros np.ones np.empty np.eye np.identity np.tri": "a count is plain: int($t.item())",
    "np.ndarray.fill": "write $t * np.ones(shape)",
    "np.ndarray.put np.ndarray.itemset np.ndarray.__setitem__": "write a = al.at_set(a, index, t)",
    "np.ndarray.*": "write np.$n(a, $t), which takes Tensors",
    "np.r_": "use np.concatenate([a, b]), and np.stack([a, b]) for numbers",
    "np.c_": "use np.column_stack([a, b])",
    "np.arange": "write start + step * np.arange(n)",
    "np.matrix np.asmatrix": "leave it out, and write @ for products",
    "np.vectorize": "write the function by NumPy, with np.where(condition, a, b) for its if, or "
    "np.stack([f(v) for v in $t])",
    "np.frompyfunc": "write the function by NumPy, with np.where(condition, a, b) for its if, or "
    "np.stack([f(v) for v in t])",
    "np.fromiter": "use np.stack([f(v) for v in t]), or the expression of the whole array",
    "np.nditer": "loop over the array itself, for v in np.ravel($t), or write the expression of "
    "the whole array",
    "np.save np.savez np.savez_compressed np.savetxt": "save t.data",
    "np.array2string np.array_repr np.array_str": "show t.data",
    "np.testing.*": "compare t.data",
    "np.ma.*": "write np.where(mask, 0, t) for what is masked, or np.sum(t, where=~mask)",
    "np.polynomial.*": "use np.polyval(c[::-1], x) for the value of a polynomial",
    **{
        f"np.polynomial.{module}.{short}val": f"use np.polynomial.{module}.{short}vander(x, n) @ c "
        "with n = len(c) - 1"
        for module, short in (
            *(("chebyshev", "cheb"), ("legendre", "leg"), ("laguerre", "lag")),
            *(("hermite", "herm"), ("hermite_e", "herme")),
        )
    },
    "np.poly1d": "use np.polyval(t, x)",
    "np.unique np.unique_values": "pick the values: t[np.unique(t.data, return_index=True)[1]]",
    "np.union1d np.intersect1d np.setdiff1d np.setxor1d np.trim_zeros": "find the "
    "indices by t.data, and pick them: t[indices]",
    "np.random.normal": "draw outside of the parameters: mu + sigma * rng.standard_normal(n)",
    "np.random.lognormal": "draw outside of the parameters: "
    "np.exp(mu + sigma * rng.standard_normal(n))",
    "np.random.uniform": "draw outside of the parameters: low + (high - low) * rng.random(n)",
    "np.random.exponential": "draw outside of the parameters: scale * rng.standard_exponential(n)",
    "np.random.laplace np.random.logistic np.random.gumbel": "draw outside of the parameters: "
    "loc + scale * rng.$n(size=n)",
    "np.random.rayleigh": "draw outside of the parameters: scale * rng.rayleigh(size=n)",
    "np.random.weibull": "draw outside of the parameters: rng.standard_exponential(n) ** (1 / a)",
    "np.random.multivariate_normal": "draw outside of the parameters: "
    "mean + np.linalg.cholesky(cov) @ rng.standard_normal(n)",
    "np.random.gamma": "draw with plain numbers, rng.gamma(al.stop_gradient(shape)), and scale * "
    "that; no draw varies with the shape",
    "np.random.*": "draw with plain numbers, al.stop_gradient(t); for the derivative of an "
    "expectation, weight by that of the logarithm of the density",
}
