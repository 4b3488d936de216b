"""Any function on images as an upscaler."""

from __future__ import annotations

from collections.abc import Callable

from harness.models.upscaler import NO_FACTS, Image, ImageFacts, UpscalerDescription


class FunctionUpscaler:
    """A function that takes an image and returns it larger, in the same units.

    Parameters
    ----------
    function : callable
        ``image -> image``, H x W or H x W x C in RGB order.
    name : str
        What tables call it.
    scale : int
        Output over input size.
    trained_on : str
        The folder or data set that it was trained on.

    Examples
    --------
    >>> import numpy as np
    >>> twice = FunctionUpscaler(lambda image: image.repeat(2, 0).repeat(2, 1), "twice", 2)
    >>> twice.upscale(np.ones((2, 3), np.uint8)).shape
    (4, 6)
    """

    def __init__(
        self, function: Callable[[Image], Image], name: str, scale: int, *, trained_on: str = "unknown"
    ) -> None:
        self._function = function
        self._description = UpscalerDescription(
            name=name,
            spec=f"function {getattr(function, '__qualname__', name)}",
            architecture="a user's function",
            scale=scale,
            channels="any",
            trained_on=trained_on,
        )

    @property
    def description(self) -> UpscalerDescription:
        """What it is."""
        return self._description

    def upscale(self, image: Image, facts: ImageFacts = NO_FACTS) -> Image:
        """Call the function. Parameters as in `Upscaler.upscale`; the output has the units of the input."""
        return self._function(image)
