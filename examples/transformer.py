"""A small transformer learns two poems, character by character, and writes on.

The poems are Lewis Carroll's Jabberwocky and The Walrus and the Carpenter (1871, in the public
domain).  The network sees the characters before, by causal attention, and gives the probabilities
of the next one.  Its loss is held against that of counting which character follows each n before.
After 1,500 steps it is below 0.2 nats for a character, where counting by three has 0.68.  Writes
the curves, and a text that was sampled.  (Vaswani et al. 2017; Radford et al. 2018)
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import nn
from examples import command

POEMS = Path(__file__).with_name("carroll.txt")
TIME, SIZE, HEADS, BLOCKS = 48, 64, 4, 2
BATCH, STEPS = 16, 1500
LONGEST = 3  # characters before the next, that are counted


@dataclass
class Block:
    """x + attention, then x + two layers, each of what is normalised."""

    before: nn.LayerNorm
    attention: nn.MultiHeadAttention
    between: nn.LayerNorm
    layers: nn.Sequential

    def __call__(self, x):
        x = x + self.attention(self.before(x))
        return x + self.layers(self.between(x))


def block(rng, dtype):
    hidden = 4 * SIZE
    return Block(
        nn.LayerNorm(SIZE, dtype=dtype),
        nn.MultiHeadAttention(SIZE, HEADS, causal=True, rng=rng, dtype=dtype),
        nn.LayerNorm(SIZE, dtype=dtype),
        nn.MLP([SIZE, hidden, SIZE], rng=rng, dtype=dtype),
    )


def network(rng, characters, dtype=np.float32):
    return nn.Sequential(
        nn.Embedding(characters, SIZE, rng=rng, dtype=dtype),
        nn.PositionalEmbedding(TIME, SIZE, rng=rng, dtype=dtype),
        *(block(rng, dtype) for _ in range(BLOCKS)),
        nn.LayerNorm(SIZE, dtype=dtype),
        nn.Linear(SIZE, characters, weight=nn.normal(0.02), rng=rng, dtype=dtype),
    )


def encoded(text):
    """The alphabet of a text, and the text as places in it."""
    alphabet, ids = np.unique([*text], return_inverse=True)
    return alphabet, ids


def stream(ids, rng):
    """Pieces of the text from anywhere, and the same one character later."""
    while True:
        begin = rng.integers(len(ids) - TIME, size=BATCH)
        pieces = ids[begin[:, None] + np.arange(TIME + 1)]
        yield pieces[:, :-1], pieces[:, 1:]


def loss(net, x, y):
    """In nats for a character."""
    logits = net(x)
    return nn.cross_entropy(logits.reshape(-1, logits.shape[-1]), y.reshape(-1))


def train(seed, steps=STEPS, progress=True):
    """The network, its history and the alphabet."""
    rng = np.random.default_rng(seed)
    alphabet, ids = encoded(POEMS.read_text(encoding="utf-8"))
    begin = np.arange(0, len(ids) - TIME, TIME)[:, None] + np.arange(TIME)
    all_pieces = ids[begin], ids[begin + 1]
    net, history = nn.fit(
        network(rng, len(alphabet)),
        loss,
        stream(ids, rng),
        nn.Clipped(nn.Adam(nn.warmup(nn.cosine_decay(3e-3, steps), max(1, steps // 20))), 1.0),
        steps=steps,
        every=max(1, steps // 30),
        validate=lambda net: {"all of the text": loss(net, *all_pieces)},
        compile=True,  # which changes no bit
        progress=progress,
    )
    return net, history, alphabet


def written(net, alphabet, rng, begin="The ", length=400, temperature=0.5):
    """What the network writes on: each character is drawn by its probability, sharpened."""
    ids = [int(i) for i in np.searchsorted(alphabet, [*begin])]
    while len(ids) < length:
        logits = net(np.array([ids[-TIME:]]))[0, -1].astype(float)
        ids.append(int(rng.choice(len(alphabet), p=nn.softmax(logits / temperature))))
    return "".join(alphabet[ids])


def counted(ids, n):
    """The entropy of a character, given the ``n`` before, as counted in this text itself."""
    pieces = np.lib.stride_tricks.sliding_window_view(ids, n + 1)
    entropy = lambda rows: _entropy(np.unique(rows, axis=0, return_counts=True)[1])
    return entropy(pieces) - (entropy(pieces[:, :-1]) if n else 0.0)


def _entropy(counts):
    p = counts / counts.sum()
    return float(-np.sum(p * np.log(p)))


def outcome(seed=0, steps=STEPS):
    _, history, _ = train(seed, steps, progress=False)
    return {"loss": history.series("all of the text")[-1]}


def picture(history, ids):
    figure, axes = nn.plots.figure((6, 4))
    nn.plots.history(history, axes)
    for n in range(LONGEST + 1):
        axes.axhline(counted(ids, n), color="0.5", ls="--", lw=1)
        axes.text(history.steps[-1], counted(ids, n), f"{n} counted", va="bottom", ha="right")
    axes.set(ylabel="nats for a character", title="A transformer learns two poems")
    return figure


def main(arguments=None):
    parser = command.parser("transformer", __doc__)
    parser.add_argument("--steps", type=command.positive, default=STEPS, help="default: 1500")
    options = command.parse(parser, arguments)
    net, history, alphabet = train(options.seed, options.steps)
    ids = encoded(POEMS.read_text(encoding="utf-8"))[1]
    print(f"{len(ids):,} characters, {len(alphabet)} of them different")
    print(nn.summary(net))
    known = ", ".join(f"{counted(ids, n):.2f}" for n in range(LONGEST + 1))
    print(f"{history.series('all of the text')[-1]:.3f} nats for a character; counted: {known}")
    text = written(net, alphabet, np.random.default_rng(options.seed))
    (options.out / "transformer.txt").write_text(text, encoding="utf-8")
    print(f"\n{text}\n")
    command.save(picture(history, ids), options.out / "transformer.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
