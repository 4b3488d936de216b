"""Gaussian noise: independent, grey, correlated between channels, or wrapped around by a cast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from degradations.seeding import draw_field_seed, field_state
from degradations.step import Facts, Image, Record, check_unit_float
from srmetrics.errors import StepError

_BLOCK = 1 << 15  # values of a field that are drawn at a time


@dataclass(frozen=True, slots=True)
class GaussianNoise:
    """Add Gaussian noise of random strength, the same in all channels (grey) or independent in each."""

    kind: ClassVar[str] = "gaussian-noise"
    sigma: tuple[float, float]
    """Range of the standard deviation on the 0..255 scale, uniform; equal ends for a fixed one."""
    grey_probability: float = 0.0
    """Probability that the noise is the same in all channels."""
    whole_numbers: bool = False
    """Whether the standard deviation is a whole number, each in the range equally likely."""

    def __post_init__(self) -> None:
        check_range("sigma", self.sigma)
        check_probability("grey_probability", self.grey_probability)

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw the standard deviation, whether the noise is grey, and the seed of the field."""
        sigma = draw_between(rng, self.sigma, self.whole_numbers)
        grey = bool(rng.uniform() < self.grey_probability)
        return {"sigma": sigma, "grey": grey, "field": draw_field_seed(rng)}

    def apply(self, image: Image, record: Record) -> Image:
        """Add the field of the record to a float image of range 0..1, and clip to 0..1."""
        check_unit_float(image, self.kind)
        shape = image.shape[:2] if record["grey"] else image.shape
        field = normal_field(record["field"], shape, image.dtype)
        return add_gaussian_noise(image, field, record["sigma"])


@dataclass(frozen=True, slots=True)
class CorrelatedNoise:
    """Add Gaussian noise that is correlated between the channels, as the BSRGAN degradation does.

    The covariance is ``sigma^2 |U' D U|`` with ``D`` diagonal of uniform numbers, ``U`` an orthonormal basis of
    the range of a matrix of uniform numbers, and ``| |`` taken element by element, as in the public code. The
    record holds the uniform numbers. One-channel images take the first channel of the field.
    """

    kind: ClassVar[str] = "correlated-noise"
    sigma: float
    """Standard deviation on the 0..255 scale that the covariance is scaled by."""

    def __post_init__(self) -> None:
        check_range("sigma", (self.sigma, self.sigma))

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw what makes the covariance, and the seed of the field."""
        diagonal, basis = rng.uniform(size=3).tolist(), rng.uniform(size=(3, 3)).tolist()
        return {"diagonal": diagonal, "basis": basis, "field": draw_field_seed(rng)}

    def apply(self, image: Image, record: Record) -> Image:
        """Add the field of the record to a float image of range 0..1, and clip to 0..1."""
        check_unit_float(image, self.kind)
        root = _root_of(noise_covariance(record["diagonal"], record["basis"]))
        independent = normal_field(record["field"], (*image.shape[:2], 3), np.dtype(np.float64))
        field = (independent @ root).astype(image.dtype)
        return add_gaussian_noise(image, field if image.ndim == 3 else field[..., 0], self.sigma)


@dataclass(frozen=True, slots=True)
class WrappedNoise:
    """Add Gaussian noise that was cast to 8 bits first, so that what is negative wraps around to white.

    A mistake that published studies have made; here so that their results can be made again.
    """

    kind: ClassVar[str] = "wrapped-noise"
    sigma: float
    """Standard deviation on the 0..255 scale."""

    def __post_init__(self) -> None:
        check_range("sigma", (self.sigma, self.sigma))

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw the seed of the field; refuse all types but uint8."""
        self._check(facts.dtype)
        return {"field": draw_field_seed(rng)}

    def apply(self, image: Image, record: Record) -> Image:
        """Add the field, cut to whole numbers modulo 256, to a uint8 image; sums above 255 are 255."""
        self._check(image.dtype.name)
        field = normal_field(record["field"], image.shape, np.dtype(np.float64)) * self.sigma
        # Through int64: casting a negative float to uint8 at once is undefined and differs between processors.
        wrapped = field.astype(np.int64) % 256
        return np.minimum(image + wrapped, 255).astype(np.uint8)

    def _check(self, dtype: str) -> None:
        if dtype != "uint8":
            raise StepError(
                f"the {self.kind} step cannot work on this type",
                found=dtype,
                expected="uint8, the only type whose wrap-around is defined here",
                way_out="Convert the images to 8 bits first",
            )


def add_gaussian_noise(image: Image, field: NDArray[np.floating], sigma: float) -> Image:
    """Add a field of unit deviation, scaled to ``sigma`` on the 0..255 scale, and clip to 0..1.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, C), float32 or float64
        Range 0..1.
    field : ndarray, (H, W) or (H, W, C)
        Independent standard normal values; of two dimensions, the same for all channels.
    sigma : float
        Standard deviation on the 0..255 scale.

    Returns
    -------
    ndarray
        The noisy image, of the same shape and type.
    """
    noise = field * sigma
    noise /= 255
    if noise.ndim < image.ndim:
        noise = noise[..., None]
    # Into the noise's own memory where it has the image's size and type: fresh memory costs more than the sum.
    fits = noise.shape == image.shape and noise.dtype == image.dtype
    noisy: Image = np.add(image, noise, out=noise) if fits else image + noise
    np.clip(noisy, 0, 1, out=noisy)
    return noisy.astype(image.dtype, copy=False)


def normal_field(seed: int, shape: tuple[int, ...], dtype: np.dtype[np.floating]) -> NDArray[np.floating]:
    """Make the field of standard normal values whose seed a record holds."""
    state, field = field_state(seed), np.empty(shape, dtype)
    flat = field.reshape(-1)
    for start in range(0, flat.size, _BLOCK):  # drawn in double precision; blocks stay in the processor's cache
        block = flat[start : start + _BLOCK]
        block[:] = state.standard_normal(block.size)
    return field


def noise_covariance(diagonal: list[float], basis: list[list[float]]) -> NDArray[np.float64]:
    """Make the covariance of :class:`CorrelatedNoise` for a unit sigma from the numbers in its record."""
    left, _, _ = np.linalg.svd(np.asarray(basis, dtype=np.float64))
    return np.asarray(np.abs(left.T @ np.diag(diagonal) @ left), dtype=np.float64)


def _root_of(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    # Taking absolute values may leave a covariance with a negative eigenvalue; numpy's multivariate_normal, which
    # the public code calls, then takes the eigenvalues' sizes. The symmetric root depends on no choice of signs.
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.sqrt(np.abs(values))) @ vectors.T, dtype=np.float64)


def draw_between(rng: np.random.RandomState, bounds: tuple[float, float], whole_numbers: bool) -> float:
    """Draw a number, uniform between the bounds, or a whole one with both bounds included."""
    if whole_numbers:
        return int(rng.randint(int(bounds[0]), int(bounds[1]) + 1))
    return float(rng.uniform(*bounds))


def check_range(name: str, bounds: tuple[float, float]) -> None:
    """Refuse a range that is empty or negative."""
    if not 0 <= bounds[0] <= bounds[1] < float("inf"):
        raise StepError(f"impossible range of {name}", found=bounds, expected="0 <= low <= high")


def check_probability(name: str, value: float) -> None:
    """Refuse a probability that is not between 0 and 1."""
    if not 0 <= value <= 1:
        raise StepError(f"impossible {name}", found=value, expected="0 to 1")
