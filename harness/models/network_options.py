"""The options that kinds of networks share: what goes in, in which range, order and size."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from harness.models.luma import LumaName
from harness.models.network_upscaler import Network
from harness.models.spec import Options
from harness.models.upscaler import ANY_SIZE, Channels, SizeNeeds
from srmetrics.errors import ModelError


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """What a file of weights does not say about a network."""

    channels: Channels | None = None
    """3, or for one channel ``luma`` (only Y of an RGB image goes in) or 1 (each channel by itself); None asks it."""
    luma: LumaName = "studio"
    """Which Y: MATLAB's in 16..235 of 255, as the classic papers', or the full range."""
    value_range: tuple[float, float] = (0.0, 1.0)
    """Black and white inside the network."""
    order: Literal["rgb", "bgr"] = "rgb"
    """The order of three channels inside the network."""
    size: SizeNeeds = ANY_SIZE
    """Which sizes it takes."""

    def mode(self, channels: int) -> Channels:
        """Return how an image goes into a network of so many channels.

        Raises
        ------
        ModelError
            When it was asked for otherwise than the network can.
        """
        possible: tuple[Channels, ...] = (3,) if channels == 3 else ("luma", 1)
        if self.channels is None:
            return possible[0]
        if self.channels not in possible:
            raise ModelError(
                "channels= does not fit the network",
                found=f"channels={self.channels}, and a network of {channels}",
                expected=" or ".join(f"channels={each}" for each in possible),
            )
        return self.channels

    def ordered(self, network: Network) -> Network:
        """Return the network with its channels in the order red, green, blue."""
        if self.order == "rgb":
            return network

        def turned(image: NDArray[np.float32]) -> NDArray[np.float32]:
            return network(image[:, :, ::-1])[:, :, ::-1]

        return turned


DEFAULT_OPTIONS = NetworkOptions()
"""RGB or Y of 0..1, of any size."""


def take_channel_options(options: Options) -> NetworkOptions:
    """Take ``channels`` and ``luma`` from a spec, for weights whose range and sizes are known."""
    channels = options.choice("channels", ("luma", "1", "3"))
    luma = options.choice("luma", ("studio", "full"), "studio")
    return NetworkOptions(
        channels=cast(Channels | None, int(channels) if channels in ("1", "3") else channels),
        luma=cast(LumaName, luma),
    )


def take_network_options(options: Options) -> NetworkOptions:
    """Take ``channels``, ``luma``, ``range``, ``order``, ``multiple`` and ``minimum`` from a spec."""
    multiple, minimum = options.integer("multiple", 1, minimum=1), options.integer("minimum", 1, minimum=1)
    return replace(
        take_channel_options(options),
        value_range=options.span("range", (0.0, 1.0)),
        order=cast(Literal["rgb", "bgr"], options.choice("order", ("rgb", "bgr"), "rgb")),
        size=SizeNeeds(multiple or 1, minimum or 1),
    )
