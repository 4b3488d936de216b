"""Results as plain JSON values and back, without losing a bit."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias, TypeVar

import numpy as np

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
"""What JSON can hold, and floats that are NaN or infinite besides."""

Kind = TypeVar("Kind")

_FLOAT = "$float"
"""The only key of an object that stands for a float that JSON has no number for."""

_ALREADY = {type(None), bool, int, float, str}

_NAMED = {struct.pack(">d", value): name for name, value in (("inf", math.inf), ("-inf", -math.inf), ("nan", math.nan))}


def to_plain(value: object) -> Plain:
    """Return a result in plain values: what a reader of the store gets back.

    NumPy's numbers become Python's and its arrays lists, tuples become lists, dataclasses become dictionaries of
    their fields.

    Raises
    ------
    TypeError
        For what JSON has no like of (sets, bytes, paths, complex numbers, keys that are not text).

    Examples
    --------
    >>> to_plain({"psnr": np.float32(0.5), "shape": (2, 3)})
    {'psnr': 0.5, 'shape': [2, 3]}
    """
    if type(value) in _ALREADY:
        return value  # type: ignore[return-value]
    # NumPy's float64 and str_ are Python's too; taken down to the plain type, so that what comes back is equal.
    for plain in (int, float, str):
        if isinstance(value, plain):
            return plain(value)
    if isinstance(value, list | tuple):
        return [to_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {_key(key): to_plain(one) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in fields(value)}
    # A long double would be rounded on its way.
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biufU" and value.dtype.char != "g":
        plain_value: Plain = value.tolist()
        return plain_value
    raise TypeError(f"a {type(value).__name__} has no like in JSON")


def rebuild(kind: type[Kind], plain: Plain) -> Kind:
    """Return the dataclass of which these are the fields, as ``to_plain`` gave them; its lists become tuples.

    Examples
    --------
    >>> from harness.engine.row import InputDigest
    >>> digest = InputDigest("reference", "baby", (512, 512, 3), "uint8", "00ff")
    >>> rebuild(InputDigest, to_plain(digest)) == digest
    True
    """
    if not isinstance(plain, dict):
        raise TypeError(f"a {kind.__name__} is rebuilt from a dictionary, not from a {type(plain).__name__}")
    return kind(**{name: _tuples(value) for name, value in plain.items()})


def to_json(plain: Plain) -> str:
    """Return plain values as one line of ASCII JSON; floats keep every bit, NaN and infinity too."""
    return json.dumps(_tagged(plain), allow_nan=False, separators=(",", ":"))


def from_json(text: str | bytes) -> Plain:
    """Return the plain values that ``to_json`` wrote.

    Raises
    ------
    ValueError
        If it is no JSON.
    """
    value: Plain = json.loads(text, object_hook=_untagged)
    return value


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key must be text, not {key!r}")
    return str(key)


def _tuples(value: Plain) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value


def _tagged(value: Plain) -> Plain:
    if isinstance(value, float) and not math.isfinite(value):
        bits = struct.pack(">d", value)
        return {_FLOAT: _NAMED.get(bits, bits.hex())}
    if isinstance(value, list):
        return [_tagged(one) for one in value]
    if isinstance(value, dict):
        # A user's own "$..." gets a second one, so that none is taken for a tag.
        return {f"${key}" if key.startswith("$") else key: _tagged(one) for key, one in value.items()}
    return value


def _untagged(value: dict[str, Any]) -> Plain:
    if _FLOAT in value:
        return _float_of(value[_FLOAT])
    return {key[1:] if key.startswith("$") else key: one for key, one in value.items()}


def _float_of(name: str) -> float:
    for bits, known in _NAMED.items():
        if known == name:
            return float(struct.unpack(">d", bits)[0])
    return float(struct.unpack(">d", bytes.fromhex(name))[0])
