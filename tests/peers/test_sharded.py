"""The recipe of docs/how-to/scaling.md that runs a program's source under JAX, on sharded rows."""

import os
import re
import subprocess
import sys

import pytest

from tests.support.sources import ROOT

PAGE = ROOT / "docs" / "how-to" / "scaling.md"
BLOCKS = re.compile(r"^```(python|py)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

WEIGHTS = """
w = np.linspace(-1.0, 1.0, 5)
"""

CHECK = """
assert jax.device_count() == 2
numbers = al.value_and_grad(loss)(w, X, y)
for ours, theirs in zip(numbers, (value, gradient)):
    np.testing.assert_allclose(np.asarray(theirs), ours, 1e-12, 1e-14)
"""


def test_a_program_runs_on_sharded_rows(tmp_path):
    """In a process of its own, since JAX counts its devices once."""
    pytest.importorskip("jax")
    blocks = BLOCKS.findall(PAGE.read_text(encoding="utf-8"))
    (recipe,) = [i for i, (kind, _) in enumerate(blocks) if kind == "py"]
    problem, before, shown = (blocks[i][1] for i in (0, recipe - 1, recipe))
    script = tmp_path / "script.py"
    script.write_text(problem + WEIGHTS + before + shown + CHECK, encoding="utf-8")
    devices = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2", "JAX_PLATFORMS": "cpu"}
    paths = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, script],
        env=os.environ | devices | paths,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
