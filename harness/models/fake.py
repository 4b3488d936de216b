"""A fake upscaler, for tests of whatever calls upscalers: quick, exact, and faulty on request."""

from __future__ import annotations

from typing import Literal, TypeAlias, cast, get_args

import numpy as np
from numpy.typing import NDArray

from harness.models.kinds import Request
from harness.models.upscaler import NO_FACTS, Image, ImageFacts, UpscalerDescription
from srmetrics.errors import ModelError

Fault: TypeAlias = Literal["none", "size", "nan", "raise"]


class FakeUpscaler:
    """Repeats every pixel, adds a constant, and remembers what it was called with.

    Parameters
    ----------
    scale : int
        Output over input size.
    name : str
        What tables call it.
    plus : float
        Added to every pixel, in the image's units.
    fault : {"none", "size", "nan", "raise"}
        What it does wrong: one row too many, a NaN in the corner, or an exception.
    only : str
        The key that it does wrong with; empty for all.

    Examples
    --------
    >>> fake = FakeUpscaler(2, plus=1)
    >>> fake.upscale(np.array([[7]], np.uint8), ImageFacts(key="a"))
    array([[8., 8.],
           [8., 8.]])
    >>> fake.keys
    ['a']
    """

    def __init__(
        self, scale: int = 2, name: str = "fake", plus: float = 0.0, fault: Fault = "none", only: str = ""
    ) -> None:
        if fault not in get_args(Fault):
            raise ModelError("unknown fault", found=repr(fault), expected=", ".join(get_args(Fault)))
        self.keys: list[str] = []
        self._plus = plus
        self._fault = fault
        self._only = only
        self._scale = scale
        self._description = UpscalerDescription(
            name=name,
            spec=f"fake?scale={scale}",
            architecture="a fake that repeats pixels",
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
        """Repeat pixels. Parameters as in `Upscaler.upscale`; returns float64."""
        self.keys.append(facts.key)
        output = image.astype(np.float64).repeat(self._scale, axis=0).repeat(self._scale, axis=1) + self._plus
        if self._fault == "none" or self._only not in ("", facts.key):
            return output
        if self._fault == "raise":
            raise RuntimeError(f"the fake was asked to fail on {facts.key!r}")
        if self._fault == "size":
            return np.concatenate([output, output[-1:]])
        output[(0,) * output.ndim] = np.nan
        return output


def load(request: Request) -> FakeUpscaler:
    """Make a fake of ``fake?scale=2&fault=nan&only=KEY``."""
    scale = request.options.integer("scale", request.settings.scale or 2, minimum=1) or 2
    fault = cast(Fault, request.options.choice("fault", get_args(Fault), "none"))
    only = request.options.text("only", "") or ""
    plus = request.options.integer("plus", 0) or 0
    request.options.close()
    return FakeUpscaler(scale, request.spec.name, plus, fault, only)
