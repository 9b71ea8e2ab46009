"""A browser without a screen for the tests, where there is one."""

import shutil
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def chromium():
    """Where Chromium is, or None."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def browsing():
    """Chromium, driven by playwright; without either of them the test is skipped."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if chromium() is None:
        pytest.skip("there is no Chromium on the path")
    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
    with driver.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium(), args=flags)
        yield browser
        browser.close()


@contextmanager
def tabs(browser):
    """``open_tab(path)`` opens a page; there must be no errors, and nothing else may be loaded.

    ``scheme`` is what the system likes, light or dark; None leaves that to the page.
    """
    contexts, faults = [], []

    def open_tab(path, size=(1280, 800), scheme="light"):
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme or "null",
            offline=True,
            reduced_motion="reduce",
        )
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(5000)
        tab.on("console", lambda message: faults.append(message.text))
        tab.on("pageerror", lambda error: faults.append(str(error)))
        known = (f"file://{path}", "about:srcdoc")
        tab.on("request", lambda r: faults.append(r.url) if r.url not in known else None)
        tab.goto(f"file://{path}")
        return tab

    yield open_tab
    for context in contexts:
        context.close()
    assert not faults
