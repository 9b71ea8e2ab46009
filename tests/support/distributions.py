"""Shapes of every continuous distribution that has some."""

SHAPES = {
    "lognorm": (0.7,),
    "gamma": (2.5,),
    "chi2": (3.0,),
    "beta": (1.6, 2.4),
    "t": (3.3,),
    "f": (3.2, 5.1),
    "invgamma": (2.6,),
    "pareto": (2.7,),
    "weibull_min": (1.8,),
    "gennorm": (1.4,),
    "skewnorm": (1.3,),
    "vonmises": (1.2,),
    "invgauss": (0.8,),
    "truncnorm": (-1.3, 2.1),
    "loguniform": (0.4, 3.2),
    "triang": (0.3,),
    "wrapcauchy": (0.4,),
}
