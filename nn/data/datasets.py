"""MNIST and Fashion-MNIST, from a folder or from the net."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograd_lite.calls import PATH, checked, maybe
from nn.data.idx import read_idx
from nn.display import Shown

#: The environment variable that names a folder with data.
FOLDER = "AUTOGRAD_LITE_DATA"

FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


@dataclass(frozen=True)
class Source:
    """Where a data set can be fetched: mirrors, tried in turn, and the sha256 of each file.

    The set is recognised by its first ten ``labels``, for training and for validation.
    """

    mirrors: tuple[str, ...]
    sha256: tuple[str, ...]
    labels: tuple[tuple[int, ...], tuple[int, ...]]


SOURCES = {
    "mnist": Source(
        mirrors=(
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
        ),
        sha256=(
            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        ),
        labels=((5, 0, 4, 1, 9, 2, 1, 3, 1, 4), (7, 2, 1, 0, 4, 1, 4, 9, 5, 9)),
    ),
    "fashion-mnist": Source(
        mirrors=(
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ),
        sha256=(
            "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
            "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        ),
        labels=((9, 0, 0, 3, 0, 2, 7, 2, 5, 5), (9, 2, 1, 1, 6, 1, 4, 6, 5, 7)),
    ),
}


@checked()
@dataclass(frozen=True, repr=False)
class LabelledImages(Shown):
    """Images with their classes, for training and for validation.  (LI example 6.1)

    ``x`` and ``x_validation`` have shape (samples, height, width): float32 intensities, from 0 for
    black to 1 for white.  ``y`` and ``y_validation`` are uint8 classes of shape (samples,).

    >>> import numpy as np, nn
    >>> x, y = np.zeros((2, 28, 28), np.float32), np.array([5, 0], np.uint8)
    >>> len(nn.LabelledImages(x, y, x, y).x_validation)
    2
    """

    x: Any
    y: Any
    x_validation: Any
    y_validation: Any

    def __repr__(self) -> str:
        return self._table()


@checked(folder=maybe(PATH))
def mnist(folder: str | os.PathLike[str] | None = None) -> LabelledImages:
    """Handwritten digits, 60 000 for training and 10 000 for validation, 28×28.  (LI example 6.1)

    The four original files are read from ``folder`` or its subfolder ``mnist``, by default the
    folder that the environment variable AUTOGRAD_LITE_DATA names.  If that is not set either, they
    are fetched once with pooch (``pip install 'autograd_lite[data]'``).  They are then checked by
    their sha256 and kept in its cache.

    Raises FileNotFoundError for a folder without the files, and OSError if no mirror has the right
    one.  Raises ValueError for a damaged file, and for those of Fashion-MNIST, named alike.

    >>> import nn
    >>> nn.mnist("/no/such/folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    FileNotFoundError: mnist: /no/such/folder has no train-images-idx3-ubyte[.gz]; ...
    """
    return _labelled_images("mnist", folder)


@checked(folder=maybe(PATH))
def fashion_mnist(folder: str | os.PathLike[str] | None = None) -> LabelledImages:
    """Pictures of clothes, in ten classes and in the sizes of MNIST.  (Xiao et al. 2017)

    They come from ``folder``, its subfolder ``fashion-mnist``, or the net: see `mnist`.

    >>> import nn
    >>> nn.fashion_mnist("/no/such/folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    FileNotFoundError: fashion-mnist: /no/such/folder has no train-images-idx3-ubyte[.gz]; ...
    """
    return _labelled_images("fashion-mnist", folder)


def _labelled_images(name: str, folder: str | os.PathLike[str] | None) -> LabelledImages:
    folder = folder or os.environ.get(FOLDER)
    paths = _in_folder(name, Path(folder)) if folder else _fetched(name)
    arrays = [read_idx(path) for path in paths]
    for i in (0, 2):
        images, labels = arrays[i : i + 2]
        if (images.ndim, labels.shape) != (3, images.shape[:1]) or images.dtype != np.uint8:
            raise ValueError(
                f"{name}: {paths[i]} has {images.dtype} of shape {images.shape} and "
                f"{paths[i + 1]} {labels.dtype} of {labels.shape}: these are not images with labels"
            )
        first = tuple(labels[:10].tolist())
        for other, source in SOURCES.items():
            if other != name and first == source.labels[i // 2]:
                raise ValueError(
                    f"{name}: {paths[i + 1]} has the labels of {other}, whose files have the same "
                    f"names; put the files of {name} into a subfolder {name}"
                )
    x, y, x_validation, y_validation = arrays
    white = np.float32(255)
    return LabelledImages(x / white, y, x_validation / white, y_validation)


def _in_folder(name: str, folder: Path) -> list[Path]:
    """The four files in a folder or its subfolder, each with or without ``.gz``."""
    if (folder / name).is_dir():
        folder = folder / name
    paths = []
    for file in FILES:
        found = [p for p in (folder / file, folder / file.removesuffix(".gz")) if p.is_file()]
        if not found:
            raise FileNotFoundError(
                f"{name}: {folder} has no {file.removesuffix('.gz')}[.gz]; name the folder with "
                f"the four files, or none (and unset {FOLDER}) to fetch them"
            )
        paths.append(found[0])
    return paths


def _fetched(name: str, cache: Path | None = None) -> list[Path]:
    """The four files in pooch's cache, fetched if they are not yet there."""
    try:
        import pooch
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            f"{name}: to fetch it needs pooch: pip install 'autograd_lite[data]'; "
            f"or name a folder that has the files, here or in {FOLDER}"
        ) from None
    cache = cache or Path(pooch.os_cache("autograd_lite"))
    source = SOURCES[name]
    return [_fetch(file, sha, source, cache / name) for file, sha in zip(FILES, source.sha256)]


def _fetch(file: str, sha256: str, source: Source, folder: Path) -> Path:
    """One file from the first mirror that has all of it; pooch leaves no partial file behind."""
    import pooch

    download = pooch.HTTPDownloader(timeout=30)
    failures = []
    for mirror in source.mirrors:
        try:
            path = pooch.retrieve(
                mirror + file, f"sha256:{sha256}", fname=file, path=folder, downloader=download
            )
            return Path(path)
        except (OSError, ValueError) as error:  # no answer, cut short, or another checksum
            failures.append(f"{mirror}: {error}")
    raise OSError(
        f"{file} could not be fetched; put it into a folder and name that, here or in {FOLDER}:\n"
        + "\n".join(failures)
    )
