"""From the image's own type to floats in 0..1 and back: the doors of a blind pipeline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np

from degradations.step import PEAKS, Facts, Image, Record, check_unit_float
from srmetrics.errors import StepError

FloatName = Literal["float32", "float64"]


@dataclass(frozen=True, slots=True)
class ToFloat:
    """Divide by the type's peak value, so that black is 0 and white is 1."""

    kind: ClassVar[str] = "to-float"
    dtype: FloatName = "float32"
    """Precision that the steps after this one compute in."""

    def __post_init__(self) -> None:
        if self.dtype not in ("float32", "float64"):
            raise StepError("unknown float type", found=repr(self.dtype), expected="float32 or float64")

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw nothing."""
        return {}

    def apply(self, image: Image, record: Record) -> Image:
        """Return the image in 0..1; a float image must be there already."""
        if image.dtype.name not in PEAKS:
            raise StepError("unknown image type", found=image.dtype, expected=", ".join(PEAKS))
        if image.dtype.kind == "f":
            low, high = float(image.min()), float(image.max())
            if not (low >= 0 and high <= 1):  # NaN fails this comparison too
                raise StepError(
                    "a float image is not in 0..1",
                    found=f"{low:g}..{high:g}",
                    expected="0..1, or an integer image",
                    way_out="Divide by the image's peak value first, or store it as 8 or 16 bits",
                )
            return image.astype(self.dtype)
        # Divided in the target's precision, as BasicSR does: a product with 1/255 would round differently.
        divided: Image = image.astype(self.dtype) / np.dtype(self.dtype).type(PEAKS[image.dtype.name])
        return divided

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return the facts with the float type."""
        return replace(facts, dtype=self.dtype)


@dataclass(frozen=True, slots=True)
class Quantise:
    """Clip to 0..1 and round to the input's depth, as saving would; a float input is only clipped."""

    kind: ClassVar[str] = "quantise"
    to: Literal["input", "uint8", "uint16"] = "input"
    """The type to end in: the input's own, or a fixed one."""
    ties: Literal["even", "away"] = "even"
    """How .5 is rounded: to even as numpy and torch do, or away from zero as MATLAB does."""

    def __post_init__(self) -> None:
        if self.to not in ("input", "uint8", "uint16"):
            raise StepError("unknown type to round to", found=repr(self.to), expected="input, uint8 or uint16")
        if self.ties not in ("even", "away"):
            raise StepError("unknown rule for ties", found=repr(self.ties), expected="even or away")

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Record the type that it comes to."""
        return {"dtype": facts.input_dtype if self.to == "input" else self.to}

    def apply(self, image: Image, record: Record) -> Image:
        """Return the clipped and rounded image."""
        check_unit_float(image, self.kind)
        clipped: Image = np.clip(image, 0, 1)
        dtype = np.dtype(record["dtype"])
        if dtype.kind == "f":
            return clipped.astype(dtype)
        scaled = clipped * clipped.dtype.type(PEAKS[dtype.name])
        rounded: Image = np.rint(scaled) if self.ties == "even" else np.floor(scaled + 0.5)
        return rounded.astype(dtype)

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return the facts with the type that was recorded."""
        return replace(facts, dtype=record["dtype"])


@dataclass(frozen=True, slots=True)
class Clip:
    """Clip to 0..1 and stay in floats."""

    kind: ClassVar[str] = "clip"

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw nothing."""
        return {}

    def apply(self, image: Image, record: Record) -> Image:
        """Return the clipped image."""
        check_unit_float(image, self.kind)
        return np.clip(image, 0, 1)
