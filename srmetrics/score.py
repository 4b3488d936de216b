"""Scores: what the evaluation of one pair in one region gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from srmetrics.errors import SrmetricsError
from srmetrics.protocol import EvaluationProtocol
from srmetrics.signature import format_signature


@dataclass(frozen=True)
class Scores(Mapping[str, float]):
    """The scores of one pair in one region, by the metrics' names.

    A metric that could not be computed is NaN here, and ``errors`` says why.
    """

    values_by_name: Mapping[str, float]
    region: str
    n_pixels: int
    """Pixels of the region, after alignment and crop."""
    protocol: EvaluationProtocol
    """Resolved, with the masking in force."""
    channels: Mapping[str, float] = field(default_factory=dict)
    """Under ``mean-of-channels``: ``psnr_c0``, ``psnr_c1``, ..."""
    n_sampled: int | None = None
    """Pixels of the region that were the centre of an SSIM window; fewer than ``n_pixels`` under ``valid`` edges."""
    mask_support: float | None = None
    """The mean weight of a window inside the region, for normalised SSIM."""
    notes: tuple[str, ...] = ()
    """Warnings: what a reader of the numbers has to know."""
    errors: Mapping[str, SrmetricsError] = field(default_factory=dict)
    """Why a metric is NaN."""

    def __getitem__(self, name: str) -> float:
        return self.values_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)

    @property
    def signature(self) -> str:
        """The signature that all metrics of this row share."""
        return format_signature(self.protocol)

    def signature_of(self, name: str) -> str:
        """Return the signature of a single score, with the metric's name in front."""
        if name not in self.values_by_name:
            raise KeyError(name)
        return format_signature(self.protocol, name)
