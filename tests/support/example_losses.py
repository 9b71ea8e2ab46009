"""The losses of the examples, with arguments as small as they may be: `CASES`, by name."""

import numpy as np

import nn
from examples import (
    autoencoder,
    convnet,
    custom_rule,
    four_curves,
    mnist,
    netbp,
    newton_hvp,
    optimisers,
    rnn,
    sine,
    sparse_net,
    svm,
    two_classes,
    worked_example,
    xor,
)


def images(rng, n=4):
    return rng.random((n, 1, 28, 28), dtype=np.float32), rng.integers(0, 10, n)


def of_mnist(rng):
    x, y = images(rng)
    return mnist.loss, (nn.MLP([784, 20, 10], rng=rng, dtype=np.float32), mnist.flat(x), y)


def of_convnet(rng):
    return convnet.loss, (convnet.network(rng), *images(rng))


def of_autoencoder(rng):
    return autoencoder.loss, (autoencoder.network(rng, 784), mnist.flat(images(rng)[0]))


def of_rnn(layer):
    def case(rng):
        net = rnn.Reader(layer(2, 5, rng=rng), nn.Linear(5, 1, rng=rng))
        return rnn.loss, (net, *rnn.problems(rng, 3))

    return case


def of_two_classes(rng):
    def loss(net, x, y):
        return nn.binary_cross_entropy(net(x)[:, 0], y.astype(float))

    x, y = two_classes.data(5, rng)
    return loss, (nn.MLP([2, 2, 1], nn.tanh, rng=rng), x, y)


def of_newton_hvp(rng):
    cost, p = newton_hvp.problem(0)
    return cost, (p,)


def of_svm(rng):
    x, y = svm.data(0)
    return lambda m: nn.hinge(m(x)[:, 0], y) + np.sum(m.weight**2), (nn.Linear(2, 1, rng=rng),)


def of_four_curves(rng):
    x, y = four_curves.data(np.sin, 0)
    net = nn.MLP([1, 3, 1], nn.tanh, rng=rng)
    return lambda net: nn.squared_error(net(x[:, None]), y[:, None]), (net,)


CASES = {
    "netbp": lambda rng: (netbp.loss, (netbp.start(rng), *(d[0] for d in netbp.data()))),
    "optimisers": lambda rng: (optimisers.cost, (optimisers.start(0),)),
    "newton_hvp": of_newton_hvp,
    "mnist": of_mnist,
    "convnet": of_convnet,
    "autoencoder": of_autoencoder,
    "rnn": of_rnn(nn.RNN),
    "lstm": of_rnn(nn.LSTM),
    "xor": lambda rng: (xor.loss, (nn.MLP([2, 2, 1], rng=rng),)),
    "sine": lambda rng: (sine.loss, (nn.MLP([1, 10, 1], rng=rng),)),
    "sparse_net": lambda rng: (sparse_net.loss, (sparse_net.start(rng), *sparse_net.data(rng))),
    "custom_rule": lambda rng: (lambda x: np.sum(custom_rule.bump(x)), (rng.normal(size=5),)),
    "svm": of_svm,
    "two_classes": of_two_classes,
    "four_curves": of_four_curves,
    "worked_example": lambda rng: (
        lambda zeros: nn.binary_cross_entropy(worked_example.signals(zeros)[1], worked_example.Y),
        ([np.zeros(3), np.zeros(1)],),
    ),
}
