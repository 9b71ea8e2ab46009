"""Every example runs, small, as a user would run it."""

import struct

import numpy as np
import pytest

from examples import netbp


def png_size(path):
    head = path.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    return struct.unpack(">II", head[16:24])


def test_netbp(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    assert netbp.main(["--steps", "300", "--seed", "1", "--out", str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert "300 steps" in said and "of 10 points classified" in said
    for name in ("cost", "decision"):
        width, height = png_size(tmp_path / "new" / f"netbp-{name}.png")
        assert width > 600 and height > 500


def test_netbp_is_seeded():
    p, first = netbp.train(200, seed=3, progress=False)
    q, second = netbp.train(200, seed=3, progress=False)
    assert first.losses == second.losses
    assert all(np.array_equal(a, b) for a, b in zip(p, q))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--steps", "ten"], "'ten' is not a positive whole number"),
        (["--steps", "0"], "'0' is not a positive whole number"),
        (["--seed", "-1"], "a seed is not negative"),
        (["--out", "/dev/null/x"], "--out /dev/null/x"),
        (["--speed", "3"], "unrecognized arguments: --speed"),
    ],
)
def test_netbp_explains_wrong_options(arguments, message, capsys):
    with pytest.raises(SystemExit) as stop:
        netbp.main(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err
