"""Whether the workers keep the rows from pass to pass, or make them again for each."""

from __future__ import annotations

import math
from typing import Any

from mixtura.rows._dask.collection import Collection, dask

__all__ = ["kept"]

# Rows are kept if they take up to this share of the memory of all workers.
_SHARE = 0.4


def kept(collection: Collection, parts: list[Any]) -> list[Any]:
    """The `parts` of a collection, persisted if there is room for them.

    Dask remembers how each came to be, so that a lost one is made again.
    """
    if _bytes(collection) > _SHARE * _memory():
        return parts
    return list(dask().persist(*parts))


def _bytes(collection: Collection) -> float:
    """Of all rows; where lengths are not known, from the longest of three partitions."""
    lengths, parts = collection.lengths, collection.parts
    if any(map(math.isnan, lengths)):
        few = {0, len(parts) // 2, len(parts) - 1}
        count = dask().delayed(len, pure=False)
        longest = max(dask().compute(*[count(parts[i]) for i in few]))
        lengths = (longest,) * len(parts)
    return sum(lengths) * collection.d * collection.reading.dtype.itemsize


def _memory() -> float:
    """Bytes that the workers of the current client, or else this machine, may use."""
    distributed = dask("distributed")
    try:
        client = distributed.default_client()
    except ValueError:  # no client: threads of this process
        return distributed.system.MEMORY_LIMIT
    workers = client.scheduler_info(n_workers=-1)["workers"].values()
    return sum(worker["memory_limit"] or distributed.system.MEMORY_LIMIT for worker in workers)
