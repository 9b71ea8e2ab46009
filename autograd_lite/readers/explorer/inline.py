"""The page as a notebook shows it: in a frame that nothing leaves and nothing enters."""

from __future__ import annotations

from html import escape

from autograd_lite.display import notebook


class Page(str):
    """The text of a page; a notebook shows the page itself.

    The frame is sandboxed: its scripts run, but see nothing of the notebook, nor does its style
    touch that.  It is dark where the notebook is.
    """

    name = "program"

    def __repr__(self) -> str:
        size = len(self.encode()) / 1000
        return f"<a page of {size:.0f} kB that plays {self.name}; explorer('page.html') writes it>"

    @notebook
    def _repr_html_(self) -> str:
        title = escape(f"{self.name}, step by step")
        height = "height: 660px; min-height: 300px; resize: vertical"
        return (
            f'<iframe title="{title}" sandbox="allow-scripts" style="{height}" '
            f'srcdoc="{escape(self)}"></iframe>'
        )


def page_of(name: str, text: str) -> Page:
    """The text as a page that plays the program of this name."""
    page = Page(text)
    page.name = name
    return page
