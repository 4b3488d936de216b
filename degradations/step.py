"""What a step is: one half draws plain numbers, the other applies them.

The split is what makes a degradation reproducible: everything that is random is in the record, which depends
on the seed and on :class:`Facts`, never on pixels; and the pixels depend on the input and the record, never
on a generator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from srmetrics.errors import StepError

Record: TypeAlias = dict[str, Any]
"""What a step drew: plain JSON (numbers, strings, booleans, None, lists and nested records)."""

Image: TypeAlias = NDArray[Any]
"""An (H, W) or (H, W, 3) array, RGB order: uint8, uint16, float32 or float64. One channel is (H, W)."""

PEAKS: dict[str, float] = {"uint8": 255.0, "uint16": 65535.0, "float32": 1.0, "float64": 1.0}
"""The value that is white, by dtype."""

_OVERSHOOT = 4.0  # more than any cascade of sinc and bicubic makes of 0..1, less than an image left at 0..255


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a draw may depend on besides its generator: sizes and types, never pixels."""

    height: int
    """Height in pixels of the image that arrives at the step."""
    width: int
    """Width in pixels of the image that arrives at the step."""
    channels: int
    """1 or 3."""
    dtype: str
    """Type of the image that arrives at the step: uint8, uint16, float32 or float64."""
    input_dtype: str
    """Type of the high-resolution image that entered the pipeline."""
    scale: int
    """How many times smaller the recipe makes each side."""
    input_height: int
    """Height of the image that entered the pipeline, a multiple of the scale."""
    input_width: int
    """Width of the image that entered the pipeline, a multiple of the scale."""

    @classmethod
    def of(cls, image: Image, scale: int) -> Facts:
        """Gather the facts of an image that enters a pipeline."""
        height, width = image.shape[:2]
        channels = 1 if image.ndim == 2 else image.shape[2]
        dtype = image.dtype.name
        return cls(height, width, channels, dtype, dtype, scale, height, width)

    @property
    def target_height(self) -> int:
        """Height of the low-resolution image that the pipeline is to end with."""
        return self.input_height // self.scale

    @property
    def target_width(self) -> int:
        """Width of the low-resolution image that the pipeline is to end with."""
        return self.input_width // self.scale


class Step(Protocol):
    """One step of a degradation: a frozen dataclass of plain fields (which make up the recipe's digest)."""

    kind: ClassVar[str]
    """The step's name in recipe files and manifests."""

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw this step's numbers; an empty record if nothing is random."""
        ...

    def apply(self, image: Image, record: Record) -> Image:
        """Make the image that the record describes; the input is not changed."""
        ...


@runtime_checkable
class ChangesFacts(Protocol):
    """A step after which the image has another size, number of channels or type says so here."""

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return the facts that the next step's draw is to see."""
        ...


def facts_after(step: Step, facts: Facts, record: Record) -> Facts:
    """Return the facts after a step: the same ones, unless the step says otherwise."""
    return step.facts_after(facts, record) if isinstance(step, ChangesFacts) else facts


def check_unit_float(image: Image, kind: str) -> None:
    """Refuse, at a step's door, what is not a float image of nominal range 0..1.

    The overshoot of bicubic and sinc kernels passes; an image on the 0..255 scale does not.

    Raises
    ------
    StepError
        If the type is not float32 or float64, a value is NaN or infinite, or the range is not 0..1 by far.
    """
    if image.dtype not in (np.float32, np.float64):
        raise StepError(
            f"the {kind} step cannot work on this type",
            found=image.dtype,
            expected="float32 or float64 in 0..1",
            way_out="Put a to-float step before it",
        )
    low, high = float(image.min()), float(image.max())
    if not (low >= -_OVERSHOOT and high <= 1 + _OVERSHOOT):  # NaN fails this comparison too
        raise StepError(
            f"the {kind} step got values outside its range",
            found=f"{low:g}..{high:g}",
            expected="0..1 (with the overshoot of a sharp kernel)",
            way_out="Divide by the image's peak value first",
        )
