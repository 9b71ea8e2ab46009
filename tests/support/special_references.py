"""Derivatives of special functions by mpmath, of orders 1 and 2, from what the functions are.

    python -m tests.support.special_references

prints the table that is stored in tests/support/files/special.txt.  It needs mpmath.  A line is a
name with the number of the result behind it, arguments, the place of the one to differentiate by,
and the derivatives; among the points are tails, edges, branch points and removable singularities.
"""

import sys
from functools import partial
from pathlib import Path

STORED = Path(__file__).parent / "files" / "special.txt"

#: Points of each function; the arguments to differentiate by come after the bar.
POINTS = """
agm 1.3 0.7 | 0 1
agm 1e-6 5.0 | 0 1
airy.0 0.7 | 0
airy.0 20.0 | 0
airy.1 -3.5 | 0
airy.2 2.5 | 0
airy.3 0.0 | 0
airye.0 0.7 | 0
airye.0 40.0 | 0
airye.2 30.0 | 0
bei 3.0 | 0
ber 3.0 | 0
beip 0.0 | 0
beip 1.5 | 0
berp 1.5 | 0
betaincc 1.3 2.2 0.3 | 2
betaincinv 1.3 2.2 0.3 | 2
betaincinv 0.5 4.0 1e-8 | 2
binom 5.3 1.2 | 0 1
binom 3.0 5.0 | 0 1
binom 3.0 -1.0 | 0 1
boxcox 1.7 0.6 | 0 1
boxcox 1.7 0.0 | 0 1
boxcox 1e-3 -1.5 | 0 1
boxcox1p 0.7 1e-9 | 0 1
boxcox1p -0.3 2.5 | 0 1
chdtr 3.3 1.2 | 1
chdtrc 3.3 60.0 | 1
chdtri 3.3 0.4 | 1
cosm1 1e-9 | 0
dawsn 0.7 | 0
dawsn 9.0 | 0
dawsn -1e4 | 0
ellipeinc 0.7 0.4 | 0 1
ellipeinc 0.7 0.0 | 0 1
ellipeinc 4.0 -3.0 | 0 1
ellipj.0 0.7 0.4 | 0 1
ellipj.1 3.7 0.9 | 0 1
ellipj.2 0.7 1e-9 | 1
ellipkinc 0.7 0.4 | 0 1
ellipkinc 1.2 0.0 | 0 1
ellipkinc -4.0 0.9 | 0 1
ellipkm1 0.3 | 0
ellipkm1 1e-12 | 0
ellipkm1 1.0 | 0
elliprc 1.3 0.7 | 0 1
elliprc 1.3 1.3 | 0 1
elliprc 1.3 1.3001 | 0 1
elliprd 1.3 0.7 0.4 | 0 1 2
elliprd 0.7 0.7 0.7 | 0 1 2
elliprd 0.701 0.2 0.7 | 0 2
elliprf 1.3 0.7 0.4 | 0 1 2
elliprf 0.7 0.7 0.7 | 0
elliprg 1.3 0.7 0.4 | 0 1 2
elliprj 1.3 0.7 0.4 0.9 | 0 1 2 3
elliprj 0.7 0.7 0.7 0.7 | 0 3
erfcx 0.7 | 0
erfcx 9.0 | 0
erfcx 1e6 | 0
erfcx -3.0 | 0
erfi 1.2 | 0
eval_chebyc 4 0.3 | 1
eval_chebys 4 0.3 | 1
eval_chebyt 4 0.3 | 1
eval_chebyt 4 1.0 | 1
eval_chebyu 4 -1.0 | 1
eval_gegenbauer 3 1.5 0.3 | 2
eval_genlaguerre 3 1.5 0.3 | 2
eval_hermite 3 0.3 | 1
eval_hermitenorm 3 0.3 | 1
eval_jacobi 3 1.5 0.5 0.3 | 3
eval_laguerre 3 0.3 | 1
eval_legendre 2.5 0.3 | 1
eval_sh_chebyt 3 0.3 | 1
eval_sh_chebyu 3 0.3 | 1
eval_sh_jacobi 3 2.5 1.5 0.3 | 3
eval_sh_legendre 3 0.3 | 1
exp10 0.7 | 0
expn 0 0.7 | 1
expn 1 0.7 | 1
expn 3 30.0 | 1
fdtr 3.0 5.0 1.2 | 2
fdtri 3.0 5.0 0.3 | 2
fresnel.0 0.0 | 0
fresnel.0 2.3 | 0
fresnel.1 -0.7 | 0
gammaincinv 1.3 0.3 | 1
gdtr 0.7 2.0 1.3 | 0 2
gdtria 0.3 2.0 1.3 | 0 2
gdtrix 0.7 2.0 0.3 | 0 2
hyp0f1 1.3 0.7 | 1
hyp1f1 1.3 2.2 -5.0 | 2
hyp2f1 1.3 2.2 0.7 -3.0 | 3
hyperu 1.3 2.2 0.7 | 2
i0e 0.7 | 0
i1e 600.0 | 0
inv_boxcox 0.7 0.6 | 0 1
inv_boxcox 0.7 0.0 | 0 1
inv_boxcox1p -0.7 1.2 | 0 1
itj0y0.0 0.7 | 0
iti0k0.1 0.7 | 0
it2i0k0.0 0.01 | 0
it2j0y0.0 0.01 | 0
jve 1.5 0.7 | 1
k0e 0.7 | 0
k1e 700.0 | 0
kei 0.7 | 0
ker 0.7 | 0
kn 2 0.7 | 1
kve 1.5 0.7 | 1
lpmv 1 2.5 0.3 | 2
modstruve 1.5 0.7 | 1
nbdtr 2 5 0.3 | 2
ndtri_exp -0.7 | 0
ndtri_exp -1000.0 | 0
nrdtrimn 0.3 1.2 0.7 | 0 1 2
nrdtrisd 0.3 0.8 0.9 | 0 1 2
owens_t 0.7 0.4 | 0 1
owens_t 5.0 -2.0 | 0 1
pbdv.0 1.5 0.7 | 1
pbdv.1 1.5 0.7 | 1
pdtr 2 1.3 | 1
pdtri 2 0.4 | 1
poch 1.3 0.7 | 0 1
poch -2.0 4.0 | 0
poch -6.0 3.0 | 0
poch -1.0 0.6 | 0 1
powm1 1.3 0.7 | 0 1
shichi.0 0.0 | 0
shichi.0 0.7 | 0
shichi.1 0.7 | 0
sici.0 0.0 | 0
sici.0 0.7 | 0
sici.1 9.0 | 0
spence 0.7 | 0
spence 1.0 | 0
spence 1.001 | 0
spence 30.0 | 0
struve 1.5 0.7 | 1
stdtrit 3.0 0.3 | 1
tklmbda 0.7 0.6 | 0 1
voigt_profile 0.7 1.2 0.4 | 0 1 2
voigt_profile 50.0 1.2 0.4 | 0 1 2
voigt_profile 0.7 1e-9 0.4 | 0 1 2
wright_bessel 0.6 1.3 0.7 | 2
wrightomega -1.2 | 0
wrightomega 300.0 | 0
yv 1.5 0.7 | 1
yve 1.5 0.7 | 1
bdtr 2 5 0.3 | 2
chndtr 1.2 3.3 0.8 | 0 2
chndtr 90.0 3.3 80.0 | 0 2
chndtrix 0.3 3.3 0.8 | 0 2
ncfdtr 3.0 5.0 0.7 1.2 | 2 3
nctdtr 3.0 0.7 1.2 | 1 2
nctdtr 3.0 0.7 0.0 | 1 2
"""


def definitions(mp):
    """The functions by name, in mpmath's arithmetic."""
    one = mp.mpf(1)
    reg = lambda a, b, x: mp.betainc(a, b, 0, x, regularized=True)
    gam = lambda a, x: mp.gammainc(a, 0, x, regularized=True)
    erfcx = lambda x: mp.exp(x * x) * mp.erfc(x)
    box = lambda x, p: mp.log(x) if p == 0 else (x**p - 1) / p
    inv = lambda y, p: mp.exp(y) if p == 0 else (1 + p * y) ** (1 / p)
    ndtri = lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1)

    def inner(f, place):
        """``f`` inverted in argument ``place``, started at what SciPy finds."""

        def inverted(*args):
            level, start = args[place], inverted.start
            at = lambda x: f(*args[:place], x, *args[place + 1 :])
            return mp.findroot(lambda x: at(x) - level, start, tol=mp.mpf(10) ** -110)

        return inverted

    def rc(x, y):
        return mp.elliprf(x, y, y)

    def poisson(rate, term):
        weights = [mp.exp(-rate)]
        while weights[-1] > mp.mpf(10) ** -75 or len(weights) < rate:
            weights.append(weights[-1] * rate / len(weights))
        return mp.fsum(weight * term(j) for j, weight in enumerate(weights))

    def nct(df, nc, t):
        inside = lambda s: 2 * (df / 2) ** (df / 2) / mp.gamma(df / 2) * s ** (df - 1)
        weight = lambda s: inside(s) * mp.exp(-df * s * s / 2) * mp.ncdf(t * s - nc)
        return mp.quad(weight, [0, 1, 2, 4, 12])

    def student(v, t):
        return one / 2 + mp.sign(t) * (1 - reg(v / 2, one / 2, v / (v + t * t))) / 2

    w = lambda z: mp.exp(-z * z) * mp.erfc(-1j * z)
    chn = lambda x, df, nc: poisson(nc / 2, lambda j: gam(df / 2 + j, x / 2))
    fdt = lambda m, n, x: reg(m / 2, n / 2, m * x / (m * x + n))

    def tukey(x, p):
        return mp.findroot(lambda u: (u**p - (1 - u) ** p) / p - x, 0.6, tol=mp.mpf(10) ** -110)

    found = {
        "agm": mp.agm,
        "airy.0": mp.airyai,
        "airy.1": lambda x: mp.airyai(x, 1),
        "airy.2": mp.airybi,
        "airy.3": lambda x: mp.airybi(x, 1),
        "airye.0": lambda x: mp.airyai(x) * mp.exp(2 * x * mp.sqrt(x) / 3),
        "airye.2": lambda x: mp.airybi(x) * mp.exp(-2 * x * mp.sqrt(x) / 3),
        "ber": lambda x: mp.ber(0, x),
        "bei": lambda x: mp.bei(0, x),
        "berp": lambda x: mp.diff(lambda x: mp.ber(0, x), x),
        "beip": lambda x: mp.diff(lambda x: mp.bei(0, x), x),
        "ker": lambda x: mp.ker(0, x),
        "kei": lambda x: mp.kei(0, x),
        "betaincc": lambda a, b, x: 1 - reg(a, b, x),
        "betaincinv": inner(reg, 2),
        "binom": lambda n, k: mp.gamma(n + 1) * mp.rgamma(k + 1) * mp.rgamma(n - k + 1),
        "boxcox": box,
        "boxcox1p": lambda x, p: box(1 + x, p),
        "inv_boxcox": inv,
        "inv_boxcox1p": lambda y, p: inv(y, p) - 1,
        "chdtr": lambda v, x: gam(v / 2, x / 2),
        "chdtrc": lambda v, x: mp.gammainc(v / 2, x / 2, mp.inf, regularized=True),
        "chdtri": inner(lambda v, x: 1 - gam(v / 2, x / 2), 1),
        "cosm1": lambda x: mp.cos(x) - 1,
        "dawsn": lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x),
        "ellipeinc": mp.ellipe,
        "ellipkinc": mp.ellipf,
        "ellipj.0": lambda u, m: mp.ellipfun("sn", u, m=m),
        "ellipj.1": lambda u, m: mp.ellipfun("cn", u, m=m),
        "ellipj.2": lambda u, m: mp.ellipfun("dn", u, m=m),
        "ellipkm1": lambda p: mp.ellipk(1 - p),
        "elliprc": rc,
        "elliprd": mp.elliprd,
        "elliprf": mp.elliprf,
        "elliprg": mp.elliprg,
        "elliprj": mp.elliprj,
        "erfcx": erfcx,
        "erfi": mp.erfi,
        "eval_chebyc": lambda n, x: 2 * mp.chebyt(n, x / 2),
        "eval_chebys": lambda n, x: mp.chebyu(n, x / 2),
        "eval_chebyt": mp.chebyt,
        "eval_chebyu": mp.chebyu,
        "eval_gegenbauer": mp.gegenbauer,
        "eval_genlaguerre": mp.laguerre,
        "eval_hermite": mp.hermite,
        "eval_hermitenorm": lambda n, x: 2 ** (-n / 2) * mp.hermite(n, x / mp.sqrt(2)),
        "eval_jacobi": mp.jacobi,
        "eval_laguerre": lambda n, x: mp.laguerre(n, 0, x),
        "eval_legendre": mp.legendre,
        "eval_sh_chebyt": lambda n, x: mp.chebyt(n, 2 * x - 1),
        "eval_sh_chebyu": lambda n, x: mp.chebyu(n, 2 * x - 1),
        "eval_sh_jacobi": lambda n, p, q, x: (
            mp.jacobi(n, p - q, q - 1, 2 * x - 1) / mp.binomial(2 * n + p - 1, n)
        ),
        "eval_sh_legendre": lambda n, x: mp.legendre(n, 2 * x - 1),
        "exp10": lambda x: mp.mpf(10) ** x,
        "expn": mp.expint,
        "fdtr": fdt,
        "fdtri": inner(fdt, 2),
        "fresnel.0": mp.fresnels,
        "fresnel.1": mp.fresnelc,
        "gammaincinv": inner(gam, 1),
        "gdtr": lambda a, b, x: gam(b, a * x),
        "gdtria": inner(lambda a, b, x: gam(b, a * x), 0),
        "gdtrix": inner(lambda a, b, x: gam(b, a * x), 2),
        "hyp0f1": mp.hyp0f1,
        "hyp1f1": mp.hyp1f1,
        "hyp2f1": mp.hyp2f1,
        "hyperu": mp.hyperu,
        "i0e": lambda x: mp.besseli(0, x) * mp.exp(-abs(x)),
        "i1e": lambda x: mp.besseli(1, x) * mp.exp(-abs(x)),
        "k0e": lambda x: mp.besselk(0, x) * mp.exp(x),
        "k1e": lambda x: mp.besselk(1, x) * mp.exp(x),
        "kn": mp.besselk,
        "kve": lambda v, x: mp.besselk(v, x) * mp.exp(x),
        "jve": mp.besselj,
        "yv": mp.bessely,
        "yve": mp.bessely,
        "lpmv": lambda m, v, x: mp.legenp(v, m, x, type=2),
        "struve": mp.struveh,
        "modstruve": mp.struvel,
        "bdtr": lambda k, n, p: reg(n - k, k + 1, 1 - p),
        "nbdtr": lambda k, n, p: reg(n, k + 1, p),
        "pdtr": lambda k, m: 1 - gam(k + 1, m),
        "pdtri": inner(lambda k, m: 1 - gam(k + 1, m), 1),
        "ndtri_exp": inner(lambda x: mp.log(mp.erfc(-x / mp.sqrt(2)) / 2), 0),
        "nrdtrimn": lambda p, s, x: x - s * ndtri(p),
        "nrdtrisd": lambda m, p, x: (x - m) / ndtri(p),
        "pbdv.0": mp.pcfd,
        "pbdv.1": lambda v, x: mp.diff(lambda x: mp.pcfd(v, x), x),
        "poch": lambda a, m: mp.gammaprod([a + m], [a]),
        "powm1": lambda x, y: x**y - 1,
        "shichi.0": mp.shi,
        "shichi.1": mp.chi,
        "sici.0": mp.si,
        "sici.1": mp.ci,
        "spence": lambda x: mp.polylog(2, 1 - x).real,
        "stdtrit": inner(student, 1),
        "tklmbda": tukey,
        "voigt_profile": lambda x, s, c: (
            w((x + 1j * c) / (s * mp.sqrt(2))).real / (s * mp.sqrt(2 * mp.pi))
        ),
        "wright_bessel": lambda a, b, x: mp.nsum(
            lambda k: x**k / mp.factorial(k) * mp.rgamma(a * k + b), [0, mp.inf]
        ),
        "wrightomega": lambda z: mp.lambertw(mp.exp(z)),
        "chndtr": chn,
        "chndtrix": inner(chn, 0),
        "ncfdtr": lambda m, n, nc, f: poisson(
            nc / 2, lambda j: reg(m / 2 + j, n / 2, m * f / (m * f + n))
        ),
        "nctdtr": nct,
    }
    #: Known by their slopes: those of order 1 and 2 are of order 0 and 1 of these.
    slopes = {
        "owens_t": (
            lambda h, a: -mp.npdf(h) * mp.erf(a * h / mp.sqrt(2)) / 2,
            lambda h, a: mp.exp(-h * h * (1 + a * a) / 2) / (2 * mp.pi * (1 + a * a)),
        ),
        "itj0y0.0": (lambda x: mp.besselj(0, x),),
        "iti0k0.1": (lambda x: mp.besselk(0, x),),
        "it2i0k0.0": (lambda x: (mp.besseli(0, x) - 1) / x,),
        "it2j0y0.0": (lambda x: (1 - mp.besselj(0, x)) / x,),
    }
    return found, slopes


def split(line):
    """A name, the number of a result or None, the arguments, and what is behind the bar."""
    call, _, rest = line.partition("|")
    name, *args = call.split()
    return name, [float(x) if set(x) & set(".e") else int(x) for x in args], rest.split()


def lines(mp, only=None):
    """The table, or the line of one function."""
    import scipy.special as sp

    mp.mp.dps = 70
    found, slopes = definitions(mp)
    for line in POINTS.strip().splitlines():
        name, args, places = split(line)
        if only is not None and name != only:
            continue
        exact = [mp.mpf(x) for x in args]
        if getattr(found.get(name), "__name__", "") == "inverted":
            found[name].start = mp.mpf(float(getattr(sp, name)(*args)))
        for k in map(int, places):
            f = found[name] if name in found else slopes[name][k]
            at = partial(by_argument, f, exact, k)
            first, second = (1, 2) if name in found else (0, 1)
            derived = [difference(mp, at, exact[k], n) for n in (first, second)]
            shown = " ".join(mp.nstr(mp.re(d), 16) for d in derived)
            yield f"{line.partition('|')[0].strip()} | {k} {shown}"


def by_argument(f, args, k, x):
    return f(*args[:k], x, *args[k + 1 :])


def difference(mp, f, x, n):
    """The value, or a central difference of order 1 or 2, right to at least 20 digits."""
    h = mp.mpf(10) ** -12 * (abs(x) or 1)
    if n == 0:
        return f(x)
    return (f(x + h) - f(x - h)) / (2 * h) if n == 1 else (f(x + h) - 2 * f(x) + f(x - h)) / h**2


if __name__ == "__main__":
    import mpmath

    for each in lines(mpmath, *sys.argv[1:]):
        print(each, flush=True)
