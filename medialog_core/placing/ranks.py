"""This process's rank, and the one value that ranks share: where their run lies.

Rank 0 leaves it in the key-value store of torch's process group; the others pick it up. This is
no collective: a rank without a logger (`logger=MediaLogger() if rank == 0 else False`) would leave
the others hanging in one. torch is used where it is loaded, and never imported.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import Any

_LAUNCHERS = ("RANK", "SLURM_PROCID", "LOCAL_RANK")


def rank() -> int:
    """Give this process's global rank, 0 where nothing is distributed.

    It is what Lightning knows, else what a launcher said, else the process group's. On a further
    node that Lightning starts by itself the rank is known only when the trainer has set up; until
    then it is the node's number, which says at least that it isn't 0.
    """
    module = sys.modules.get("lightning_utilities.core.rank_zero")
    known = getattr(getattr(module, "rank_zero_only", None), "rank", None)
    if known is None:
        known = next((int(os.environ[name]) for name in _LAUNCHERS if os.environ.get(name)), 0)
    return int(known) or _group_rank() or int(os.environ.get("NODE_RANK") or 0)


def store() -> Any:
    """Give the process group's key-value store, None while there is no group."""
    if _group() is None:
        return None
    find = getattr(sys.modules["torch.distributed.distributed_c10d"], "_get_default_store", None)
    return find() if find is not None else None


def publish(board: Any, key: str, value: str) -> None:
    """Leave `value` under `key` in a `store`."""
    board.set(key, value)


def fetch(board: Any, key: str, wait_secs: float) -> str | None:
    """Give what rank 0 left under `key`; None if that is nothing after `wait_secs`."""
    if not board.check([key]):
        if wait_secs <= 0:
            return None
        try:
            board.wait([key], timedelta(seconds=wait_secs))
        except RuntimeError:  # torch's DistStoreError: the time is over
            return None
    return str(board.get(key).decode())


def _group() -> Any:
    """Give torch.distributed where a process group is open in it."""
    distributed: Any = sys.modules.get("torch.distributed")
    usable = distributed is not None and distributed.is_available()
    return distributed if usable and distributed.is_initialized() else None


def _group_rank() -> int:
    group = _group()
    return 0 if group is None else int(group.get_rank())
