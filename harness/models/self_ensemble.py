"""The geometric self-ensemble: the mean of what an upscaler makes of an image in its eight positions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from harness.models.upscaler import NO_FACTS, Image, ImageFacts, Upscaler, UpscalerDescription
from srmetrics.errors import ModelError


class SelfEnsemble:
    """Any upscaler, run on the four rotations of an image and of its mirror image, and averaged.

    The mean is of floats in double precision; `to_reference_dtype` rounds once, afterwards.

    Parameters
    ----------
    upscaler : Upscaler
        One that computes its output from the pixels.

    Raises
    ------
    ModelError
        When the upscaler reads its outputs from files.

    References
    ----------
    R. Timofte, R. Rothe, L. Van Gool, "Seven ways to improve example-based single image super resolution", CVPR 2016;
    B. Lim et al., "Enhanced deep residual networks for single image super-resolution", CVPR Workshops 2017.
    """

    def __init__(self, upscaler: Upscaler) -> None:
        described = upscaler.description
        if described.scale is None:
            raise ModelError(f"{described.name!r} cannot turn images round: its outputs are files")
        self._upscaler = upscaler
        self._description = replace(described, self_ensemble=True)

    @property
    def description(self) -> UpscalerDescription:
        """What the upscaler says of itself, with ``self_ensemble`` set."""
        return self._description

    def upscale(self, image: Image, facts: ImageFacts = NO_FACTS) -> NDArray[np.float64]:
        """Upscale eight times and average. Parameters as in `Upscaler.upscale`; returns float64."""
        total: NDArray[np.float64] | None = None
        for mirrored in (False, True):
            for quarters in range(4):
                turned = np.ascontiguousarray(np.rot90(image[:, ::-1] if mirrored else image, quarters))
                output = np.rot90(self._upscaler.upscale(turned, facts), -quarters).astype(np.float64)
                output = output[:, ::-1] if mirrored else output
                total = output if total is None else total + output
        assert total is not None  # eight positions were added
        return np.ascontiguousarray(total / 8.0)
