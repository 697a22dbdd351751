"""Hyper-parameters in any of the forms that Lightning's users have, as one dictionary."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from medialog_core.arrays import describe
from medialog_core.errors import WrongType


def to_dict(params: Any) -> dict[str, Any]:
    """Give `params` as a dictionary; what is nested in it becomes dictionaries and lists too.

    Args:
        params: A mapping (OmegaConf's are mappings), a namespace, a dataclass or None.

    Raises:
        WrongType: It is none of these.
    """
    plain = {} if params is None else _plain(params)
    if not isinstance(plain, dict):
        raise WrongType(
            f"params: expected a dictionary, a namespace or a dataclass, got {describe(params)}"
        )
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Namespace):
        value = vars(value)
    elif is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    return value
