"""``onnx:model.onnx``: a network in ONNX Runtime, on the CPU."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.models.dependencies import require
from harness.models.kinds import Request
from harness.models.network_options import NetworkOptions, take_network_options
from harness.models.network_upscaler import NetworkUpscaler
from harness.models.onnx_profile import HOW_COUNTED, profile
from harness.models.probe import find_channels_and_scale, probe_size, tiling_by_change
from harness.models.upscaler import SizeNeeds, UpscalerDescription
from harness.models.weights import check_weights_file, digest_of
from harness.models.work import count_work
from srmetrics.errors import ModelError, WeightsError

_DTYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64}


def load(request: Request) -> NetworkUpscaler:
    """Open the file, and find what it does not say by running it.

    Raises
    ------
    WeightsError
        When the file is absent, corrupt, or not a network from one image to one image.
    ModelError
        When it does not enlarge images.
    DependencyError
        When onnxruntime is absent.
    """
    options = take_network_options(request.options)
    request.options.close()
    file = check_weights_file(request.spec.rest)
    runtime = require("onnxruntime", "models", "onnx: upscalers")
    try:
        session = open_session(runtime, str(file))
    except Exception as error:
        # Its exceptions share no class of their own: InvalidProtobuf, InvalidGraph, Fail, NotImplemented.
        raise WeightsError(
            "the file holds no ONNX network that can be run",
            found=f"{type(error).__name__}: {(str(error).strip() or '?').splitlines()[0]}",
            way_out="Download it again, or export the network again",
            file=file,
        ) from error
    try:
        network = OnnxNetwork(session, str(file))
        return _upscaler(network, request, options, digest_of(file))
    except (ModelError, WeightsError) as error:
        raise error.in_file(file) from error


def open_session(runtime: Any, file: str) -> Any:
    """Open a file on the CPU, on one thread, so that the numbers are the same whatever the machine."""
    settings = runtime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1
    settings.log_severity_level = 4  # what is wrong is raised as well
    return runtime.InferenceSession(file, settings, providers=["CPUExecutionProvider"])


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the network holds an image."""

    channels_last: bool
    channels: int | None
    fixed: tuple[int, int] | None


class OnnxNetwork:
    """Runs a session whose one input and first output are images.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        An open one.
    file : str
        What it was opened from, which is opened again to count its work.
    """

    def __init__(self, session: Any, file: str) -> None:
        inputs, outputs = session.get_inputs(), session.get_outputs()
        if len(inputs) != 1 or len(outputs) < 1 or len(inputs[0].shape) != 4:
            raise WeightsError(
                "the network does not make an image from an image",
                found=", ".join(f"{each.name} {each.shape}" for each in inputs),
                expected="one input, N x C x H x W or N x H x W x C",
            )
        if inputs[0].type not in _DTYPES:
            raise WeightsError("the network takes no floats", found=inputs[0].type, expected=", ".join(_DTYPES))
        self.session = session
        self.layout = _layout_of(inputs[0].shape)
        self._input, self._output = inputs[0].name, outputs[0].name
        self._dtype = _DTYPES[inputs[0].type]
        self._file = file

    def __call__(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Make (h * scale, w * scale, C) of (h, w, C)."""
        batch = image[np.newaxis] if self.layout.channels_last else image.transpose(2, 0, 1)[np.newaxis]
        feed = {self._input: np.ascontiguousarray(batch, self._dtype)}
        count_work(lambda: profile(self._file, feed).macs, HOW_COUNTED)
        returned = self.session.run([self._output], feed)[0]
        if returned.ndim != 4 or returned.shape[0] != 1:
            raise ModelError("the network returned no image", found=f"shape {returned.shape}", expected="1 x C x H x W")
        output: NDArray[np.float32] = returned[0] if self.layout.channels_last else returned[0].transpose(1, 2, 0)
        return output.astype(np.float32, copy=False)

    def parameters(self, height: int, width: int, channels: int) -> int:
        """Return how many numbers its nodes hold, seen in one run on an image of this size."""
        shape = (1, height, width, channels) if self.layout.channels_last else (1, channels, height, width)
        return profile(self._file, {self._input: np.zeros(shape, self._dtype)}).parameters


def _layout_of(shape: list[int | str | None]) -> _Layout:
    last = shape[1] not in (1, 3) and shape[3] in (1, 3)
    channels, height, width = (shape[3], shape[1], shape[2]) if last else (shape[1], shape[2], shape[3])
    if isinstance(channels, int) and channels not in (1, 3):
        raise WeightsError("the network takes neither grey nor RGB images", found=f"{channels} channels")
    fixed = (height, width) if isinstance(height, int) and isinstance(width, int) else None
    if fixed is None and (isinstance(height, int) or isinstance(width, int)):
        raise WeightsError(
            "the network fixes one side of its input and not the other",
            found=f"{height} x {width}",
            expected="both sides fixed, or neither",
            way_out="Export it again with both sides dynamic",
        )
    return _Layout(last, channels if isinstance(channels, int) else None, fixed)


def _upscaler(network: OnnxNetwork, request: Request, options: NetworkOptions, digest: str) -> NetworkUpscaler:
    layout = network.layout
    size = SizeNeeds(fixed=layout.fixed) if layout.fixed is not None else options.size
    ordered = options.ordered(network)
    asked = (layout.channels,) if layout.channels is not None else (3, 1)
    if layout.channels is None and options.channels is not None:
        asked = (3,) if options.channels == 3 else (1,)
    channels, scale = find_channels_and_scale(ordered, asked, size, options.value_range)
    mode = options.mode(channels)
    tiling = tiling_by_change(ordered, mode, scale, size, options.value_range)
    if layout.fixed is not None:
        overlap = request.overlap if request.overlap is not None else tiling.overlap
        if overlap is None:
            raise ModelError(
                "it is unknown how far the network sees, so that its tiles cannot be laid",
                found=f"a fixed input of {layout.fixed[0]} x {layout.fixed[1]}",
                way_out="Say by how many pixels they should overlap: overlap=16",
            )
        exact = tiling.overlap is not None and overlap >= tiling.overlap
        tiling = replace(tiling, kind="exact" if exact else "approximate", overlap=overlap, tile=min(layout.fixed))
    producer = network.session.get_modelmeta()
    description = UpscalerDescription(
        name=request.spec.name,
        spec=str(request.spec),
        architecture=f"ONNX {producer.graph_name or 'network'} by {producer.producer_name or 'an unknown program'}",
        scale=scale,
        channels=mode,
        size=size,
        value_range=options.value_range,
        tiling=tiling,
        digest=digest,
        parameters=network.parameters(*probe_size(size), channels),
    )
    return NetworkUpscaler(description, ordered, options.luma)
