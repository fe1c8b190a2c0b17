"""``mixtura datasets``: the data sets that come with the package."""

from __future__ import annotations

import click

from mixtura.cli.document import emit
from mixtura.cli.options import as_json, debugging

__all__ = ["command"]


@click.command("datasets")
@as_json
@debugging
def command(as_json: bool) -> None:
    """List the data sets that come with Mixtura.

    Their names can be given as DATA.

    \b
    Examples:
      mixtura datasets
      mixtura describe faithful
    """
    from mixtura import datasets
    from mixtura.cli.render import show, table

    sets = {name: datasets.load(name) for name in datasets.names()}
    if as_json:
        emit(
            {
                "command": "datasets",
                "datasets": [
                    {
                        "name": name,
                        "rows": len(data.data),
                        "columns": data.feature_names,
                        "description": data.description,
                        "path": str(datasets.path(name)),
                    }
                    for name, data in sets.items()
                ],
            }
        )
        return
    listing = table("name", "rows", "columns", "what", left=(0, 3))
    listing.columns[-1].no_wrap = False
    listing.columns[-1].overflow = "fold"
    for name, data in sets.items():
        n, d = data.data.shape
        listing.add_row(name, str(n), str(d), data.description.split(":")[0])
    show(listing)
