"""Parameters and multiply-accumulates of an ONNX network, from ONNX Runtime's own profile of one run."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HOW_COUNTED = "ONNX Runtime's profile: Conv, ConvTranspose, Gemm, MatMul"
"""What `Profile.macs` counts."""

# Nodes that multiply in ways that their shapes do not tell.
_RECURRENT = ("LSTM", "GRU", "RNN", "If", "Loop", "Scan")
_ATTENTIVE = ("Einsum", "Attention", "QAttention", "MultiHeadAttention", "GroupQueryAttention", "DeformConv")
_QUANTISED = ("QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "MatMulNBits")
_UNCOUNTED = frozenset((*_RECURRENT, *_ATTENTIVE, *_QUANTISED))
# Nodes whose numbers are settings that nobody trained.
_SETTINGS = frozenset(("Resize", "Upsample", "Clip", "Pad", "Slice", "Reshape", "Tile", "Expand", "OneHot", "Range"))
_BYTES = {"float": 4, "float16": 2, "double": 8}


@dataclass(frozen=True, slots=True)
class Profile:
    """What one run did."""

    parameters: int
    """Numbers that the nodes hold; one that two nodes share counts twice."""
    macs: int | None
    """Multiply-accumulates; None when a node does some that cannot be counted."""


def profile(file: str, feed: Mapping[str, NDArray[Any]]) -> Profile:
    """Run a network once, as it was written, and count.

    Parameters
    ----------
    file : str
        The ONNX file.
    feed : mapping of str to ndarray
        Its inputs.
    """
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    settings.log_severity_level = 4
    # Fused nodes would hide what they are made of.
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    settings.enable_profiling = True
    with tempfile.TemporaryDirectory() as folder:
        settings.profile_file_prefix = str(Path(folder) / "profile")
        session = onnxruntime.InferenceSession(file, settings, providers=["CPUExecutionProvider"])
        session.run(None, {name: np.ascontiguousarray(array) for name, array in feed.items()})
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    nodes = [event["args"] for event in events if event.get("cat") == "Node" and "op_name" in event["args"]]
    counts = [_macs(each) for each in nodes]
    total = None if any(each is None for each in counts) else sum(each or 0 for each in counts)
    return Profile(sum(_parameters(each) for each in nodes), total)


def _macs(node: Mapping[str, Any]) -> int | None:
    name = node["op_name"]
    if name in _UNCOUNTED:
        return None
    if name not in ("Conv", "ConvTranspose", "Gemm", "MatMul"):
        return 0
    first, second = (shape for _, shape in _shapes(node["input_type_shape"])[:2])
    out = next(shape for _, shape in _shapes(node["output_type_shape"]))
    if name == "Conv":
        return math.prod(out) * math.prod(second[1:])
    if name == "ConvTranspose":
        return math.prod(first) * math.prod(second[1:])
    return math.prod(out) * (first[-1] if name == "MatMul" else math.prod(first) // out[0])


def _parameters(node: Mapping[str, Any]) -> int:
    types = {name for name, _ in _shapes(node["input_type_shape"])}
    if node["op_name"] in _SETTINGS or len(types) != 1 or not types <= _BYTES.keys():
        return 0
    return int(node.get("parameter_size", 0)) // _BYTES[types.pop()]


def _shapes(entries: list[dict[str, list[int]]]) -> list[tuple[str, list[int]]]:
    return [(name, shape) for entry in entries for name, shape in entry.items()]
