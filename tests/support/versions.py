"""The quick tests on every Python that is on the path, with its newest packages, and the oldest.

`make versions` runs this.  The oldest are the lower bounds of pyproject.toml, on the oldest Python
that it allows.  Each has an environment of its own below the folder that is named.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TESTS = ["-m", "pytest", "-q", "-n", "auto", "-m", "not slow", "-p", "no:cacheprovider"]
#: Old packages call what newer ones, which they brought along, have deprecated since.
OLD = ["-W", "ignore::DeprecationWarning"]
BOUND = re.compile(r"([\w-]+)(?:\[.*?\])?>=([\d.]+)")


COUNT = re.compile(r"(\d+) (passed|failed|error|skipped)")
#: What the table shows of each environment.
COLUMNS = ("Python", "packages", "NumPy", "SciPy", "passed", "skipped", "failed")


class Environment(NamedTuple):
    """A Python, and whether its packages are the oldest or the newest."""

    python: str
    version: str
    age: str

    def __str__(self):
        return f"Python {self.version}, {self.age} packages"


def answer(python, code):
    """What a Python prints, or nothing where it does not run."""
    try:
        asked = subprocess.run([python, "-c", code], capture_output=True, encoding="utf-8")
    except OSError:
        return ""
    return asked.stdout.strip() if asked.returncode == 0 else ""


def pythons():
    """The Pythons on the path that may be used, the oldest first: (version, command)."""
    oldest = int(PROJECT["requires-python"].removeprefix(">=3."))
    for minor in range(oldest, oldest + 20):
        for folder in os.get_exec_path():
            found = shutil.which(f"python3.{minor}", path=folder)
            version = found and answer(found, "import platform; print(platform.python_version())")
            if version:
                yield version, found
                break


def bounds():
    """The lower bounds of what users and tests install, as `name==version`."""
    extras = PROJECT["optional-dependencies"]
    chosen = [lines for name, lines in extras.items() if name not in ("dev", "bench")]
    lines = dict.fromkeys(sum(chosen, PROJECT["dependencies"]))
    return ["==".join(found.groups()) for found in map(BOUND.match, lines) if found]


def environments():
    """The oldest packages on the oldest Python, then the newest on each."""
    there = [*pythons()]
    return [
        *(Environment(python, version, "oldest") for version, python in there[:1]),
        *(Environment(python, version, "newest") for version, python in there),
    ]


def made(environment, folder):
    """The Python of an environment with everything installed, made anew."""
    where = folder / f"{environment.version}-{environment.age}"
    subprocess.run([environment.python, "-m", "venv", "--clear", where], check=True)
    python = where / ("Scripts" if os.name == "nt" else "bin") / "python"
    wanted = ["--editable", f"{ROOT}[test]"]
    if environment.age == "oldest":
        constraints = where / "oldest.txt"
        constraints.write_text("\n".join(bounds()), encoding="utf-8")
        wanted += ["--constraint", constraints]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    return python


def tested(python, environment, tests):
    """How many tests passed, were skipped and failed; what pytest prints is printed."""
    quick = {**os.environ, "HYPOTHESIS_PROFILE": "quick", "PYTHONUNBUFFERED": "1"}
    command = [python, *TESTS, *(OLD if environment.age == "oldest" else []), *tests]
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
    line = ""
    with subprocess.Popen(command, cwd=ROOT, env=quick, **output) as run:
        for line in run.stdout:
            print(line, end="", flush=True)
    return counted(line, run.returncode)


def counted(line, status):
    """The numbers in the last line of pytest, which also fails without a test that does."""
    said = {what: int(number) for number, what in COUNT.findall(line)}
    failed = said.get("failed", 0) + said.get("error", 0)
    if status and not failed:
        failed = f"pytest ended with {status}"
    return said.get("passed", 0), said.get("skipped", 0), failed


def row(environment, folder, tests):
    """What the table says of one environment, which is made and tested."""
    print(f"{environment} ...", flush=True)
    try:
        python = made(environment, folder)
    except subprocess.CalledProcessError as error:
        return (environment.version, environment.age, "", "", 0, 0, f"not made: {error}")
    versions = [
        answer(python, f"import {name}; print({name}.__version__)") for name in ("numpy", "scipy")
    ]
    return (environment.version, environment.age, *versions, *tested(python, environment, tests))


def table(rows):
    """Rows below their heads, in columns."""
    lines = [[*map(str, each)] for each in (COLUMNS, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip() for line in lines
    )


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.support.versions", description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / ".venv" / "versions")
    parser.add_argument("tests", nargs="*", help="the quick ones, if none are named")
    options = parser.parse_args(arguments)
    rows = [row(environment, options.folder, options.tests) for environment in environments()]
    print(table(rows))
    return any(each[-1] for each in rows)


if __name__ == "__main__":
    sys.exit(main())
