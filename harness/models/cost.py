"""What an upscaler costs: parameters, multiply-accumulates, seconds and memory, at a stated input size."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from harness.models.memory import PeakMemory, watch_memory
from harness.models.upscaler import Image, ImageFacts, Upscaler
from harness.models.work import Work, counting
from srmetrics.errors import ModelError

TORCH_COUNTED = "torch's flop counter, two flops a MAC: convolutions, matrix products, attention"
"""What `Cost.macs` counts for networks that torch runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one upscaler needs for one image; times and memory are this machine's."""

    method: str
    """What tables call the upscaler."""
    device: str
    """Where it ran."""
    threads: int | None
    """How many threads torch may use on the CPU; None where torch is not loaded. ONNX networks run on one."""
    input_height: int
    """Rows of the low-resolution image."""
    input_width: int
    """Columns of the low-resolution image."""
    input_channels: int
    """1 for grey, 3 for RGB."""
    output_megapixels: float
    """Height times width of the output, in millions."""
    parameters: int | None
    """Numbers that it learnt."""
    macs: int | None
    """Multiply-accumulates for this image, tiles and self-ensemble included; None where they cannot be counted."""
    macs_counted: str
    """How they were counted, or why not."""
    seconds_per_megapixel: float
    """Median over the repeats, per million output pixels; the device has finished when the clock is read."""
    repeats: int
    """How many runs the median is of."""
    peak_memory: int | None
    """Bytes, at the highest during the repeats."""
    memory_before: int | None
    """Bytes of the same kind just before the repeats, when the weights are already there."""
    memory_kind: str
    """What the bytes are of: the process (RSS) or the CUDA device's tensors."""


def measure_cost(
    upscaler: Upscaler, height: int = 128, width: int = 128, channels: int = 3, *, repeats: int = 5, warm_up: int = 1
) -> Cost:
    """Run an upscaler on one image of noise, several times.

    Parameters
    ----------
    upscaler : Upscaler
        One that computes its output from the pixels.
    height, width : int
        The low-resolution image's size.
    channels : {3, 1}
        RGB, or grey.
    repeats : int
        How many runs are timed, from 1.
    warm_up : int
        How many runs go before them, besides the one that counts MACs.

    Raises
    ------
    ModelError
        When the upscaler reads files and computes nothing, or returns the wrong size.
    """
    described = upscaler.description
    if described.scale is None:
        raise ModelError(f"{described.name!r} computes nothing that could be measured: its outputs are files")
    if repeats < 1 or channels not in (1, 3):
        raise ModelError("cannot measure this", found=f"repeats={repeats}, channels={channels}")
    shape = (height, width) if channels == 1 else (height, width, channels)
    image: Image = np.random.RandomState(0).randint(0, 256, shape).astype(np.uint8)
    with counting() as work, _torch_counting(work):
        output = upscaler.upscale(image, ImageFacts(key="cost"))
    for _ in range(warm_up):
        upscaler.upscale(image, ImageFacts(key="cost"))
    seconds = []
    with watch_memory(described.device) as memory:
        for _ in range(repeats):
            _wait_for(described.device)
            start = time.perf_counter()
            upscaler.upscale(image, ImageFacts(key="cost"))
            _wait_for(described.device)
            seconds.append(time.perf_counter() - start)
    megapixels = output.shape[0] * output.shape[1] / 1e6
    return _cost(upscaler, shape, megapixels, seconds, work, memory)


def _cost(
    upscaler: Upscaler,
    shape: tuple[int, ...],
    megapixels: float,
    seconds: list[float],
    work: Work,
    memory: PeakMemory,
) -> Cost:
    described = upscaler.description
    counted = bool(work.how) and work.complete
    if counted:
        how = work.how
    else:
        how = "not counted: it is no network" if not work.how else f"not counted: {work.how} does not cover all of it"
    return Cost(
        method=described.name,
        device=described.device,
        threads=sys.modules["torch"].get_num_threads() if "torch" in sys.modules else None,
        input_height=shape[0],
        input_width=shape[1],
        input_channels=shape[2] if len(shape) == 3 else 1,
        output_megapixels=megapixels,
        parameters=described.parameters,
        macs=work.macs if counted else None,
        macs_counted=how,
        seconds_per_megapixel=statistics.median(seconds) / megapixels,
        repeats=len(seconds),
        peak_memory=memory.peak,
        memory_before=memory.before,
        memory_kind=memory.kind,
    )


@contextmanager
def _torch_counting(work: Work) -> Iterator[None]:
    """Add what torch multiplies inside the block; torch is not imported for upscalers that do not use it."""
    if "torch" not in sys.modules:
        yield
        return
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        yield
    flops = int(counter.get_total_flops())
    if flops:
        work.macs += flops // 2
        work.how = "; ".join(part for part in (work.how, TORCH_COUNTED) if part)


def _wait_for(device: str) -> None:
    if device.startswith("cuda"):
        import torch

        torch.cuda.synchronize(device)
