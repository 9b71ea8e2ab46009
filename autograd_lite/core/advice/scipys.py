"""What to write in place of functions of SciPy: a counterpart, or a recipe with its rule."""

LINEAR = (
    "it is linear in the values: let it act on np.eye(n) once, and multiply the matrix that it "
    "returns by $t"
)
SOLVER = """\
have the solver differentiated by the equation that its result solves, as for a cost f(s, p)
    @al.implicit(al.grad(f))
    def minimum(p):
        return $f(lambda s: f(s, p), …)"""
SEVERAL = (
    "write one quad of autograd_lite.scipy.integrate within the other: "
    "quad(lambda y: quad(lambda x: f(y, x), 0, 1)[0], 0, 1)"
)

FFT = (
    "fft ifft rfft irfft fft2 ifft2 fftn ifftn rfft2 irfft2 rfftn irfftn hfft ihfft fftshift "
    "ifftshift"
)

REMEDIES = {
    " ".join(f"scipy.fft.{name}" for name in FFT.split()): "use np.fft.$n, which has a derivative",
    # probability
    "scipy.stats.zscore": "write ($t - np.mean($t)) / np.std($t)",
    "scipy.stats.pearsonr": "use np.corrcoef(x, y)[0, 1]",
    "scipy.stats.entropy": "use np.sum(scipy.special.entr(p / np.sum(p)))",
    "scipy.stats.gmean": "write np.exp(np.mean(np.log($t)))",
    # integrals and differential equations
    "scipy.integrate.dblquad scipy.integrate.tplquad scipy.integrate.nquad": SEVERAL,
    "scipy.integrate.ode": "use solve_ivp of autograd_lite.scipy.integrate, which has derivatives",
    # roots and minima
    "scipy.optimize.*": SOLVER,
    # what is linear in its values
    "scipy.interpolate.* scipy.ndimage.* scipy.signal.*": LINEAR,
    "scipy.sparse.diags": "use diags_array of autograd_lite.scipy.sparse, which has derivatives",
    "scipy.sparse.*": "compute with A.toarray()",
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

#: Functions that have a counterpart, by their modules.
COUNTERPARTS = {
    "scipy.integrate": "solve_ivp odeint quad trapezoid cumulative_trapezoid simpson "
    "cumulative_simpson romb fixed_quad",
    "scipy.interpolate": "CubicSpline PchipInterpolator Akima1DInterpolator CubicHermiteSpline "
    "BSpline make_interp_spline RegularGridInterpolator interp1d",
    "scipy.ndimage": "affine_transform convolve convolve1d correlate correlate1d gaussian_filter "
    "gaussian_filter1d laplace map_coordinates prewitt shift sobel uniform_filter uniform_filter1d",
    "scipy.spatial.distance": "braycurtis canberra cdist chebyshev cityblock correlation cosine "
    "euclidean jensenshannon mahalanobis minkowski pdist seuclidean sqeuclidean squareform",
    "scipy.fft": "dct dctn dst dstn idct idctn idst idstn",
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

REMEDIES |= {
    f"scipy.integrate.{name}": f"use {name} of autograd_lite.scipy.integrate, which has "
    "derivatives; or keep SciPy's in a function of yours under @al.primitive, whose rule solves "
    "the adjoint equation"
    for name in ("solve_ivp", "odeint")
}

#: Functions of ``scipy.special`` that read plain numbers first, and have a counterpart.
SPECIAL = (
    "assoc_legendre_p comb diric factorial legendre_p perm sph_harm_y sph_legendre_p "
    "spherical_in spherical_jn spherical_kn spherical_yn"
)
REMEDIES |= {
    f"scipy.special.{name}": f"use {name} of autograd_lite.scipy.special, which has derivatives"
    for name in SPECIAL.split()
}

#: Solvers that have a counterpart.
SOLVERS = (
    "bisect brenth brentq curve_fit fixed_point fsolve least_squares linear_sum_assignment "
    "minimize minimize_scalar newton nnls ridder root root_scalar toms748"
)
REMEDIES |= {
    f"scipy.optimize.{name}": f"use {name} of autograd_lite.scipy.optimize, whose results have "
    "derivatives"
    for name in SOLVERS.split()
}

#: Functions of linear algebra that have a counterpart.
LINALG = (
    "block_diag cho_factor cho_solve cholesky circulant coshm cosm det eig eigh eigvals eigvalsh "
    "expm expm_frechet funm hankel inv logm lstsq lu lu_factor lu_solve norm pinv pinvh polar qr "
    "sinhm sinm solve solve_banded solve_continuous_are solve_continuous_lyapunov "
    "solve_discrete_are solve_discrete_lyapunov solve_lyapunov solve_sylvester solve_toeplitz "
    "solve_triangular solveh_banded sqrtm svd svdvals tanhm tanm toeplitz"
)
REMEDIES |= {
    f"scipy.linalg.{name}": f"use {name} of autograd_lite.scipy.linalg, which has derivatives"
    for name in LINALG.split()
}
REMEDIES |= {
    "scipy.linalg.null_space": "use the projector np.eye(A.shape[-1]) - np.linalg.pinv(A) @ A",
    "scipy.linalg.orth": "use the projector A @ np.linalg.pinv(A), or np.linalg.qr(A).Q",
}
