"""piq's full-reference metrics as ``piq:NAME``; torch and piq are loaded when one of them measures."""

from __future__ import annotations

import difflib
import importlib.util
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from srmetrics.errors import DependencyError, MetricError, RangeError, SizeError
from srmetrics.metrics.base import Measurement, Metric, Region, mean_of_slices
from srmetrics.metrics.downsample import read_whole
from srmetrics.metrics.from_piq_networks import find_weights, load_network
from srmetrics.prepare.colour import Strip
from srmetrics.prepare.pair import PreparedPair


@dataclass(frozen=True, slots=True)
class PiqMetric:
    """One of piq's metrics, computed in float64 with piq's own settings.

    It reads the protocol's align, alpha, grey, value window, crop and range, and neither its colour nor its rounding:
    piq's metrics take RGB or grey images from 0 to 1 and make their own luma.
    """

    name: str
    summary: str
    citation: str
    higher_is_better: bool
    function: str | None
    """The name of piq's function; None for the two networks, whose weights are files."""
    least_side: int
    """Pixels that the shorter side must have."""
    three_channels: bool
    """Whether one-channel images are made three equal ones first."""

    def measure(self, pair: PreparedPair, region: Region) -> Measurement:
        """Return the metric of a whole image.

        Raises
        ------
        MetricError
            With a mask, or when piq's formula has no finite value for this pair.
        RangeError
            When values lie outside 0 and the data range.
        SizeError
            When the image is too small.
        DependencyError
            When piq or torch is not installed.
        WeightsError
            When a network's weights are absent or cannot be read.
        """
        if region.mask is not None:
            raise MetricError(
                f"{self.name} is not defined for a region",
                way_out="Leave the mask or the metric out; ssim takes a mask",
            )
        height, width, _ = pair.shape
        if min(height, width) < self.least_side:
            raise SizeError(
                f"the image is too small for {self.name}",
                found=f"{width} x {height} pixels",
                expected=f"at least {self.least_side} pixels each way",
                way_out="Leave the metric out for such images",
            )
        reference, candidate = self._from_0_to_1(pair)
        value, notes = self._call(reference, candidate)
        if not math.isfinite(value):
            raise MetricError(
                f"{self.name} has no finite value for this pair",
                found=f"{value}",
                way_out="piq's formula divides by zero on some flat images: leave it out for this pair",
            )
        return Measurement(value, notes=notes)

    def pool(self, slices: Sequence[Measurement], pair: PreparedPair) -> Measurement:
        """Return the mean over the slices of a volume."""
        return mean_of_slices(slices)

    def _call(self, reference: Strip, candidate: Strip) -> tuple[float, tuple[str, ...]]:
        require_piq()
        import piq
        import torch

        first, second = (_tensor(torch, image, self.three_channels) for image in (reference, candidate))
        notes: tuple[str, ...] = ()
        # piq calls the candidate x and the reference y; VIF is not symmetric.
        with torch.no_grad():
            if self.function is None:
                network, notes = load_network(self.name, find_weights(self.name))
                value = network(second, first)
            else:
                value = getattr(piq, self.function)(second, first, data_range=1.0)
        return float(value), notes

    def _from_0_to_1(self, pair: PreparedPair) -> tuple[Strip, Strip]:
        scaled = [image / pair.data_range for image in read_whole(pair.before_colour)]
        for role, image in zip(("reference", "candidate"), scaled, strict=True):
            low, high = float(image.min()), float(image.max())
            if low < 0.0 or high > 1.0:
                raise RangeError(
                    f"{self.name} needs values from 0 to the data range",
                    found=f"{role} from {low * pair.data_range:g} to {high * pair.data_range:g}, "
                    f"data range {pair.data_range:g}",
                    way_out="Clip the images, or give their true range: --data-range",
                )
        return scaled[0], scaled[1]


def _tensor(torch: Any, image: Strip, three_channels: bool) -> Any:
    """Return a batch of one image, 1 x C x H x W of float64."""
    if three_channels and image.shape[2] == 1:
        image = np.repeat(image, 3, axis=2)
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))[None]


def require_piq() -> None:
    """Refuse to go on without piq and torch.

    Raises
    ------
    DependencyError
        Naming the packages that are absent, and how to install them.
    """
    absent = [name for name in ("torch", "torchvision", "piq") if importlib.util.find_spec(name) is None]
    if absent:
        raise DependencyError(
            f"piq's metrics need {' and '.join(absent)}, which {'is' if len(absent) == 1 else 'are'} not installed",
            way_out="Install them: pip install 'srmetrics[torch]'",
        )


def piq_metric(name: str) -> Metric:
    """Return a metric of piq by its name, such as ``piq:fsim``.

    Raises
    ------
    MetricError
        When there is no such metric; near names are suggested.
    DependencyError
        When piq or torch is not installed.
    WeightsError
        When the weights of ``piq:lpips`` or ``piq:dists`` are absent: here, before any image is scored.
    """
    if name not in PIQ_METRICS:
        near = difflib.get_close_matches(name, PIQ_METRICS, n=1)
        raise MetricError(
            "there is no such metric of piq",
            found=repr(name),
            expected="one of " + ", ".join(PIQ_METRICS),
            way_out=f"Did you mean {near[0]!r}?" if near else None,
        )
    require_piq()
    metric = PIQ_METRICS[name]
    if metric.function is None:
        find_weights(name)
    return metric


_METRICS = (
    PiqMetric(
        "piq:lpips",
        "learned perceptual image patch similarity (VGG16), a distance, 0 for identical images",
        "R. Zhang, P. Isola, A. A. Efros, E. Shechtman, O. Wang. The unreasonable effectiveness of deep features as a "
        "perceptual metric. CVPR 2018.",
        higher_is_better=False,
        function=None,
        least_side=32,  # piq runs all five of VGG16's halvings
        three_channels=True,
    ),
    PiqMetric(
        "piq:dists",
        "deep image structure and texture similarity (VGG16), a distance, 0 for identical images",
        "K. Ding, K. Ma, S. Wang, E. P. Simoncelli. Image quality assessment: unifying structure and texture "
        "similarity. IEEE Transactions on Pattern Analysis and Machine Intelligence 44(5):2567-2581, 2022.",
        higher_is_better=False,
        function=None,
        least_side=1,
        three_channels=True,
    ),
    PiqMetric(
        "piq:fsim",
        "feature similarity with colour (FSIMc), without a unit, 1 for identical images",
        "L. Zhang, L. Zhang, X. Mou, D. Zhang. FSIM: a feature similarity index for image quality assessment. IEEE "
        "Transactions on Image Processing 20(8):2378-2386, 2011.",
        higher_is_better=True,
        function="fsim",
        least_side=2,
        three_channels=True,
    ),
    PiqMetric(
        "piq:gmsd",
        "gradient magnitude similarity deviation, without a unit, 0 for identical images",
        "W. Xue, L. Zhang, X. Mou, A. C. Bovik. Gradient magnitude similarity deviation: a highly efficient perceptual "
        "image quality index. IEEE Transactions on Image Processing 23(2):684-695, 2014.",
        higher_is_better=False,
        function="gmsd",
        least_side=1,
        three_channels=False,
    ),
    PiqMetric(
        "piq:vif",
        "visual information fidelity in the pixel domain (VIFp), without a unit, 1 for identical images",
        "H. R. Sheikh, A. C. Bovik. Image information and visual quality. IEEE Transactions on Image Processing "
        "15(2):430-444, 2006.",
        higher_is_better=True,
        function="vif_p",
        least_side=41,
        three_channels=False,
    ),
    PiqMetric(
        "piq:haarpsi",
        "Haar wavelet-based perceptual similarity, without a unit, 1 for identical images",
        "R. Reisenhofer, S. Bosse, G. Kutyniok, T. Wiegand. A Haar wavelet-based perceptual similarity index for image "
        "quality assessment. Signal Processing: Image Communication 61:33-43, 2018.",
        higher_is_better=True,
        function="haarpsi",
        least_side=16,
        three_channels=False,
    ),
    PiqMetric(
        "piq:mdsi",
        "mean deviation similarity index, without a unit, 0 for identical images",
        "H. Z. Nafchi, A. Shahkolaei, R. Hedjam, M. Cheriet. Mean deviation similarity index: efficient and reliable "
        "full-reference image quality evaluator. IEEE Access 4:5579-5590, 2016.",
        higher_is_better=False,
        function="mdsi",
        least_side=1,
        three_channels=True,
    ),
    PiqMetric(
        "piq:vsi",
        "visual saliency-induced index, without a unit, 1 for identical images",
        "L. Zhang, Y. Shen, H. Li. VSI: a visual saliency-induced index for perceptual image quality assessment. IEEE "
        "Transactions on Image Processing 23(10):4270-4281, 2014.",
        higher_is_better=True,
        function="vsi",
        least_side=1,
        three_channels=True,
    ),
)

PIQ_METRICS: dict[str, PiqMetric] = {metric.name: metric for metric in _METRICS}
if len(PIQ_METRICS) != len(_METRICS):
    raise RuntimeError("two metrics of piq have one name")
