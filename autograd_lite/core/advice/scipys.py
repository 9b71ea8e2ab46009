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
SOLVER = """\
have the solver differentiated by the equation that its result solves, as for a cost f(s, p)
    @al.implicit(al.grad(f))
    def minimum(p):
        return $f(lambda s: f(s, p), …)"""
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
    "scipy.stats.norm.ppf": "use loc + scale * scipy.special.ndtri(q)",
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
    "scipy.optimize.*": SOLVER,
    # what is linear in its values
    "scipy.interpolate.interp1d": "use np.interp(q, x, y) for a linear one; of another " + LINEAR,
    "scipy.interpolate.* scipy.ndimage.* scipy.signal.*": LINEAR,
    "scipy.sparse.diags": "use diags_array of autograd_lite.scipy.sparse, which has derivatives",
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
DISTRIBUTIONS = {
    "beta cauchy chi2 expon gamma laplace logistic lognorm norm t uniform": "logpdf pdf "
    + PROBABILITIES,
    "bernoulli binom poisson": "logpmf pmf " + PROBABILITIES,
    "multivariate_normal": "logpdf pdf",
}
REMEDIES |= {
    f"scipy.stats.{name}.{method}": f"use {name}.{method} of autograd_lite.scipy.stats, which has "
    "derivatives"
    for names, methods in DISTRIBUTIONS.items()
    for name in names.split()
    for method in methods.split()
}

#: Functions that have a counterpart, by their modules.
COUNTERPARTS = {
    "scipy.ndimage": "affine_transform convolve convolve1d correlate correlate1d gaussian_filter "
    "gaussian_filter1d laplace map_coordinates prewitt shift sobel uniform_filter uniform_filter1d",
    "scipy.spatial.distance": "braycurtis canberra cdist chebyshev cityblock correlation cosine "
    "euclidean jensenshannon mahalanobis minkowski pdist seuclidean sqeuclidean squareform",
    "scipy.fft": "dct dctn dst dstn idct idctn idst idstn",
    "scipy.optimize": "bisect brenth brentq curve_fit fixed_point fsolve least_squares "
    "linear_sum_assignment minimize minimize_scalar newton nnls ridder root root_scalar toms748",
    "scipy.signal": "coherence convolve convolve2d correlate correlate2d csd detrend fftconvolve "
    "filtfilt hilbert istft lfilter lfilter_zi oaconvolve periodogram sosfilt sosfilt_zi "
    "sosfiltfilt spectrogram stft welch",
    "scipy.sparse": "csr_array csc_array coo_array diags_array",
    "scipy.sparse.linalg": "bicg bicgstab cg cgs factorized gcrotmk gmres lgmres minres qmr spilu "
    "splu spsolve tfqmr",
}
REMEDIES |= {
    f"{module}.{name}": f"use {name} of autograd_lite.{module}, which has derivatives"
    for module, names in COUNTERPARTS.items()
    for name in names.split()
}
