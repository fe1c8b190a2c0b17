"""Starts the studio: Streamlit on loopback, in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

from mixtura.exceptions import InvalidParameterError, import_extra

__all__ = ["LARGEST_UPLOAD", "command", "serve"]

LARGEST_UPLOAD = 20
"""Megabytes that a file may have."""

_HOST = "127.0.0.1"
_SETTINGS = {
    "server.address": _HOST,
    "server.fileWatcherType": "none",
    "server.maxUploadSize": LARGEST_UPLOAD,
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "type",
    "theme.base": "light",
    "theme.primaryColor": "#0072B2",
    "theme.backgroundColor": "#FFFFFF",
    "theme.secondaryBackgroundColor": "#F4F6F8",
    "theme.textColor": "#1B2430",
    "theme.linkColor": "#005B8F",
    "theme.baseRadius": "0.6rem",
    "theme.font": "'Inter', 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', "
    "system-ui, sans-serif",
}


def serve(port: int | None = None, *, browser: bool = True) -> int:
    """Serve the studio until Ctrl-C.

    Parameters
    ----------
    port : int, optional
        A free port from 1 to 65535; the first free one from 8501 on, if not given.
    browser : bool, default=True
        Whether to open a browser.

    Returns
    -------
    status : int
        Exit status of the server, 0 after Ctrl-C.

    Raises
    ------
    InvalidParameterError
        If the port is taken or there is none of that number.
    MissingExtraError
        If Streamlit is not installed.
    """
    import_extra("streamlit", extra="studio", purpose="the studio")
    # A fit in a page shares the machine with the browser that shows it.
    environment = {"OMP_NUM_THREADS": "2", **os.environ}
    try:
        return subprocess.call(command(_free(port), browser), env=environment)
    except KeyboardInterrupt:
        return 0


def command(port: int, browser: bool) -> list[str]:
    """The command line that starts Streamlit."""
    settings = {**_SETTINGS, "server.port": port, "server.headless": str(not browser).lower()}
    app = Path(__file__).with_name("app.py")
    flags = [f"--{name}={value}" for name, value in settings.items()]
    return [sys.executable, "-m", "mixtura.studio.ready", "run", str(app), *flags]


def _free(port: int | None) -> int:
    if port is None:
        return next((each for each in range(8501, 8600) if _is_free(each)), 8501)
    if not 1 <= port <= 65535 or not _is_free(port):
        raise InvalidParameterError(
            f"`port` must be a free port from 1 to 65535, got {port}, which is taken or none; "
            "leave it out to take the first that is free"
        )
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except (OSError, OverflowError):
            return False
    return True
