"""Interpolation as an upscaler: MATLAB's ``imresize``, which the published baselines were made with."""

from __future__ import annotations

from typing import Literal, TypeAlias, cast, get_args

import numpy as np
from numpy.typing import NDArray

from degradations import imresize
from harness.models.kinds import Request
from harness.models.upscaler import NO_FACTS, Image, ImageFacts, UpscalerDescription
from srmetrics.errors import ModelError

BaselineName: TypeAlias = Literal["nearest", "bilinear", "bicubic", "lanczos"]

_KERNELS: dict[str, Literal["nearest", "bilinear", "bicubic", "lanczos3"]] = {
    "nearest": "nearest",
    "bilinear": "bilinear",
    "bicubic": "bicubic",
    "lanczos": "lanczos3",
}


class Baseline:
    """Enlarges by interpolation, bit for bit as MATLAB does.

    Images of 8 and 16 bits are rounded after each of the two passes, as MATLAB rounds them; floats stay floats.

    Parameters
    ----------
    name : {"nearest", "bilinear", "bicubic", "lanczos"}
        The kernel; ``lanczos`` is MATLAB's ``lanczos3``.
    scale : int
        Output over input size.
    """

    def __init__(self, name: BaselineName, scale: int) -> None:
        if name not in get_args(BaselineName):
            raise ModelError("unknown baseline", found=repr(name), expected=", ".join(get_args(BaselineName)))
        if scale < 1:
            raise ModelError("an upscaler makes images larger", found=f"scale {scale}", expected="a scale from 1")
        self._kernel = _KERNELS[name]
        self._scale = scale
        self._description = UpscalerDescription(
            name=name,
            spec=f"{name}?scale={scale}",
            architecture=f"{self._kernel} interpolation as MATLAB's imresize",
            scale=scale,
            channels="any",
            trained_on="nothing",
            parameters=0,
        )

    @property
    def description(self) -> UpscalerDescription:
        """What it is."""
        return self._description

    def upscale(self, image: Image, facts: ImageFacts = NO_FACTS) -> NDArray[np.float64]:
        """Enlarge one image of any number of channels. Parameters as in `Upscaler.upscale`; returns float64."""
        # Types that MATLAB's rule of rounding does not cover, such as the int16 of DICOM, are resized as doubles.
        known = image.dtype in (np.uint8, np.uint16, np.float32, np.float64)
        resized = imresize(image if known else image.astype(np.float64), self._scale, kernel=self._kernel)
        output: NDArray[np.float64] = resized.astype(np.float64)
        return output * _change_of_units(image, facts)


def load(request: Request) -> Baseline:
    """Make a baseline of ``bicubic`` or ``bicubic?scale=4``; the scale is otherwise the run's."""
    spec = request.spec
    scale = request.options.integer("scale", request.settings.scale, minimum=1)
    request.options.close()
    if spec.rest:
        raise ModelError(f"{spec.kind} works on no file", found=f"{spec.kind}:{spec.rest}", expected=spec.kind)
    if scale is None:
        raise ModelError(
            f"{spec.kind} needs a scale", expected="a whole number", way_out=f"Write {spec.kind}?scale=4, or --scale 4"
        )
    return Baseline(cast(BaselineName, spec.kind), scale)


def _change_of_units(image: Image, facts: ImageFacts) -> float:
    """Return by what to multiply values of the low-resolution image for values of the reference."""
    if facts.reference_range is None:
        return 1.0
    full = {np.dtype(np.uint8): 255.0, np.dtype(np.uint16): 65535.0}.get(image.dtype)
    white = facts.data_range if facts.data_range is not None else full
    return 1.0 if white is None else facts.reference_range / white
