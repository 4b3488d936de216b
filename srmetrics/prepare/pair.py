"""A prepared pair: what metrics see. None of them knows how the protocol was applied."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol as Interface

import numpy as np
from numpy.typing import NDArray

from srmetrics.errors import NonFiniteError, RangeError
from srmetrics.prepare.align import Frame, align
from srmetrics.prepare.channels import reconcile, split_alpha
from srmetrics.prepare.colour import Conversion, Strip, conversion_for
from srmetrics.prepare.gate import Image, check_image, check_mask, dtype_range, largest_value, range_notes
from srmetrics.protocol import EvaluationProtocol

Mask = NDArray[np.bool_]
"""height x width of truth values: True inside the region."""

STRIP_ROWS = 48
"""Rows of one strip: enough that a window's halo costs little, few enough that a strip stays in the cache."""


class Rows(Interface):
    """Two images of one size, read as strips of rows."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        ...

    def rows(self, start: int, stop: int) -> tuple[Strip, Strip]:
        """Return rows ``start`` to ``stop`` of the reference and of the candidate, rows x width x channels."""
        ...


@dataclass(frozen=True, slots=True)
class HeldRows:
    """Two images that are held whole as float64, height x width x channels."""

    reference: Strip
    candidate: Strip

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        height, width, channels = self.reference.shape
        return height, width, channels

    def rows(self, start: int, stop: int) -> tuple[Strip, Strip]:
        """Return rows ``start`` to ``stop`` of both."""
        return self.reference[start:stop], self.candidate[start:stop]


@dataclass(frozen=True, slots=True)
class SelectedRows:
    """Two images inside a mask, and one constant outside of it: nothing outside can reach a metric."""

    inner: Rows
    mask: Mask
    outside: float

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        return self.inner.shape

    def rows(self, start: int, stop: int) -> tuple[Strip, Strip]:
        """Return rows ``start`` to ``stop`` of both, by a select: a product would let NaN through."""
        inside = self.mask[start:stop, :, None]
        reference, candidate = self.inner.rows(start, stop)
        return np.where(inside, reference, self.outside), np.where(inside, candidate, self.outside)


@dataclass(frozen=True, slots=True)
class PreparedPair:
    """A pair to which the protocol has been applied.

    ``rows`` converts strips on demand, so that no float copy of a whole image is ever held.
    """

    protocol: EvaluationProtocol
    data_range: float
    frame: Frame
    original_size: tuple[int, int]
    stored: tuple[Image, Image]
    """The two images aligned and cropped, with the channels that are scored, as they were stored."""
    alphas: tuple[Image | None, Image | None]
    conversion: Conversion
    notes: tuple[str, ...] = field(default=())

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and channels of what is scored."""
        reference = self.stored[0]
        return reference.shape[0], reference.shape[1], self.conversion.channels(reference)

    @property
    def before_colour(self) -> PreparedPair:
        """The same pair as RGB or grey and unrounded, whatever the protocol's colour: for metrics that take RGB."""
        return replace(self, conversion=self.conversion.before_colour())

    @property
    def untouched(self) -> bool:
        """True when the stored values are the scored values."""
        return all(
            self.conversion.untouched(image, alpha) for image, alpha in zip(self.stored, self.alphas, strict=True)
        )

    @property
    def scored_as_bytes(self) -> bool:
        """True when the stored values are 8-bit and the scored values."""
        return self.untouched and all(image.dtype == np.uint8 for image in self.stored)

    def rows(self, start: int, stop: int) -> tuple[Strip, Strip]:
        """Return rows ``start`` to ``stop`` of the reference and the candidate, as scored values."""
        first, second = (
            self.conversion.apply(image[start:stop], None if alpha is None else alpha[start:stop])
            for image, alpha in zip(self.stored, self.alphas, strict=True)
        )
        return first, second

    def place(self, mask: object) -> Mask:
        """Return a mask of the reference's original size, cut to what is scored."""
        return self.frame.cut(check_mask(mask, self.original_size))

    def require_finite(self, mask: Mask | None) -> None:
        """Refuse NaN and infinity where they would be scored.

        Raises
        ------
        NonFiniteError
            Naming the image, how many such values there are and where the first stands.
        """
        for role, image, alpha in zip(("reference", "candidate"), self.stored, self.alphas, strict=True):
            if image.dtype.kind != "f":
                continue
            first, count = None, 0
            for start in range(0, image.shape[0], STRIP_ROWS):
                bad: NDArray[np.bool_] = np.logical_not(np.isfinite(image[start : start + STRIP_ROWS]))
                if bad.ndim == 3:
                    bad = np.any(bad, axis=2)
                if alpha is not None:
                    bad = bad | np.logical_not(np.isfinite(alpha[start : start + STRIP_ROWS]))
                if mask is not None:
                    bad = bad & mask[start : start + STRIP_ROWS]
                here = np.argwhere(bad)
                if len(here) and first is None:
                    first = (int(here[0][0]) + start + self.frame.top, int(here[0][1]) + self.frame.left)
                count += len(here)
            if first is not None:
                raise NonFiniteError(
                    f"the {role} has pixels that are not numbers",
                    found=f"{count} pixels with NaN or infinity, the first at row {first[0]}, column {first[1]}",
                    way_out="Mend the image, or leave those pixels out by a mask (--masks)",
                )


def prepare_pair(
    reference: object,
    candidate: object,
    protocol: EvaluationProtocol,
    *,
    scale: int | None = None,
    data_range: float | None = None,
    reference_max: float | None = None,
) -> PreparedPair:
    """Apply a protocol to a pair of images.

    Parameters
    ----------
    reference, candidate : array_like
        H x W or H x W x C, integers or floats, RGB order.
    protocol : EvaluationProtocol
        Resolved or not.
    scale : int, optional
        For the rules that need it.
    data_range : float, optional
        For dtypes that do not say their range.
    reference_max : float, optional
        The largest value of the whole volume, where ``range: reference-max`` and the image is one slice of it.

    Raises
    ------
    ArrayError, ProtocolError
        When the images cannot be scored under the protocol; the message names the way out.
    """
    first, second = check_image(reference, "reference"), check_image(candidate, "candidate")
    resolved = protocol.resolve(scale=scale, data_range=dtype_range(first, second, protocol, data_range))
    original_size = (int(first.shape[0]), int(first.shape[1]))
    if isinstance(resolved.range, str):
        span = largest_value(first) if reference_max is None else reference_max
        if not span > 0:
            raise RangeError("range: reference-max needs a reference with a value above 0", found=f"{span:g}")
    else:
        span = resolved.range
    floats = first.dtype.kind == "f" or second.dtype.kind == "f"
    conversion = conversion_for(resolved, floats, span)
    notes = () if resolved.value_window != "none" or isinstance(resolved.range, str) else range_notes(first, span)
    first, second, frame = align(first, second, resolved.align, int(resolved.crop))
    first, first_alpha = split_alpha(first, resolved.alpha, "reference")
    second, second_alpha = split_alpha(second, resolved.alpha, "candidate")
    first, second, channel_notes = reconcile(first, second, resolved.grey)
    return PreparedPair(
        protocol=resolved,
        data_range=span,
        frame=frame,
        original_size=original_size,
        stored=(first, second),
        alphas=(first_alpha, second_alpha),
        conversion=conversion,
        notes=notes + channel_notes,
    )
