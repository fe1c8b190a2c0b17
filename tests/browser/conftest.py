"""The studio served on a free port, and Debian's Chromium to look at it with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request

import pytest
from playwright.sync_api import expect, sync_playwright

from mixtura.studio.server import command

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 60_000  # milliseconds, for machines that are busy with something else


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """Where the studio is served while the tests run."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    progress = tmp_path_factory.mktemp("studio") / "progress.sqlite"
    environment = {**os.environ, "MIXTURA_PROGRESS": str(progress)}
    server = subprocess.Popen(
        command(port, browser=False),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(url):
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.25)
    raise AssertionError("the studio does not start")


@pytest.fixture(scope="session")
def browser():
    path = shutil.which("chromium")
    assert path, "chromium is missing; type: sudo apt install chromium fonts-noto-cjk"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def visit(address, browser):
    """Open a page in a browser of its own; what it asked of others and its errors are kept.

    `page.rest()` waits until it is drawn whole.
    """
    contexts = []

    def visit(path, width=1280, height=900, **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.outside, page.errors = [], []
        page.on("request", lambda request: _note_outside(page, request.url, address))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.rest = lambda: _rest(page)
        page.goto(path if path.startswith("http") else f"{address}/{path}")
        expect(page.locator("h1")).to_be_visible()
        return page

    yield visit
    for context in contexts:
        context.close()


def _note_outside(page, url, address):
    own = (address, address.replace("http", "ws"), "data:", "blob:")
    if not url.startswith(own):
        page.outside.append(url)


def _rest(page):
    """Wait until nothing runs, nothing is faded and nothing is still to come, for a while."""
    page.wait_for_function(
        """() => {
            const busy = [
                ".stApp:not([data-test-script-state=notRunning])", "[data-testid=stStatusWidget]",
                "[data-stale=true]", "[data-testid=stSkeleton]", ".stSkeleton", ".stSpinner",
            ];
            if (document.querySelector(busy.join())) window.restedSince = null;
            else window.restedSince ??= performance.now();
            return window.restedSince && performance.now() - window.restedSince > 1000;
        }"""
    )
    page.evaluate("window.restedSince = null")
