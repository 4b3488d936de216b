"""What can be learnt of a network by running it on small images: its channels, its scale, how far it sees."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harness.models.network_upscaler import Network
from harness.models.receptive_field import radius_by_change, radius_by_nan
from harness.models.upscaler import Channels, SizeNeeds, Tiling
from srmetrics.errors import ModelError

_SIDE = 16  # pixels of the small image, at least
_CHROMA_RADIUS = 2  # how far the bicubic kernel sees that resizes chroma beside a luma network


def find_channels_and_scale(
    network: Network, channels: Sequence[int], size: SizeNeeds, value_range: tuple[float, float] = (0.0, 1.0)
) -> tuple[int, int]:
    """Run a network on a small grey image, with as many channels as it may take, and compare sizes.

    Parameters
    ----------
    network : Network
        The function.
    channels : sequence of int
        The numbers of channels to try, in this order.
    size : SizeNeeds
        Which sizes it takes.
    value_range : (float, float)
        Black and white inside the network.

    Returns
    -------
    (int, int)
        The number of channels that it took, and output over input size.

    Raises
    ------
    ModelError
        When it fails, changes the number of channels, or does not enlarge by a whole number.
    """
    height, width = probe_size(size)
    failures = []
    for count in channels:
        shape = (height, width, count)
        try:
            output = network(np.full(shape, sum(value_range) / 2, np.float32))
        except ModelError:
            raise
        except Exception as error:
            # A network says in its own way, which can be any exception, that it takes other channels or sizes.
            failures.append(f"{count} channels: {type(error).__name__}: {(str(error).strip() or '?').splitlines()[0]}")
            continue
        scale = output.shape[0] // height
        if scale < 1 or output.shape != (height * scale, width * scale, count):
            raise ModelError(
                "the network does not enlarge images by a whole number",
                found=f"shape {output.shape} for {shape}",
                expected="both sides larger by one whole number, and as many channels",
            )
        return count, scale
    raise ModelError(
        f"the network fails on an image of {height} x {width} pixels",
        found="; ".join(failures),
        way_out="Where it wants other sizes, say so: multiple=8 or minimum=64 in its spec",
    )


def probe_size(size: SizeNeeds) -> tuple[int, int]:
    """Return the height and width of a small image that the network takes, not square where it may choose."""
    side = -(-max(size.minimum, _SIDE) // size.multiple) * size.multiple
    return size.fixed or (side, side + size.multiple)


def tiling_by_nan(network: Network, mode: Channels, scale: int, size: SizeNeeds) -> Tiling:
    """Say whether tiles give the pixels of the whole image, of a network that passes NaN on."""
    try:
        radius = radius_by_nan(network, _channels(mode), scale, size)
    except Exception:
        # It runs, as was seen, but not on a strip: its own padding may be wider, or its windows larger, than that.
        radius = None
    return _tiling(radius, mode)


def tiling_by_change(
    network: Network, mode: Channels, scale: int, size: SizeNeeds, value_range: tuple[float, float]
) -> Tiling:
    """Say whether tiles give the pixels of the whole image, of a network that may swallow NaN."""
    try:
        radius = radius_by_change(network, _channels(mode), scale, size, value_range)
    except Exception:
        radius = None  # as above
    return _tiling(radius, mode)


def _channels(mode: Channels) -> int:
    return 3 if mode == 3 else 1


def _tiling(radius: int | None, mode: Channels) -> Tiling:
    if radius is None:
        return Tiling("approximate")
    return Tiling("exact", max(radius, _CHROMA_RADIUS) if mode == "luma" else radius)
