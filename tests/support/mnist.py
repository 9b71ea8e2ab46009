"""The files of MNIST: where they may lie, and how files of their format are written."""

import struct
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "mnist"
NEEDED = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the MNIST files are not in {FOLDER}")
CODES = {"u1": 8, "i1": 9, "i2": 11, "i4": 12, "f4": 13, "f8": 14}


def idx(array):
    """The bytes of an IDX file, from the description of the format."""
    array = np.asarray(array)
    head = struct.pack(">HBB", 0, CODES[array.dtype.str[1:]], array.ndim)
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return head + sizes + array.astype(array.dtype.newbyteorder(">")).tobytes()
