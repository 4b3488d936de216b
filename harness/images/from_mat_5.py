"""MATLAB ``.mat`` files of version 5, 6 and 7, through SciPy, which reads whole variables."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io
from numpy.typing import NDArray

from harness.images.mat_array import NUMERIC_CLASSES, MatArray
from srmetrics.errors import FileError

_HEADER = 128
_COMPRESSED = 15
_MOST_BYTES = 1 << 31  # of one variable once it is unpacked; the format itself allows twice that


class Version5:
    """An opened file; a variable is read when it is first needed, and kept until the file is closed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._variables: dict[str, Any] = {}
        _refuse_bombs(path)
        self._listed = {
            name: (tuple(int(length) for length in shape), kind) for name, shape, kind in scipy.io.whosmat(path)
        }

    def array(self, name: str) -> MatArray | None:
        """Find a numeric array by its path."""
        variable, _, inside = name.partition("/")
        if variable not in self._listed:
            return None
        arrays = self._inside(variable) if inside else self.variables()
        return next((array for array in arrays if array.name == name), None)

    def variables(self) -> Iterator[MatArray]:
        """Yield the numeric variables at the top of the file."""
        for name, (shape, kind) in self._listed.items():
            if kind in NUMERIC_CLASSES:
                yield MatArray(name, shape, kind, lambda page, name=name: _page(self._load(name), page))  # type: ignore[misc]

    def fields(self) -> Iterator[MatArray]:
        """Yield the numeric fields inside structs."""
        for name, (_, kind) in self._listed.items():
            if kind == "struct":
                yield from self._inside(name)

    def close(self) -> None:
        """Forget what was read."""
        self._variables.clear()

    def _inside(self, variable: str) -> Iterator[MatArray]:
        for name, value in _leaves(variable, self._load(variable)):
            yield MatArray(name, value.shape, _class_of(value), lambda page, value=value: _page(value, page))  # type: ignore[misc]

    def _load(self, variable: str) -> Any:
        if variable not in self._variables:
            # mat_dtype: MATLAB stores a double that holds whole numbers in fewer bytes; its class is what counts.
            self._variables.update(scipy.io.loadmat(self._path, variable_names=[variable], mat_dtype=True))
        return self._variables[variable]


def _leaves(name: str, value: Any) -> Iterator[tuple[str, NDArray[Any]]]:
    """Yield the numeric arrays in a struct; arrays of structs and cells are passed over."""
    if not isinstance(value, np.ndarray):
        return
    if value.dtype.names and value.size == 1:
        for field in value.dtype.names:
            yield from _leaves(f"{name}/{field}", value.flat[0][field])
    elif value.dtype.kind in "buif":
        yield name, value


def _class_of(value: NDArray[Any]) -> str:
    return {"bool": "logical", "float64": "double", "float32": "single"}.get(value.dtype.name, value.dtype.name)


def _page(value: NDArray[Any], page: int | None) -> NDArray[Any]:
    return value if page is None else value[..., page]


def _refuse_bombs(path: Path) -> None:
    """Refuse files of which a variable says that it is far larger once it is unpacked."""
    with path.open("rb") as stream:
        head = stream.read(_HEADER)
        order = ">" if head[126:128] == b"MI" else "<"
        while len(tag := stream.read(8)) == 8:
            kind, length = struct.unpack(order + "II", tag)
            if kind == _COMPRESSED:
                begun = stream.read(min(length, 64))
                inner = zlib.decompressobj().decompress(begun, 8)
                if len(inner) == 8 and struct.unpack(order + "II", inner)[1] > _MOST_BYTES:
                    raise FileError(
                        "a variable of the .mat file is too large to be unpacked",
                        found=f"{struct.unpack(order + 'II', inner)[1]} bytes",
                        expected=f"at most {_MOST_BYTES}",
                        way_out="Save it with -v7.3, of which single slices can be read",
                        file=path,
                    )
                length -= len(begun)
            stream.seek(length, 1)
