"""What a metric is: it measures a prepared pair in a region, and pools the slices of a volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol as Interface

from srmetrics.prepare.pair import Mask, PreparedPair
from srmetrics.protocol import EvaluationProtocol


@dataclass(frozen=True, slots=True)
class Region:
    """The pixels that a row covers."""

    name: str = "image"
    mask: Mask | None = None
    """height x width of what is scored, or None for all of it."""
    masking: str = "normalised"

    def count(self, pair: PreparedPair) -> int:
        """Return the number of pixels of the region."""
        height, width, _ = pair.shape
        return height * width if self.mask is None else int(self.mask.sum())

    def protocol_in_force(self, protocol: EvaluationProtocol) -> EvaluationProtocol:
        """Return the protocol under which this region is scored, as its signature says it.

        Normalised windows inside a mask use population covariances: a window may hold one pixel of the region, for
        which n - 1 has no meaning.
        """
        if self.mask is None:
            return protocol
        covariance = "population" if self.masking == "normalised" else protocol.covariance
        return replace(protocol, masking=self.masking, covariance=covariance)


WHOLE_IMAGE = Region()


@dataclass(frozen=True, slots=True)
class Measurement:
    """One metric of one pair in one region."""

    value: float
    channels: tuple[float, ...] = ()
    """The value of each channel, where the protocol scores channels apart."""
    sums: tuple[float, ...] = ()
    """Sums over pixels, one a channel group, that add over the slices of a volume."""
    n: int = 0
    """How many pixels (times channels of the group) the sums run over."""
    n_sampled: int | None = None
    """How many of the region's pixels were the centre of a window, where windows are laid."""
    mask_support: float | None = None
    """The mean window weight inside the region, where SSIM is normalised."""
    notes: tuple[str, ...] = field(default=())


class Metric(Interface):
    """A full-reference metric."""

    @property
    def name(self) -> str:
        """What it is called, as in ``--metric``."""
        ...

    @property
    def summary(self) -> str:
        """One line: what it is and in which unit."""
        ...

    @property
    def higher_is_better(self) -> bool:
        """Whether a larger value is a better one."""
        ...

    @property
    def citation(self) -> str:
        """The paper that defines it."""
        ...

    def measure(self, pair: PreparedPair, region: Region) -> Measurement:
        """Return the metric of a pair in a region."""
        ...

    def pool(self, slices: Sequence[Measurement], pair: PreparedPair) -> Measurement:
        """Return the metric of a volume from those of its slices; ``pair`` is any of them."""
        ...


def mean_of_slices(slices: Sequence[Measurement]) -> Measurement:
    """Return the mean of the slices' values, leaving out slices in which the region is empty."""
    kept = [one for one in slices if one.value == one.value]
    if not kept:
        return slices[0]
    supports = [one.mask_support for one in kept if one.mask_support is not None]
    sampled = [one.n_sampled for one in slices if one.n_sampled is not None]
    return Measurement(
        value=sum(one.value for one in kept) / len(kept),
        channels=tuple(sum(channel) / len(kept) for channel in zip(*(one.channels for one in kept), strict=True)),
        n_sampled=sum(sampled) if sampled else None,
        mask_support=sum(supports) / len(supports) if supports else None,
        notes=tuple(dict.fromkeys(note for one in slices for note in one.notes)),
    )
