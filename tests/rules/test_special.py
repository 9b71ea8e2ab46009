"""The special functions: derivatives, edges, dtypes, and that SciPy is imported by nobody else."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_lite as al
from autograd_lite import special
from tests.support.derivatives import check_derivatives
from tests.support.rows import each
from tests.support.rows.row import cases

sp = pytest.importorskip("scipy.special")

from tests.support.rows import SPECIAL as ROWS  # noqa: E402  (it needs SciPy)

LISTED = """
beta betainc betaln digamma ellipe ellipk entr erf erfc erfcinv erfinv exp1 expi expit exprel
gamma gammainc gammaincc gammaln gammasgn huber hyp2f1 i0 i1 iv ive j0 j1 jn k0 k1 kl_div kv
log_expit log_ndtr loggamma logit ndtr ndtri pseudo_huber psi rel_entr rgamma stdtr xlog1py xlogy
y0 y1 yn
"""
NAMES = LISTED.split()

# Function, arguments, position of the one to differentiate by, derivatives of orders 1, 2 and 3:
# differences of seven points at distance 1e-18 of the definition, in arithmetic of 110 digits.
TABLE = """
beta         1.3 2.2   0    -0.378576428253284     0.720873258345877     -1.85027055948398
beta         1.3 2.2   1    -0.166285099557147     0.165106799270071    -0.236150522468115
beta         -0.4 1.7  0     -4.25393539930957     -37.7896986211397     -201.864188125689
beta         -0.4 1.7  1     -1.42381413108197     0.747582253676203     -0.98688642710924
betainc      1.3 2.2 0.3 2      1.52653303053117     -1.09038073609369     -8.04804829021534
betainc      5 2 0.7   2                2.1609                 5.145                 -29.4
betaln       1.3 2.2   0     -1.27234752951204     0.803895678896384     -1.09025846301023
betaln       1.3 2.2   1    -0.558863203904098       0.2425750048791    -0.212424655386798
betaln       0.2 30    0     -8.68023416933375      26.2337103513883     -251.476902764359
betaln       0.2 30    1  -0.00675614005603733  0.000228206322235891 -1.54151267524257e-05
digamma      2.3       0     0.542537458665258     -0.28813024337294     0.300257134434272
digamma      -0.6      0      10.0531343683074     -22.9798693643191      282.491555330243
ellipe       0.3 0 -0.447543972943543 -0.228857071631839 -0.399596194822068
ellipe       -2 0 -0.253254514649858 -0.0356090013771705 -0.0158218541716618
ellipe       0.001 0 -0.392846435960373 -0.147446434878166 -0.184480999581426
ellipk       0.3 0 0.584858215922646 0.926328931788758 2.73746590664261
ellipk       0.95 0 9.63217752993737 197.811454506416 7952.27405376647
ellipk       0.001 0 0.393141328830129 0.442708266633661 0.92321287988261
entr         0.3       0     0.203972804325936     -3.33333333333333      11.1111111111111
entr         2         0     -1.69314718055995                  -0.5                  0.25
erf          0.3       0      1.03126090961896    -0.618756545771378      -1.6912678917751
erf          -2        0    0.0206669853540921    0.0826679414163682     0.289337794957289
erfc         0.3       0     -1.03126090961896     0.618756545771378       1.6912678917751
erfc         2         0   -0.0206669853540921    0.0826679414163682    -0.289337794957289
erfcinv      0.3       0     -1.51636321733376       3.3702558853618     -21.9547256582376
erfcinv      1.7       0     -1.51636321733376     -3.37025588536179     -21.9547256582376
erfinv       0.3       0     0.954520358840549     0.496486526010743      2.25583180238885
erfinv       -0.9      0      3.42804281145184      -27.335985073827       516.53573335482
exp1         0.7 0 -0.709407576844871 1.72284697233754 -5.63182749780928
exp1         3 0 -0.0165956894559546 0.0221275859412729 -0.0313474134168032
expi         0.7 0 2.87678958210068 -1.23290982090029 6.39938907038723
expi         -1.5 0 -0.148753440098953 -0.247922400164922 -0.479316640318849
expit        0.3       0     0.244458311690746   -0.0363961839555762    -0.114100885237393
expit        -4        0    0.0176627062132911    0.0170273359283891    0.0157908790686289
exprel       0.3       0     0.612209274408865     0.418134195860912     0.318187399977557
exprel       -4        0    0.0567763628472706    0.0238092717014517    0.0132780440539053
exprel       1e-09     0     0.500000000333333     0.333333333583333          0.2500000002
gamma        2.3       0     0.700073672014323      1.05305703444215      1.05534361355847
gamma        -0.6      0      3.30771166645906     -40.1252286692127      187.361526689588
gammainc     1.3 2.2   1     0.156407893470718    -0.135079544361075     0.106964902352908
gammainc     40 38     1    0.0629194443859867   0.00165577485226281  -0.00165577485226281
gammaincc    1.3 2.2   1    -0.156407893470718     0.135079544361075    -0.106964902352908
gammaincc    0.4 0.3   1    -0.687774583424342      2.06332375027303     -10.7751351403147
gammaln      2.3       0     0.600039880363969     0.542537458665258     -0.28813024337294
gammaln      -0.6      0    -0.894717877918449      10.0531343683074     -22.9798693643191
huber        1.5 0.7   0                     0                     0                     0
huber        1.5 0.7   1                   0.7                     1                     0
huber        1.5 -2.5  0                     1                    -1                     0
huber        1.5 -2.5  1                  -1.5                     0                     0
hyp2f1       1 2 3.5 0.3 3 0.907628761948056 1.63523365982158 4.90781757223845
hyp2f1       0.5 -1.5 2.2 -0.6 3 -0.385254045746219 0.0688282611855405 0.014483140527827
i0           0.3       0     0.151693840003593     0.516980746006288     0.113911797800331
i0           -4        0     -9.75946515370445      8.86205566371022     -8.15391780988342
i1           0.3       0     0.516980746006288     0.113911797800331     0.389155034693594
i1           -4        0      8.86205566371022     -8.15391780988342      7.62634988314988
iv           1.3 2.2   1      1.59563647626718      1.41103265801563      1.33846001009473
iv           3 -1      1    0.0692423949940426    -0.152441854249276     0.210192842047218
ive          1.3 2.2   1   0.00135250912202853   -0.0218071952300463    0.0342206027377106
ive          3 -1      1    0.0173175458029664   -0.0132898247736153   -0.0226517942319915
j0           0.3       0    -0.148318816273104    -0.483230192294616     0.111099276442891
j0           -4        0   -0.0660433280235491      0.38063897785796     0.157075364486567
j1           0.3       0     0.483230192294616    -0.111099276442891    -0.361029536353068
j1           -4        0     -0.38063897785796    -0.157075364486567     0.295854118504809
jn           1.3 2.2   1   0.00601400837915307    -0.357468208566055   -0.0132022456356225
jn           3 -1      1    0.0562134229838953    -0.100293408877452    0.0534870262895741
k0           0.7 0 -1.05028353531292 2.16092491036213 -6.28075490789742
k1           0.7 0 -2.16092491036213 6.28075490789742 -26.0776358433142
kl_div       0.3 0.7   0    -0.847297860387204      3.33333333333333     -11.1111111111111
kl_div       0.3 0.7   1     0.571428571428571     0.612244897959184     -1.74927113702624
kl_div       2 0.4     0       1.6094379124341                   0.5                 -0.25
kl_div       2 0.4     1                    -4                  12.5                 -62.5
kv           1.5 0.7 1 -4.61511242256104 16.6950824383811 -82.7770728121756
kv           0.3 4 1 -0.0126363614882445 0.0144956707066058 -0.0171528370784208
log_expit    0.3       0     0.425557483188341    -0.244458311690746    0.0363961839555762
log_expit    -4        0     0.982013790037908   -0.0176627062132911   -0.0170273359283891
log_expit    20        0   2.0611536181902e-09 -2.06115361394185e-09  2.06115360544514e-09
log_ndtr     0.3       0     0.617220853612734    -0.566127838218253     0.251469312970746
log_ndtr     -5        0      5.18650396712584    -0.967303565382888    0.0108257645063567
log_ndtr     3         0   0.00443783904212566   -0.0133332115417408    0.0356801368765705
loggamma     2.3       0     0.600039880363969     0.542537458665258     -0.28813024337294
loggamma     7         0      1.87278433509847     0.153545177959338   -0.0235304729858552
logit        0.3       0      4.76190476190476      -9.0702947845805      79.9049778641616
logit        0.99      0      101.010101010101      9998.97969594938       2000002.0612203
ndtr         0.3       0     0.381387815460524    -0.114416344638157    -0.347062912069077
ndtr         -2        0     0.053990966513188     0.107981933026376     0.161972899539564
ndtri        0.3       0      2.87610365926429     -4.33782649363895      36.8759318139014
ndtri        0.99      0      37.5204361572951      3274.99329026856      624540.059819376
pseudo_huber 1.5 0.7   0     0.014569245717583   -0.0255790708862282    0.0579611518761956
pseudo_huber 1.5 0.7   1     0.634328197996686     0.744128490872025    -0.570317456507756
pseudo_huber 1.5 -2.5  0      0.68721958056394    -0.592702786624707     0.556331915470941
pseudo_huber 1.5 -2.5  1     -1.28623938856882     0.136190052907286     0.120167693741723
psi          0.3       0      12.2453645461077      -75.272536588726       743.14176465505
psi          11        0    0.0951663356816857  -0.00904983497080207   0.00171990130428987
rel_entr     0.3 0.7   0     0.152702139612796      3.33333333333333     -11.1111111111111
rel_entr     0.3 0.7   1    -0.428571428571429     0.612244897959184     -1.74927113702624
rel_entr     2 0.4     0       2.6094379124341                   0.5                 -0.25
rel_entr     2 0.4     1                    -5                  12.5                 -62.5
rgamma       2.3       0    -0.514299955019363    -0.156413592614414     0.898867578547844
rgamma       -0.6      0    -0.242016282490505      2.50278145589997     0.889399005250228
rgamma       -3        0                    -6      15.0734120211816      25.7078444582303
rgamma       0         0                     1      1.15443132980307     -3.93526842912152
stdtr 4 0.3 1 0.354709627346189 -0.130089105383688 -0.366836434089291
stdtr 2.5 -3 1 0.0250410669313931 0.0228635828504024 0.0251830767627621
xlog1py      1.3 2.2   0      1.16315080980568                     0                     0
xlog1py      1.3 2.2   1               0.40625          -0.126953125        0.079345703125
xlog1py      -2 -0.3   0    -0.356674943938732                     0                     0
xlog1py      -2 -0.3   1     -2.85714285714286      4.08163265306122     -11.6618075801749
xlogy        1.3 2.2   0      0.78845736036427                     0                     0
xlogy        1.3 2.2   1     0.590909090909091    -0.268595041322314     0.244177310293013
xlogy        -2 0.3    0     -1.20397280432594                     0                     0
xlogy        -2 0.3    1     -6.66666666666667      22.2222222222222     -148.148148148148
y0           0.3       0      2.29310513838853     -6.83641021682391      45.9738748997859
y0           4         0      -0.3979257105571      0.11642216696434     0.343949811906196
y1           0.3       0      6.83641021682391     -45.9738748997859      468.189706370292
y1           4         0     -0.11642216696434    -0.343949811906196     0.175421670615437
yn           2 2.2     1     0.473698470807996    -0.125168174804699     0.462810840076973
yn           3 0.7     1      64.8362898073998     -367.365652254439      2613.33811604457
""".strip().splitlines()


def by_argument(f, args, k):
    """The function of argument ``k`` alone."""
    return lambda x: f(*args[:k], x, *args[k + 1 :])


def derivatives(f, args, k=0, orders=3, number=float):
    """The derivatives of orders 1, 2, … by argument ``k``, all arguments being numbers."""
    g, found = by_argument(f, args, k), []
    for _ in range(orders):
        g = al.grad(g)
        found.append(number(g(args[k])))
    return found


def split(line):
    name, *numbers = line.split()
    *args, k, d1, d2, d3 = numbers
    return name, [float(x) for x in args], int(k), [float(d) for d in (d1, d2, d3)]


def run(script):
    """Run a script in an interpreter of its own, where nothing is imported yet."""
    return subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)


# ---- derivatives ----


@pytest.mark.parametrize("line", TABLE, ids=lambda line: "-".join(line.split()[:-3]))
def test_three_orders(line):
    name, args, k, expected = split(line)
    found = derivatives(getattr(sp, name), args, k)
    np.testing.assert_allclose(found, expected, rtol=2e-12, atol=1e-12)


def test_all_functions_are_tested():
    assert len(NAMES) == 49
    assert {line.split()[0] for line in TABLE} == set(NAMES) - {"gammasgn"}
    assert {getattr(sp, name) for name in NAMES} - {sp.gammasgn} <= {row.function for row in ROWS}


def test_a_sign_is_constant():
    x = al.Tensor([-0.5, 1.5])
    assert type(sp.gammasgn(x)) is np.ndarray
    np.testing.assert_array_equal(al.grad(lambda x: np.sum(x * sp.gammasgn(x)))(x.data), [-1, 1])


@pytest.mark.slow
@each(ROWS)
@given(data=st.data())
def test_arrays(row, data):
    """Both orders on arrays that broadcast, against complex steps or differences."""
    case = data.draw(cases(row))
    f, args = case.split()
    check_derivatives(f, args, order=row.times, step=row.step, rng=case.rng)


@each(ROWS)
@given(data=st.data())
def test_single_precision(row, data):
    """Values and gradients of float32 are float32, and nearly those of float64."""
    case = data.draw(cases(row))
    f, args = case.split()
    value, pullback = al.vjp(f, *args)
    f, args = case.of("f4").split()
    value4, pullback4 = al.vjp(f, *args)
    assert [y.dtype for y in al.tree_leaves(value4)] == [y.dtype for y in al.tree_leaves(f(*args))]
    ones, ones4 = al.tree_map(np.ones_like, value), al.tree_map(np.ones_like, value4)
    for x, g, e in zip(args, pullback4(ones4), pullback(ones), strict=True):
        assert (g.shape, g.dtype) == (np.shape(x), np.result_type(x))
        np.testing.assert_allclose(g, e, rtol=1e-3, atol=1e-4 * max(1, np.abs(e).max(initial=0)))


@pytest.mark.parametrize("line", TABLE, ids=lambda line: "-".join(line.split()[:-3]))
def test_single_precision_inside(line, monkeypatch):
    """No rule computes in float64 what is asked for in float32."""

    def fit(c, node, a):
        raise AssertionError(f"the rule of {node.primitive.name} returned {c.dtype}")

    monkeypatch.setattr("autograd_lite.core.backward.fit", fit)
    name, args, k, _ = split(line)
    args = [np.float32(x) for x in args]
    for result in derivatives(getattr(sp, name), args, k, orders=2, number=np.asarray):
        assert result.dtype == np.float32


@pytest.mark.parametrize("z", [0.7 + 0.4j, -2.7 - 0.4j])
@pytest.mark.parametrize("name", ["gamma", "loggamma", "psi", "rgamma", "erf", "erfc", "ndtr"])
def test_complex(name, z):
    """With df = Re(g dz) a pullback of 1 is the complex derivative, to every order."""

    def slope(f):
        return lambda z: al.vjp(f, z)[1](np.complex128(1))[0]

    f = getattr(sp, name)
    h = 1e-3
    for _ in range(3):
        there, back = ([f(np.complex128(z + s * k * h)) for k in (1, 2)] for s in (1, -1))
        near, far = (a - b for a, b in zip(there, back))
        expected = (8 * near - far) / (12 * h)
        f = slope(f)
        np.testing.assert_allclose(f(np.complex128(z)), expected, rtol=1e-8)


@pytest.mark.parametrize("v", [0, 1.5])
@pytest.mark.parametrize("function", [sp.iv, sp.ive, sp.jn], ids=lambda f: f.__name__)
def test_complex_bessel(function, v):
    """Also of ``ive``, which is not analytic."""
    z, h = np.array([0.7 + 0.4j, -1.1 + 0.2j]), 1e-4
    value, pullback = al.vjp(lambda z: function(v, z), z)
    for g in (1, 1j):
        (gradient,) = pullback(np.full_like(value, g))
        for direction in (1, 1j):
            there, back = (function(v, z + s * h * direction) for s in (1, -1))
            change = np.real(g * (there - back)) / (2 * h)
            np.testing.assert_allclose(np.real(gradient * direction), change, rtol=1e-6)


# ---- edges: warnings are errors here ----

INF = np.inf
EDGES = [
    (sp.xlogy, (0.0, 0.0), 0, [0, 0, 0]),
    (sp.xlogy, (0.0, 0.0), 1, [0, 0, 0]),
    (sp.xlogy, (0.0, 2.0), 0, [np.log(2), 0, 0]),
    (sp.xlogy, (0.0, 2.0), 1, [0, 0, 0]),
    (sp.xlog1py, (0.0, -1.0), 0, [0, 0, 0]),
    (sp.xlog1py, (0.0, -1.0), 1, [0, 0, 0]),
    (sp.rel_entr, (0.0, 0.0), 0, [1, 0, 0]),
    (sp.rel_entr, (0.0, 0.0), 1, [0, 0, 0]),
    (sp.rel_entr, (0.0, 2.0), 1, [0, 0, 0]),
    (sp.kl_div, (0.0, 0.0), 0, [0, 0, 0]),
    (sp.kl_div, (0.0, 0.0), 1, [1, 0, 0]),
    (sp.kl_div, (0.0, 2.0), 1, [1, 0, 0]),
    (sp.huber, (1.0, 1.0), 0, [0, 0, 0]),
    (sp.huber, (1.0, 1.0), 1, [1, 1, 0]),
    (sp.huber, (1.0, -1.0), 1, [-1, 1, 0]),
    (sp.pseudo_huber, (0.0, 0.0), 0, [0, 0, 0]),
    (sp.pseudo_huber, (0.0, 0.0), 1, [0, 0, 0]),
    (sp.pseudo_huber, (0.0, 2.0), 0, [2, -2, 1.5]),
    (sp.exprel, (0.0,), 0, [1 / 2, 1 / 3, 1 / 4]),
    (sp.j1, (0.0,), 0, [1 / 2, 0, -3 / 8]),
    (sp.i1, (0.0,), 0, [1 / 2, 0, 3 / 8]),
    (sp.ive, (0, 0.0), 1, [0, 1 / 2, 0]),
    (sp.rgamma, (0.0,), 0, [1, 2 * np.euler_gamma, 3 * np.euler_gamma**2 - np.pi**2 / 2]),
    (sp.gammainc, (1.0, 0.0), 1, [1, -1, 1]),
    (sp.gammainc, (2.0, 0.0), 1, [0, 1, -2]),
    (sp.gammaincc, (2.0, 0.0), 1, [0, -1, 2]),
    (sp.betainc, (1.0, 2.0, 0.0), 2, [2, -2, 0]),
    (sp.betainc, (2.0, 2.0, 1.0), 2, [0, -6, -12]),
    (sp.betainc, (600.0, 600.0, 0.0), 2, [0, 0, 0]),
    (sp.erfinv, (1.0,), 0, [INF, INF, INF]),
    (sp.ndtri, (0.0,), 0, [INF, -INF, INF]),
    (sp.expit, (1e3,), 0, [0, 0, 0]),
    (sp.log_expit, (-1e3,), 0, [1, 0, 0]),
    (sp.log_ndtr, (40.0,), 0, [0, 0, 0]),
    (sp.log_ndtr, (-40.0,), 0, [40.024968847207, -0.99937733163, 0.00003101742]),
]


@pytest.mark.parametrize(
    "function, args, k, expected",
    EDGES,
    ids=[f"{f.__name__}-{'-'.join(map(str, args))}-{k}" for f, args, k, _ in EDGES],
)
def test_edges(function, args, k, expected):
    np.testing.assert_allclose(derivatives(function, args, k), expected, rtol=1e-6, atol=1e-12)


def test_edges_among_others():
    """An edge leaves the other elements of an array alone."""
    x = np.array([-3.0, 0.0, 0.5, 2.3])
    slopes = al.grad(lambda x: np.sum(sp.rgamma(x)))(x)
    np.testing.assert_array_equal(slopes, [al.grad(sp.rgamma)(t) for t in x])
    x = np.array([0.0, 0.3, 1.0])
    slopes = al.grad(lambda x: np.sum(sp.betainc(2.0, 3.0, x)))(x)
    np.testing.assert_allclose(slopes, 12 * x * (1 - x) ** 2, rtol=1e-13)


@pytest.mark.parametrize(
    "function, args, slope",
    [
        (sp.entr, (0.0,), INF),
        (sp.rel_entr, (0.0, 2.0), -INF),
        (sp.kl_div, (0.0, 2.0), -INF),
        (sp.logit, (0.0,), INF),
    ],
    ids=lambda f: getattr(f, "__name__", None),
)
def test_infinite_slopes(function, args, slope):
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert al.grad(function)(*args) == slope


def test_mixed_derivatives_at_an_edge():
    by_x_then_y = al.grad(al.grad(sp.xlogy, 0), 1)
    by_y_then_x = al.grad(al.grad(sp.xlogy, 1), 0)
    assert by_x_then_y(0.0, 2.0) == by_y_then_x(0.0, 2.0) == 0.5


# ---- derivatives that are refused ----


@pytest.mark.parametrize(
    "function, args, k, message",
    [
        (sp.iv, (1.0, 2.0), 0, "iv .*'x1'"),
        (sp.kv, (1.0, 2.0), 0, "kv .*'x1'"),
        (sp.stdtr, (4.0, 0.3), 0, "stdtr .*'x1'"),
        (sp.hyp2f1, (1.0, 2.0, 3.5, 0.3), 2, "hyp2f1 .*'x3'"),
        (sp.ive, (1.0, 2.0), 0, "ive .*'x1'"),
        (sp.jn, (1.0, 2.0), 0, "jv .*'x1'"),
        (sp.yn, (1.0, 2.0), 0, "yn .*'x1'"),
        (sp.gammainc, (1.0, 2.0), 0, "gammainc .*'x1'"),
        (sp.gammaincc, (1.0, 2.0), 0, "gammaincc .*'x1'"),
        (sp.betainc, (1.0, 2.0, 0.3), 0, "betainc .*'a'"),
        (sp.betainc, (1.0, 2.0, 0.3), 1, "betainc .*'b'"),
        (special.polygamma, (1.0, 2.0), 0, "polygamma .*'n'"),
    ],
    ids=lambda f: getattr(f, "__name__", None),
)
def test_no_derivative(function, args, k, message):
    """Asked for, it is refused by name, in the forward pass; a plain value is accepted."""
    with pytest.raises(TypeError, match=message):
        function(*[al.Tensor(x) if i == k else x for i, x in enumerate(args)])
    with pytest.raises(TypeError, match="stop_gradient"):
        function(*map(al.Tensor, args))
    last = len(args) - 1
    nested = lambda p: al.grad(by_argument(function, [*args[:k], p, *args[k + 1 :]], last))(0.5)
    with pytest.raises(TypeError, match=message):  # also at a lower level than the others
        al.grad(nested)(args[k])

    if last == 1:
        held = lambda p, x: function(al.stop_gradient(p), x)
        assert al.grad(held)(1.0, 2.0) == 0
        assert al.grad(held, 1)(1.0, 2.0) == al.grad(lambda x: function(1.0, x))(2.0)


def test_a_function_without_rules():
    with pytest.raises(TypeError, match=r"no derivative rule for scipy\.special\.itairy"):
        al.grad(sp.itairy)(1.0)


# ---- imported late ----


def test_scipy_is_not_imported():
    run(
        """
import sys
import numpy as np, autograd_lite as al
from autograd_lite import special
al.grad(special.logsumexp)(al.grad(lambda x: special.softmax(x)[0])(np.ones(3)))
special.log_softmax(al.Tensor(np.ones(3)))
assert "scipy" not in sys.modules
import scipy.special
assert "autograd_lite.rules.special" not in sys.modules
np.sin(al.Tensor(1.0))
assert "autograd_lite.rules.special" not in sys.modules
assert al.grad(scipy.special.erf)(0.0) == 2 / np.sqrt(np.pi)
"""
    )


@pytest.mark.parametrize("name, args", [("betainc", (2, 3)), ("gammasgn", ()), ("xlogy", (2.0,))])
def test_any_function_may_be_the_first(name, args):
    run(
        f"""
import autograd_lite as al, scipy.special as sp
y = sp.{name}(*{args}, al.Tensor(0.5))
assert getattr(y, "data", y) == sp.{name}(*{args}, 0.5)
"""
    )


def test_a_rule_of_a_user_prevails():
    run(
        """
import autograd_lite as al, scipy.special as sp
al.rule(sp.erf, x=lambda g: 3 * g)
assert al.grad(sp.expit)(0.0) == 0.25 and al.grad(sp.erf)(0.0) == 3
"""
    )


def test_a_function_without_rules_may_be_the_first():
    run(
        """
import autograd_lite as al, scipy.special as sp
for _ in range(2):
    try:
        sp.itairy(al.Tensor(1.0))
    except TypeError as error:
        assert "itairy" in str(error)
    else:
        raise AssertionError
"""
    )


def test_without_scipy():
    run(
        """
import sys
sys.modules["scipy"] = None
from autograd_lite import special
special.softmax([1.0])
for call in (lambda: special.polygamma(1, 2.0), lambda: special.multigammaln(2.0, 2)):
    try:
        call()
    except ImportError as error:
        assert "pip install autograd_lite[scipy]" in str(error)
    else:
        raise AssertionError
"""
    )


# ---- the functions of autograd_lite.special ----

SLICES = [None, 0, 1, -1, (0, 1)]


def numbers(rng, dtype):
    x = rng.normal(size=(3, 4)) * rng.choice([0.1, 1, 30, 1000])
    x[rng.random(x.shape) < 0.2] = -INF
    x[:, 0] = x[0] = rng.normal(size=4)[0]  # no slice is empty of numbers
    return x.astype(dtype)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("axis", SLICES, ids=str)
def test_values_are_those_of_scipy(axis, dtype, rng):
    for _ in range(50):
        x = numbers(rng, dtype)
        b = rng.uniform(0.1, 2, (1, 4)).astype(dtype)
        for ours, theirs in [
            (special.softmax(x, axis=axis), sp.softmax(x, axis=axis)),
            (special.log_softmax(x, axis=axis), sp.log_softmax(x, axis=axis)),
            (special.logsumexp(x, axis=axis), sp.logsumexp(x, axis=axis)),
            (special.logsumexp(x, axis, b, True), sp.logsumexp(x, axis, b, True)),
        ]:
            assert (type(ours), ours.shape, ours.dtype) == (type(theirs), theirs.shape, dtype)
            np.testing.assert_array_max_ulp(ours, theirs, 2, dtype)
        b = rng.normal(size=(3, 4)).astype(dtype)
        ours = special.logsumexp(x, axis=axis, b=b, return_sign=True)
        theirs = sp.logsumexp(x, axis=axis, b=b, return_sign=True)
        np.testing.assert_array_max_ulp(ours[0], theirs[0], 2, dtype)
        np.testing.assert_array_equal(ours[1], theirs[1])


@pytest.mark.parametrize(
    "a, options",
    [
        ([-INF, -INF], {}),
        ([-INF, -INF], {"return_sign": True}),
        ([INF, 1.0], {}),
        ([0.0, -40.0], {}),
        ([1.0, 1.0], {"b": [1, -1], "return_sign": True}),
        ([1.0, 2.0], {"b": [1, -1]}),
        ([1.0, 2.0], {"b": [0, 0]}),
        ([1.0, 2.0, 2.0], {"b": [3, 1, -1]}),
        ([INF, 2.0], {"b": [0, 1]}),
        ([], {}),
        (np.zeros((2, 0)), {"axis": 1}),
        ([1, 2], {}),
        (2, {}),
        ([1 + 2j, 0.3j], {}),
    ],
)
def test_logsumexp_at_its_edges(a, options):
    np.testing.assert_array_equal(special.logsumexp(a, **options), sp.logsumexp(a, **options))


@pytest.mark.parametrize("function", [special.softmax, special.log_softmax])
def test_nothing_to_sum(function):
    with pytest.raises(ValueError, match="zero-size"):
        function([])
    assert function(np.zeros((2, 0)), axis=0).shape == (2, 0)
    with pytest.warns(RuntimeWarning, match="invalid"):  # as in SciPy
        assert np.isnan(function([-INF, -INF])).all()


@pytest.mark.parametrize("axis", SLICES, ids=str)
def test_derivatives_along_axes(axis, rng):
    x = rng.normal(size=(3, 4))
    b = rng.uniform(-1, 2, (3, 1))
    for f in (special.softmax, special.log_softmax, special.logsumexp):
        check_derivatives(lambda x, f=f: f(x, axis=axis), [x], order=3)
    f = lambda a, b: special.logsumexp(a, axis, b, True, return_sign=True)[0]
    check_derivatives(f, [x, b], order=3, step=False)
    check_derivatives(f, [x[:1, :1], b + 2 * np.eye(3, 4)], order=2, step=False)


def test_derivatives_with_infinite_elements():
    """An element -∞ has no share in the derivatives; nor has a slice of nothing else."""
    x = np.array([[1.0, -INF, 2.0], [-INF, -INF, -INF]])
    p = sp.softmax(x[0])
    total = lambda x: special.logsumexp(x, axis=1)
    np.testing.assert_allclose(al.vjp(total, x)[1](np.ones(2))[0], [p, [0, 0, 0]], rtol=1e-15)
    curvature = al.hessian(lambda x: np.sum(total(np.stack([x, -INF * np.ones(3)]))))(x[0])
    np.testing.assert_allclose(curvature, np.diag(p) - np.outer(p, p), atol=1e-15)
    jacobian = al.jacobian(special.softmax)(x[0])
    np.testing.assert_allclose(jacobian, np.diag(p) - np.outer(p, p), atol=1e-15)
    jacobian = al.jacobian(special.log_softmax)(x[0])
    np.testing.assert_allclose(jacobian, np.eye(3) - p, atol=1e-15)


def test_the_sign_of_a_sum_is_constant():
    a, b = np.array([1.0, 2.0]), np.array([1.0, -1.0])
    y, sign = special.logsumexp(al.Tensor(a), b=b, return_sign=True)
    assert type(y) is al.Tensor and sign == -1 and type(sign) is np.float64
    y = special.logsumexp(al.Tensor(a), b=b)
    assert np.isnan(y.data)
    with pytest.raises(TypeError, match="real"):
        special.logsumexp(a + 1j, b=b)


def test_polygamma():
    n, x = np.array([[0], [1], [4]]), np.array([0.3, 2.5, -0.5])
    np.testing.assert_allclose(special.polygamma(n, x), sp.polygamma(n, x), rtol=1e-14)
    check_derivatives(lambda x: special.polygamma(n, x), [x], order=2, step=False)
    check_derivatives(lambda x: special.polygamma(2, x), [x + 0j], order=2, step=False)
    for k in range(4):
        z = np.array([0.3, 2.5, 40.0]) + 1e-300j
        np.testing.assert_allclose(
            special.polygamma(k, z).real, sp.polygamma(k, z.real), rtol=1e-14
        )
    assert special.polygamma(1, np.float32([0.5])).dtype == np.float32


def test_polygamma_of_complex_numbers_is_traced():
    """The further left a number lies, the more terms are summed; a program knows how many."""
    z = np.array([1.3 + 0.2j, -2.5 + 0.1j])
    program = al.trace(lambda z: special.polygamma(1, z), z)
    assert program(z + 0.1).tobytes() == special.polygamma(1, z + 0.1).tobytes()
    with pytest.raises(ValueError, match="trace it again"):
        program(z - 3)


def test_multigammaln():
    a = np.array([1.6, 3.0])
    for d in (1, 2, 4.0):
        up = a + d / 2
        np.testing.assert_allclose(special.multigammaln(up, d), sp.multigammaln(up, int(d)))
        check_derivatives(lambda a, d=d: special.multigammaln(a, d), [up], order=3, step=False)
    assert special.multigammaln(3, 2) == pytest.approx(sp.multigammaln(3, 2))
    assert special.multigammaln(np.float32([3]), 2).dtype == np.float32
    with pytest.raises(ValueError, match=r"above 0\.5"):
        special.multigammaln(al.Tensor(0.5), 2)
    for d in (0, 1.5, [2]):
        with pytest.raises(ValueError, match="positive integer"):
            special.multigammaln(5.0, d)


def test_sinc():
    assert special.sinc is np.sinc


# ---- other engines ----

SHARED = {
    "digamma": "positive",
    "entr": "positive",
    "erf": "real",
    "erfc": "real",
    "erfinv": "unit",
    "expit": "real",
    "gammaln": "positive",
    "i0": "real",
    "i1": "real",
    "log_ndtr": "real",
    "logit": "unit",
    "log_softmax": "real",
    "logsumexp": "real",
    "ndtr": "real",
    "ndtri": "unit",
    "softmax": "real",
}
POINTS = {"real": [-1.7, 0.4, 2.0], "positive": [0.2, 1.4, 3.0], "unit": [0.2, 0.4, 0.9]}


def weighted(f, weights, total=np.sum):
    return lambda x: total(weights * f(x))


@pytest.mark.parametrize("name", SHARED)
def test_as_torch(name):
    torch = pytest.importorskip("torch")
    x, c = np.array(POINTS[SHARED[name]]), np.array([1.0, -2.0, 0.5])
    axis = {"dim": 0} if "soft" in name or "sum" in name else {}
    t = torch.tensor(x, requires_grad=True)
    weighted(lambda t: getattr(torch.special, name)(t, **axis), torch.tensor(c), torch.sum)(
        t
    ).backward()
    f = getattr(special, name) if axis else getattr(sp, name)
    np.testing.assert_allclose(al.grad(weighted(f, c))(x), t.grad.numpy(), rtol=1e-8)


@pytest.mark.parametrize("name", SHARED)
def test_as_jax(name):
    jax = pytest.importorskip("jax")
    x, c = np.array(POINTS[SHARED[name]]), np.array([1.0, -2.0, 0.5])
    theirs = getattr(jax.nn if "soft" in name else jax.scipy.special, name)
    ours = getattr(special, name) if "soft" in name or "sum" in name else getattr(sp, name)
    expected = jax.grad(weighted(theirs, c, jax.numpy.sum))(jax.numpy.asarray(x))  # in float32
    np.testing.assert_allclose(al.grad(weighted(ours, c))(x), expected, rtol=2e-4)
