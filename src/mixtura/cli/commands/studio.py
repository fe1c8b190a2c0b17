"""``mixtura studio``: see and play with mixtures in a browser."""

from __future__ import annotations

import sys

import click

from mixtura.cli.options import debugging

__all__ = ["command"]


@click.command("studio")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port on this machine; the first free one."
)
@click.option("--no-browser", is_flag=True, help="Print the address, and open no browser.")
@debugging
def command(port: int | None, no_browser: bool) -> None:
    """Open the studio: pictures to play with, and a course.

    It is served to this machine alone, and nothing is sent anywhere. Ctrl-C ends it.

    \b
    Examples:
      mixtura studio
      mixtura studio --port 8600 --no-browser
    """
    from mixtura.studio import serve

    sys.exit(serve(port, browser=not no_browser))
