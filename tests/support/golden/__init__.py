"""Golden files: texts that were looked at once, and stay as they are until somebody looks again."""

from pathlib import Path

FOLDER = Path(__file__).parent


def check_golden(path, text, *, overwrite):
    """Raise AssertionError unless the file at ``path``, in this folder or elsewhere, is ``text``.

    With ``overwrite`` it becomes so.
    """
    path = FOLDER / path
    if overwrite:
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"no golden file {path.name}: look at the text, then pytest --overwrite"
    assert text == path.read_text(encoding="utf-8")
