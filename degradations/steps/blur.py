"""Blur by a kernel that is drawn from a mixture of families, or by one that is given."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from degradations.pipeline import check_weights, choose
from degradations.step import Facts, Image, Record
from degradations.steps import kernels
from degradations.steps.filtering import (
    BORDERS,
    Border,
    check_filtered,
    filter_image,
    filter_separably,
)
from srmetrics.errors import StepError

Family = Literal["iso", "aniso", "generalised-iso", "generalised-aniso", "plateau-iso", "plateau-aniso", "sinc"]

_SMALL_KERNEL = 13  # below this size the published configurations draw sinc cutoffs from a narrower range


@dataclass(frozen=True, slots=True)
class Blur:
    """Blur by a random kernel of a random family, as practical degradation models do."""

    kind: ClassVar[str] = "blur"
    families: tuple[Family, ...]
    weights: tuple[float, ...]
    """One for each family, none negative, summing to 1."""
    sizes: tuple[int, ...]
    """Kernel sizes in pixels, odd, equally likely."""
    sigma: tuple[float, float]
    """Range of both standard deviations in pixels, uniform."""
    generalised_beta: tuple[float, float] = (0.5, 4.0)
    """Range of the generalised Gaussians' shape: half the draws uniform below 1, half above."""
    plateau_beta: tuple[float, float] = (1.0, 2.0)
    """Range of the plateaus' shape, drawn in the same way."""
    sinc_cutoff: tuple[float, float] = (math.pi / 5, math.pi)
    """Range of the sinc filters' cutoff in radians per pixel, uniform."""
    small_sinc_cutoff: tuple[float, float] = (math.pi / 3, math.pi)
    """The same for kernels of fewer than 13 pixels."""

    def __post_init__(self) -> None:
        unknown = sorted(set(self.families) - set(get_args(Family)))
        if unknown or len(self.families) != len(self.weights):
            raise StepError(
                "the kernel families of a blur do not fit",
                found=f"{', '.join(self.families)} with {len(self.weights)} weights",
                expected=f"some of {', '.join(get_args(Family))}, and a weight for each",
            )
        check_weights(self.weights)
        _check_sizes(self.sizes)
        for name in ("sigma", "generalised_beta", "plateau_beta"):
            low, high = getattr(self, name)
            if not (0 <= low <= high and 0 < high < math.inf):
                raise StepError(f"impossible range of {name}", found=(low, high), expected="0 <= low <= high")
        for low, high in (self.sinc_cutoff, self.small_sinc_cutoff):
            if not 0 < low <= high <= math.pi:
                raise StepError("impossible range of cutoffs", found=(low, high), expected="0 < low <= high <= pi")
        for name in ("generalised_beta", "plateau_beta"):
            low, high = getattr(self, name)
            if not low <= 1 <= high:  # each half of the draws lies on its side of 1
                raise StepError(f"impossible range of {name}", found=(low, high), expected="a range around 1")

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw the size, the family and its parameters."""
        size = self.sizes[rng.randint(len(self.sizes))]
        family = self.families[choose(rng, self.weights)]
        record: Record = {"family": family, "size": size}
        if family == "sinc":
            cutoffs = self.small_sinc_cutoff if size < _SMALL_KERNEL else self.sinc_cutoff
            return record | {"cutoff": rng.uniform(*cutoffs)}
        record["sigma_x"] = rng.uniform(*self.sigma)
        if family.endswith("aniso"):
            record["sigma_y"] = rng.uniform(*self.sigma)
            record["rotation"] = rng.uniform(-math.pi, math.pi)
        if family.startswith("generalised"):
            record["beta"] = _draw_beta(rng, self.generalised_beta)
        elif family.startswith("plateau"):
            record["beta"] = _draw_beta(rng, self.plateau_beta)
        return record

    def apply(self, image: Image, record: Record) -> Image:
        """Filter with the kernel of the record."""
        return apply_kernel(image, record)


@dataclass(frozen=True, slots=True)
class CovarianceBlur:
    """Blur by a Gaussian whose two variances (not deviations) are random, as BSRGAN does."""

    kind: ClassVar[str] = "covariance-blur"
    sizes: tuple[int, ...]
    """Kernel sizes in pixels, odd, equally likely."""
    variance: tuple[float, float]
    """Range of the variances along both axes in square pixels, uniform. The axes turn by any angle."""

    def __post_init__(self) -> None:
        _check_sizes(self.sizes)
        if not (0 <= self.variance[0] <= self.variance[1] and 0 < self.variance[1] < math.inf):
            raise StepError("impossible range of variance", found=self.variance, expected="0 <= low <= high")

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw the size, both variances (recorded as deviations) and the angle."""
        size = self.sizes[rng.randint(len(self.sizes))]
        first, second = math.sqrt(rng.uniform(*self.variance)), math.sqrt(rng.uniform(*self.variance))
        angle = rng.uniform(0.0, math.pi)
        return {"family": "aniso", "size": size, "sigma_x": first, "sigma_y": second, "rotation": angle}

    def apply(self, image: Image, record: Record) -> Image:
        """Filter with the kernel of the record."""
        return apply_kernel(image, record)


@dataclass(frozen=True, slots=True)
class SincBlur:
    """Blur by a sinc filter of random cutoff: the ringing of over-sharpened and recompressed images."""

    kind: ClassVar[str] = "sinc-blur"
    sizes: tuple[int, ...]
    """Kernel sizes in pixels, odd, equally likely."""
    cutoff: tuple[float, float] = (math.pi / 3, math.pi)
    """Range of the cutoff in radians per pixel, uniform."""

    def __post_init__(self) -> None:
        _check_sizes(self.sizes)
        if not 0 < self.cutoff[0] <= self.cutoff[1] <= math.pi:
            raise StepError("impossible range of cutoffs", found=self.cutoff, expected="0 < low <= high <= pi")

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw the size and the cutoff."""
        size = self.sizes[rng.randint(len(self.sizes))]
        return {"family": "sinc", "size": size, "cutoff": rng.uniform(*self.cutoff)}

    def apply(self, image: Image, record: Record) -> Image:
        """Filter with the kernel of the record."""
        return apply_kernel(image, record)


@dataclass(frozen=True, slots=True)
class GaussianBlur:
    """Blur by one given Gaussian; nothing is drawn."""

    kind: ClassVar[str] = "gaussian-blur"
    size: int
    """Size of the kernel in pixels, odd."""
    sigma: float | None = None
    """Standard deviation in pixels; None for OpenCV's rule, 0.3*((size-1)/2 - 1) + 0.8, or for small sizes the
    fixed kernel that it keeps (5: 1 4 6 4 1)."""
    border: Border = "reflect"
    arithmetic: Literal["exact", "opencv"] = "exact"
    """How integer images are filtered: in float64 and rounded once, half away from zero (as MATLAB's imfilter
    does), or by OpenCV's GaussianBlur, which works in fixed point. Float images are the same in both."""

    def __post_init__(self) -> None:
        _check_sizes((self.size,))
        if self.border not in BORDERS or self.arithmetic not in ("exact", "opencv"):
            raise StepError(
                "unknown option of a Gaussian blur",
                found=f"border {self.border}, arithmetic {self.arithmetic}",
                expected=f"border {' or '.join(BORDERS)}, arithmetic exact or opencv",
            )
        if self.sigma is not None:
            kernels.gaussian_row(self.size, self.sigma)  # refuses a deviation that is not positive

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw nothing."""
        return {}

    def apply(self, image: Image, record: Record) -> Image:
        """Filter with the given kernel."""
        if self.arithmetic == "exact" or image.dtype.kind == "f":
            return filter_separably(image, self._row(), self.border)
        check_filtered(image, self.size)
        size = (self.size, self.size)
        blurred: Image = cv2.GaussianBlur(image, size, self.sigma or 0, borderType=BORDERS[self.border])
        return blurred

    def _row(self) -> NDArray[np.float64]:
        if self.sigma is not None:
            return kernels.gaussian_row(self.size, self.sigma)
        return np.asarray(cv2.getGaussianKernel(self.size, 0, cv2.CV_64F), dtype=np.float64)[:, 0]


def apply_kernel(image: Image, record: Record) -> Image:
    """Filter an image with the kernel that a record describes, mirrored at the border.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C)
        See :func:`~degradations.steps.filtering.filter_image`.
    record : dict
        ``family`` and ``size``; ``sigma_x``, and for anisotropic families ``sigma_y`` and ``rotation``;
        ``beta`` for generalised and plateau families; ``cutoff`` for sinc.
    """
    size = record["size"]
    if record["family"] == "iso":
        return filter_separably(image, kernels.gaussian_row(size, record["sigma_x"]))
    return filter_image(image, make_kernel(record))


def make_kernel(record: Record) -> kernels.Kernel:
    """Make the kernel that a record describes, see :func:`apply_kernel`."""
    family, size = record["family"], record["size"]
    if family == "sinc":
        return kernels.sinc(size, record["cutoff"])
    covariance = (record["sigma_x"], record.get("sigma_y"), record.get("rotation", 0.0))
    if family in ("iso", "aniso"):
        return kernels.gaussian(size, *covariance)
    if family in ("generalised-iso", "generalised-aniso"):
        return kernels.generalised_gaussian(size, record["beta"], *covariance)
    if family in ("plateau-iso", "plateau-aniso"):
        return kernels.plateau(size, record["beta"], *covariance)
    raise StepError("unknown kernel family", found=family, expected=", ".join(get_args(Family)))


def _draw_beta(rng: np.random.RandomState, bounds: tuple[float, float]) -> float:
    low, high = bounds
    return rng.uniform(low, 1.0) if rng.uniform() < 0.5 else rng.uniform(1.0, high)


def _check_sizes(sizes: tuple[int, ...]) -> None:
    if not sizes or any(size < 1 or size % 2 == 0 for size in sizes):
        raise StepError("impossible kernel sizes", found=sizes, expected="odd numbers of pixels")
