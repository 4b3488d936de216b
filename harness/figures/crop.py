"""A rectangle of the reference that a figure enlarges."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike

from srmetrics.errors import UsageError


@dataclass(frozen=True, slots=True)
class Crop:
    """A rectangle in pixels of the reference, from its top left corner."""

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        """Return it as ``--crop`` takes it."""
        return f"{self.x},{self.y},{self.width},{self.height}"

    def check_inside(self, shape: Sequence[int], file: str | PathLike[str] | None = None) -> None:
        """Refuse a crop that leaves an image of this shape, height first.

        Raises
        ------
        UsageError
            Naming the nearest crop that does not.
        """
        height, width = shape[:2]
        if self.x + self.width <= width and self.y + self.height <= height:
            return
        kept_width, kept_height = min(self.width, width), min(self.height, height)
        near = Crop(min(self.x, width - kept_width), min(self.y, height - kept_height), kept_width, kept_height)
        raise UsageError(
            "the crop leaves the image",
            found=f"{self} in an image of {width} x {height} pixels",
            expected="x,y,width,height inside it",
            way_out=f"The nearest that fits: --crop {near}",
            file=file,
        )

    def reaches_border(self, shape: Sequence[int], border: int) -> bool:
        """Return whether a part of it is in the border of an image that a protocol cuts off.

        Raises
        ------
        UsageError
            When all of it is, so that it has no score.
        """
        height, width = shape[:2]
        left, top = max(self.x, border), max(self.y, border)
        right, bottom = min(self.x + self.width, width - border), min(self.y + self.height, height - border)
        if right <= left or bottom <= top:
            raise UsageError(
                f"the crop has no score, because the protocol cuts a border of {border} pixels off",
                found=str(self),
                expected=f"a crop with a part inside {border},{border},{width - 2 * border},{height - 2 * border}",
                way_out="Leave --crop-scores out, or take another --crop",
            )
        return (right - left, bottom - top) != (self.width, self.height)

    def divided(self, factor: int, method: str) -> Crop:
        """Return the same rectangle in an image whose sides are ``factor`` times shorter.

        Raises
        ------
        UsageError
            When its edges lie inside pixels of that image, naming the nearest crop whose edges do not.
        """
        parts = (self.x, self.y, self.width, self.height)
        if any(part % factor for part in parts):
            x, y = self.x - self.x % factor, self.y - self.y % factor
            width = -(-(self.x + self.width - x) // factor) * factor
            height = -(-(self.y + self.height - y) // factor) * factor
            raise UsageError(
                f"the crop's edges lie inside pixels of {method}, which is {factor} times smaller",
                found=str(self),
                expected=f"multiples of {factor}",
                way_out=f"The nearest: --crop {Crop(x, y, width, height)}",
            )
        return Crop(*(part // factor for part in parts))


def parse_crop(text: str) -> Crop:
    """Return the crop that ``x,y,width,height`` says.

    Raises
    ------
    UsageError
        When it does not.

    Examples
    --------
    >>> parse_crop("96,40,64,48")
    Crop(x=96, y=40, width=64, height=48)
    """
    numbers = re.fullmatch(r"\s*(\d{1,9})\s*,\s*(\d{1,9})\s*,\s*(\d{1,9})\s*,\s*(\d{1,9})\s*", text)
    if numbers is None or int(numbers[3]) < 1 or int(numbers[4]) < 1:
        raise UsageError(
            "this is no crop",
            found=repr(text),
            expected="x,y,width,height in pixels from the top left corner, such as 96,40,64,64",
        )
    return Crop(*map(int, numbers.groups()))
