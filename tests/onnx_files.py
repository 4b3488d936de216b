"""ONNX files written byte by byte, so that tests need no exporter: convolutions, and pixels shuffled into place.

The format is that of onnx.proto3 (ONNX 1.14, IR version 8): field numbers stand beside each value.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float32]


def write_network(
    file: Path,
    kernels: Sequence[Weights],
    scale: int,
    size: tuple[int | str, int | str] = ("height", "width"),
    *,
    last: bytes = b"",
    channels_last: bool = False,
) -> Path:
    """Write convolutions without bias, padded with zeros, ReLU between them, and a pixel shuffle behind them.

    ``kernels`` are C_out x C_in x k x k; ``last`` is a node that takes ``shuffled`` and gives ``output``.
    """
    channels = kernels[0].shape[1]
    nodes, name = [], "input"
    if channels_last:
        nodes.append(_node("Transpose", [name], "planes", _ints("perm", [0, 3, 1, 2])))
        name = "planes"
    for number, kernel in enumerate(kernels):
        pad = kernel.shape[2] // 2
        out = f"conv{number}"
        nodes.append(_node("Conv", [name, f"kernel{number}"], out, _ints("pads", [pad] * 4)))
        name = out
        if number < len(kernels) - 1:
            nodes.append(_node("Relu", [name], f"relu{number}"))
            name = f"relu{number}"
    shuffled = "shuffled" if last or channels_last else "output"
    shuffle = _attribute("blocksize", _varint(3, scale), 2) + _attribute("mode", _bytes(4, b"CRD"), 3)
    nodes.append(_node("DepthToSpace", [name], shuffled, shuffle))
    if channels_last:
        nodes.append(_node("Transpose", [shuffled], "output", _ints("perm", [0, 2, 3, 1])))
    if last:
        nodes.append(last)
    shape = ["batch", *size, channels] if channels_last else ["batch", channels, *size]
    graph = b"".join(_bytes(1, node) for node in nodes) + _bytes(2, b"tiny")
    graph += b"".join(_bytes(5, _tensor(f"kernel{number}", kernel)) for number, kernel in enumerate(kernels))
    graph += _bytes(11, _value("input", shape)) + _bytes(12, _value("output", ["n", "c", "h", "w"]))
    model = _varint(1, 8) + _bytes(2, b"a test") + _bytes(7, graph) + _bytes(8, _bytes(1, b"") + _varint(2, 13))
    file.write_bytes(model)
    return file


def node(operation: str, source: str, target: str) -> bytes:
    """Return a node of one input without attributes."""
    return _node(operation, [source], target)


def _node(operation: str, sources: list[str], target: str, attributes: bytes = b"") -> bytes:
    named = b"".join(_bytes(1, source.encode()) for source in sources) + _bytes(2, target.encode())
    return named + _bytes(3, target.encode()) + _bytes(4, operation.encode()) + attributes


def _ints(name: str, values: list[int]) -> bytes:
    return _attribute(name, b"".join(_varint(8, value) for value in values), 7)


def _attribute(name: str, value: bytes, kind: int) -> bytes:
    return _bytes(5, _bytes(1, name.encode()) + value + _varint(20, kind))


def _tensor(name: str, array: Weights) -> bytes:
    dims = b"".join(_varint(1, length) for length in array.shape)
    return dims + _varint(2, 1) + _bytes(8, name.encode()) + _bytes(9, struct.pack(f"<{array.size}f", *array.ravel()))


def _value(name: str, shape: list[int | str]) -> bytes:
    dims = b"".join(
        _bytes(1, _varint(1, length) if isinstance(length, int) else _bytes(2, length.encode())) for length in shape
    )
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, _varint(1, 1) + _bytes(2, dims)))


def _varint(field: int, value: int) -> bytes:
    return _plain(field << 3) + _plain(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _plain(field << 3 | 2) + _plain(len(value)) + value


def _plain(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
