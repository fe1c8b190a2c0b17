"""Photographs the studio for the documentation: ``python -m docs.screens``, with Chromium."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from mixtura.studio.server import command

__all__ = ["SHOTS", "photograph"]

HERE = Path(__file__).parent
_PORT = 8731
_PATIENCE = 120_000  # milliseconds
_BUSY = ".stApp:not([data-test-script-state=notRunning]), [data-testid=stSkeleton], .stSkeleton"


class Shot(NamedTuple):
    """A picture: its file, the page, the size of the window, and what is clicked before."""

    name: str
    path: str
    size: tuple[int, int] = (1280, 860)
    clicks: tuple[str, ...] = ()
    shown: str = "[role=status]"


SHOTS = (
    Shot("studio-playground", "?lang=en&data=three-crowds&k=3"),
    Shot("studio-stepper", "stepper?lang=zh-Hans", clicks=("E 步", "M 步", "E 步", "M 步", "E 步")),
    Shot("studio-selection", "selection?lang=zh-Hant"),
    Shot("studio-compare", "compare?lang=en"),
    Shot("studio-course", "course?lang=zh-Hans", (1280, 1270), shown=".stMain img"),
    Shot("studio-telephone", "?lang=zh-Hant&data=cross", (390, 844)),
)


def photograph(folder: Path) -> None:
    """Serve the studio, and put every picture into `folder`."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "MIXTURA_PROGRESS": str(Path(home) / "progress.sqlite")}
        server = subprocess.Popen(command(_PORT, browser=False), env=environment)
        try:
            _wait()
            with sync_playwright() as playwright:
                path = shutil.which("chromium")
                browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
                for shot in SHOTS:
                    _take(browser, shot, folder / f"{shot.name}.png")
        finally:
            server.terminate()
            server.wait()


def _wait() -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{_PORT}/_stcore/health").close()
            return
        except OSError:
            time.sleep(0.25)


def _take(browser: Browser, shot: Shot, path: Path) -> None:
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(_PATIENCE)
    page.goto(f"http://127.0.0.1:{_PORT}/{shot.path}")
    page.locator(shot.shown).first.wait_for()
    page.wait_for_timeout(3000)
    page.wait_for_function("busy => !document.querySelector(busy)", arg=_BUSY)
    page.wait_for_timeout(5000)
    for name in shot.clicks:
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_timeout(400)
    _keep(page, path)
    context.close()


def _keep(page: Page, path: Path) -> None:
    """Small: two thirds of the size, and 256 colours."""
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    if picture.width > 600:
        picture = picture.resize((picture.width * 2 // 3, picture.height * 2 // 3), Image.LANCZOS)
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    photograph(HERE / "pictures")
