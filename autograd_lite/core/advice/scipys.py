"""What to write in place of functions of SciPy: a counterpart, or a recipe with its rule."""

LINEAR = (
    "it is linear in the values: let it act on np.eye(n) once, and multiply the matrix that it "
    "returns by $t"
)
SYSTEM = "use np.linalg.solve(A, b), of np.tril(A) for a triangular A"
FUNCTION = (
    "for a symmetric A, write w, V = np.linalg.eigh(A) and (V * np.sqrt(w)) @ V.T; for another, "
    "@al.primitive with its rule"
)
ROOT = """\
solve with plain numbers, and add one Newton step, which has the derivative of the implicit function
    c = al.stop_gradient(p)
    r = $f(lambda s: f(s, c), …)
    r = r - f(r, p) / al.grad(f)(r, c)"""
ROOTS = """\
solve with plain numbers, and add one Newton step, which has the derivative of the implicit function
    c = al.stop_gradient(p)
    r = $f(lambda s: f(s, c), …)
    r = r - np.linalg.solve(al.jacobian(f)(r, c), f(r, p))"""
MINIMUM = """\
solve with plain numbers, and add one Newton step, which has the derivative of the implicit function
    c = al.stop_gradient(p)
    r = $f(lambda s: f(s, c), …).x
    r = r - np.linalg.solve(al.hessian(f)(r, c), al.grad(f)(r, p))"""
INTEGRAL = """\
differentiate under the integral, for an integrand f(s, p)
    @al.primitive
    def integral(p):
        return scipy.integrate.quad(f, a, b, args=(p,))[0]
    al.rule(integral, p=lambda g, p: g * scipy.integrate.quad(al.grad(f, 1), a, b, args=(p,))[0])"""
STEPS = """\
write the steps of the method, such as that of Runge and Kutta, for y′ = f(s, y)
    def step(y, s):
        k1 = f(s, y)
        k2 = f(s + h / 2, y + h / 2 * k1)
        k3 = f(s + h / 2, y + h / 2 * k2)
        k4 = f(s + h, y + h * k3)
        return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), y
    y, ys = al.scan(step, y0, h * np.arange(n))
    # to keep SciPy's: a function under @al.primitive, whose rule solves the adjoint equation"""

SAME = {
    "scipy.linalg": "det inv pinv solve norm eigh eigvalsh eig eigvals svd svdvals lstsq",
    "scipy.fft": "fft ifft rfft irfft fft2 ifft2 fftn ifftn rfft2 irfft2 rfftn irfftn hfft ihfft "
    "fftshift ifftshift",
}
MODULES = {"scipy.linalg": "np.linalg", "scipy.fft": "np.fft"}

REMEDIES = {
    **{
        " ".join(f"{module}.{name}" for name in names.split()): f"use {MODULES[module]}.$n, which "
        "has a derivative"
        for module, names in SAME.items()
    },
    # linear algebra
    "scipy.linalg.solve_triangular": SYSTEM,
    "scipy.linalg.cho_factor scipy.linalg.cho_solve": SYSTEM,
    "scipy.linalg.lu_factor scipy.linalg.lu_solve": SYSTEM,
    "scipy.linalg.solveh_banded scipy.linalg.solve_banded scipy.linalg.solve_toeplitz": SYSTEM,
    "scipy.linalg.cholesky": "use np.linalg.cholesky($t), and its transpose for the upper factor",
    "scipy.linalg.sqrtm": FUNCTION,
    "scipy.linalg.logm": FUNCTION.replace("np.sqrt", "np.log"),
    "scipy.linalg.qr": "use np.linalg.qr($t)",
    "scipy.linalg.expm": """\
put it into a step of your own, whose rule is the derivative by Fréchet
    @al.primitive
    def expm(A):
        return scipy.linalg.expm(A)
    al.rule(expm, A=lambda g, A: scipy.linalg.expm_frechet(A.T, g, compute_expm=False))""",
    "scipy.linalg.block_diag": "use np.block([[A, np.zeros((m, n))], [np.zeros((n, m)), B]])",
    "scipy.linalg.toeplitz": "write c[np.abs(np.subtract.outer(i, i))] with i = np.arange(n)",
    "scipy.linalg.circulant": "write c[np.subtract.outer(i, i) % n] with i = np.arange(n)",
    # probability
    "scipy.stats.zscore": "write ($t - np.mean($t)) / np.std($t)",
    "scipy.stats.pearsonr": "use np.corrcoef(x, y)[0, 1]",
    "scipy.stats.entropy": "use np.sum(scipy.special.entr(p / np.sum(p)))",
    "scipy.stats.gmean": "write np.exp(np.mean(np.log($t)))",
    # integrals and differential equations
    "scipy.integrate.quad": INTEGRAL,
    "scipy.integrate.trapezoid": "use np.trapezoid, which has a derivative",
    "scipy.integrate.solve_ivp scipy.integrate.odeint scipy.integrate.ode": STEPS,
    "scipy.integrate.simpson scipy.integrate.cumulative_trapezoid": LINEAR,
    # roots and minima
    "scipy.optimize.brentq scipy.optimize.brenth scipy.optimize.bisect scipy.optimize.ridder": ROOT,
    "scipy.optimize.newton scipy.optimize.toms748": ROOT,
    "scipy.optimize.root_scalar": ROOT.replace("…)", "…).root"),
    "scipy.optimize.fsolve": ROOTS,
    "scipy.optimize.root": ROOTS.replace("…)", "…).x"),
    "scipy.optimize.minimize scipy.optimize.minimize_scalar scipy.optimize.least_squares": MINIMUM,
    "scipy.optimize.*": MINIMUM,
    # what is linear in its values
    "scipy.interpolate.interp1d": "use np.interp(q, x, y) for a linear one; of another " + LINEAR,
    "scipy.interpolate.* scipy.ndimage.* scipy.signal.*": LINEAR,
    "scipy.signal.convolve scipy.signal.fftconvolve": "use np.convolve for vectors",
    "scipy.spatial.distance.cdist": "write np.sqrt(np.sum((A[:, None] - B) ** 2, axis=-1))",
    "scipy.sparse.linalg.spsolve": """\
put it into a step of your own
    @al.primitive
    def spsolve(b, A):
        return scipy.sparse.linalg.spsolve(A, b)
    al.rule(spsolve, b=lambda g, A: scipy.sparse.linalg.spsolve(A.T, g))""",
    "scipy.sparse.diags scipy.sparse.diags_array": "use np.diag($t)",
    "scipy.sparse.*": "compute with A.toarray()",
    "scipy.special.lambertw": """\
put it into a step of your own, whose rule is that of W exp W = z
    @al.primitive
    def lambertw(z):
        return scipy.special.lambertw(z).real
    al.rule(lambertw, z=lambda g, z, y: g * y / (z * (1 + y)))""",
}

#: Distributions that have a counterpart, and which of their methods have.
PROBABILITIES = "cdf logcdf sf logsf"
LINE = f"logpdf pdf {PROBABILITIES} ppf isf"
DISTRIBUTIONS = {
    "beta chi2 expon f gamma gennorm gumbel_l gumbel_r halfnorm invgamma invgauss laplace logistic "
    "loguniform lognorm maxwell norm pareto rayleigh t triang uniform weibull_min": LINE
    + " mean var entropy",
    "cauchy halfcauchy vonmises wrapcauchy": LINE + " entropy",
    "skewnorm": LINE + " mean var",
    "truncnorm": LINE,
    "bernoulli": f"logpmf pmf {PROBABILITIES} mean var entropy",
    "betabinom binom geom nbinom poisson": f"logpmf pmf {PROBABILITIES} mean var",
    "multivariate_normal": "logpdf pdf entropy",
    "invwishart multivariate_t wishart": "logpdf pdf",
    "dirichlet": "logpdf pdf mean var entropy",
    "multinomial": "logpmf pmf",
}
REMEDIES |= {
    f"scipy.stats.{name}.{method}": f"use {name}.{method} of autograd_lite.scipy.stats, which has "
    "derivatives"
    for names, methods in DISTRIBUTIONS.items()
    for name in names.split()
    for method in methods.split()
}
