"""Models to be saved, and files written by hand."""

import json
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import nn


def net(seed=0, dtype=np.float32, sizes=(3, 4, 2)):
    return nn.MLP(sizes, rng=np.random.default_rng(seed), dtype=dtype)


@dataclass
class Odd:
    """All that a model may be made of."""

    parts: dict[str, Any]
    shift: Any
    nothing: None = None
    name: str = field(default="odd", metadata={"static": True})


def odd(k):
    w = np.arange(12.0).reshape(3, 4) + k
    return Odd({"T": w.T, "list": [w[::2], (nn.relu, w[1, 1])], "one": np.array(k)}, float(k))


def handmade(path, header, data=b""):
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path
