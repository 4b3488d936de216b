"""A torch module as a function on arrays, and as an upscaler."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.models.network_options import DEFAULT_OPTIONS, NetworkOptions
from harness.models.network_upscaler import NetworkUpscaler
from harness.models.probe import find_channels_and_scale, tiling_by_nan
from harness.models.upscaler import UpscalerDescription
from srmetrics.errors import DependencyError, ModelError


class TorchNetwork:
    """Runs a module, or any function on N x C x H x W tensors, on one device.

    Parameters
    ----------
    function : callable
        In evaluation mode and on the device.
    device : str
        ``cpu``, ``cuda`` or ``cuda:1``.
    """

    def __init__(self, function: Callable[[Any], Any], device: str = "cpu") -> None:
        self._function = function
        self._device = device

    def __call__(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Make (h * scale, w * scale, C) of (h, w, C)."""
        import torch

        with torch.inference_mode(), _repeatable(self._device):
            batch = torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))[None].to(self._device)
            output = self._function(batch)
            if not isinstance(output, torch.Tensor) or output.ndim != 4 or output.shape[0] != 1:
                raise ModelError(
                    "the network returned no image",
                    found=f"shape {tuple(output.shape)}" if isinstance(output, torch.Tensor) else type(output).__name__,
                    expected="a tensor of shape 1 x C x H x W",
                )
            returned: NDArray[np.float32] = output[0].permute(1, 2, 0).float().cpu().numpy()
        return returned


@contextmanager
def _repeatable(device: str) -> Iterator[None]:
    """On CUDA, ask for the same algorithms each time, and for single precision where TF32 would be quicker."""
    if device == "cpu":
        yield
        return
    import torch

    with torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False):
        yield


def check_device(torch: Any, device: str) -> str:
    """Return the device, if torch can use it here.

    Raises
    ------
    DependencyError
        When CUDA is asked for and absent.
    ModelError
        When there is no such kind of device.
    """
    kind, _, number = device.partition(":")
    if kind not in ("cpu", "cuda") or (kind == "cpu" and number) or (number and not number.isdecimal()):
        raise ModelError("unknown device", found=repr(device), expected="cpu, cuda, or cuda with a number: cuda:1")
    if kind == "cuda" and (not torch.cuda.is_available() or (number and int(number) >= torch.cuda.device_count())):
        raise DependencyError(
            "this device is not here",
            found=f"{device!r}; CUDA devices: {torch.cuda.device_count() if torch.cuda.is_available() else 0}",
            way_out="Use the CPU (device=cpu), or install a torch that was built for this machine's CUDA",
        )
    return device


def count_parameters(module: Any) -> int:
    """Return how many numbers a module learnt in training."""
    return sum(int(each.numel()) for each in module.parameters())


def upscaler_of(
    function: Callable[[Any], Any],
    draft: UpscalerDescription,
    options: NetworkOptions = DEFAULT_OPTIONS,
) -> NetworkUpscaler:
    """Make an upscaler of a torch module, or of any function on N x C x H x W tensors.

    Parameters
    ----------
    function : callable
        In evaluation mode and on the draft's device; one or three channels in and out.
    draft : UpscalerDescription
        What is known of it. Scale, channels and tiling are found by running it on small images.
    options : NetworkOptions
        What its weights do not say.

    Raises
    ------
    ModelError
        When it does not enlarge images, or not by the draft's scale.
    """
    network = options.ordered(TorchNetwork(function, draft.device))
    asked = (options.channels if isinstance(options.channels, int) else 1,) if options.channels else (3, 1)
    channels, scale = find_channels_and_scale(network, asked, draft.size, options.value_range)
    if draft.scale not in (None, scale):
        raise ModelError(
            "the network does not enlarge as its description says", found=f"x{scale}", expected=f"x{draft.scale}"
        )
    mode = options.mode(channels)
    tiling = tiling_by_nan(network, mode, scale, draft.size)
    description = replace(draft, scale=scale, channels=mode, value_range=options.value_range, tiling=tiling)
    if description.parameters is None and hasattr(function, "parameters"):
        description = replace(description, parameters=count_parameters(function))
    return NetworkUpscaler(description, network, options.luma)
