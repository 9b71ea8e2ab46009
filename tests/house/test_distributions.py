"""Sdist and wheel as others get them; `make full` builds both, `make dist` names the built ones.

Nothing here reads the working tree: what is tested is unpacked, or installed, elsewhere.
"""

import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.effort import PROFILE
from tests.support.sources import ROOT, read

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROFILE != "full", reason="builds and installs: HYPOTHESIS_PROFILE=full"),
]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(*command, cwd, **environment):
    """The output of a command that succeeds; what pytest says to its workers is not handed on."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHONPATH"))}
    done = subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env={**kept, "PYTHONUTF8": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sdist and the wheel."""
    if "DIST" in os.environ:
        folder = ROOT / os.environ["DIST"]
    else:
        pytest.importorskip("build")
        folder = tmp_path_factory.mktemp("dist")
        run(sys.executable, "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


@pytest.fixture
def unpacked(built, tmp_path):
    with tarfile.open(built[0]) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    return folder


def test_the_sdist_has_what_it_needs_and_no_leftovers(unpacked):
    assert {path.name for path in unpacked.iterdir()} == {
        *("autograd_lite", "nn", "tests", "docs", "examples", "benchmarks"),
        *("CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "README.md"),
        *("Makefile", "mkdocs.yml", "pyproject.toml", "PKG-INFO", ".gitignore"),
    }
    made = re.compile(r"__pycache__|\.py[co]$|\.\w+_cache\b|\.hypothesis|/out/|\.egg-info")
    names = [path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*")]
    assert [name for name in names if made.search(name)] == []


def test_the_wheel_has_the_packages_alone(built):
    names = zipfile.ZipFile(built[1]).namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"autograd_lite", "nn"}
    assert {"autograd_lite/py.typed", "nn/py.typed"} <= {*names}
    for package in ("autograd_lite", "nn"):
        there = {path.relative_to(ROOT).as_posix() for path in (ROOT / package).rglob("*.*")}
        assert {name for name in there if "__pycache__" not in name} <= {*names}


def test_the_wheel_runs_what_the_first_pages_show(built, tmp_path):
    """In a new environment, with what is installed with it and nothing else."""
    venv.create(tmp_path / "new", with_pip=True)
    python = tmp_path / "new" / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "install", "--quiet", built[1], cwd=tmp_path)
    listed = run(python, "-m", "pip", "list", "--format=freeze", cwd=tmp_path)
    names = {line.partition("==")[0].lower() for line in listed.splitlines() if "==" in line}
    assert names - {"pip", "setuptools"} == {"autograd_lite", "numpy", "graphviz"}
    for page in ("README.md", "docs/tutorial/tour.md"):
        script = tmp_path / f"{Path(page).stem}.py"
        script.write_text("\n".join(BLOCK.findall(read(ROOT / page))), encoding="utf-8")
        printed = run(python, script, cwd=tmp_path)
        assert "gradient of W" in printed


def test_the_quick_tests_pass_from_the_sdist(unpacked):
    code = "import autograd_lite; print(autograd_lite.__file__)"
    assert run(sys.executable, "-c", code, cwd=unpacked).startswith(str(unpacked))
    quick = ("-q", "-n", "auto", "-m", "not slow", "-p", "no:cacheprovider")
    said = run(sys.executable, "-m", "pytest", *quick, cwd=unpacked, HYPOTHESIS_PROFILE="quick")
    assert " passed" in said.splitlines()[-1]
