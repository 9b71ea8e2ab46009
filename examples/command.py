"""What the command lines of the examples share."""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import nn


def positive(text):
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a positive whole number")
    return int(text)


def parser(name, doc):
    """A parser with what every example takes; the first line of ``doc`` says what it does."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a console of Windows may have no ∇
    new = argparse.ArgumentParser(f"python -m examples.{name}", description=doc.split("\n")[0])
    new.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    new.add_argument("--out", type=Path, default=Path("out"), help="folder for the pictures")
    return new


def add_data(parser):
    text = "folder with the four MNIST files (else AUTOGRAD_LITE_DATA, else they are fetched)"
    parser.add_argument("--data", type=Path, help=text)


def parse(parser, arguments):
    """The options, the folder made and matplotlib ready to draw into files."""
    options = parser.parse_args(arguments)
    if options.seed < 0:
        parser.error(f"--seed {options.seed}: a seed is not negative")
    try:
        import matplotlib

        matplotlib.use("agg")
        options.out.mkdir(parents=True, exist_ok=True)
    except ModuleNotFoundError:
        parser.error("the pictures need matplotlib: pip install 'autograd_lite[plot]'")
    except OSError as error:
        parser.error(f"--out {options.out}: {error.strerror}")
    return options


def mnist(parser, options):
    try:
        return nn.mnist(options.data)
    except (OSError, ValueError, ModuleNotFoundError) as error:
        parser.error(str(error))


def save(figure, path):
    import matplotlib.pyplot as plt

    figure.savefig(path, dpi=150)
    plt.close(figure)
    print(f"wrote {path}")
