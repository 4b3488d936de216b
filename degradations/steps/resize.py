"""Resizing by MATLAB's, OpenCV's and Pillow's rules, to fixed and to drawn sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import cv2
import numpy as np
from PIL import Image as Pillow

from degradations.imresize import BorderName, KernelName, imresize
from degradations.pipeline import check_weights, choose
from degradations.step import PEAKS, Facts, Image, Record
from srmetrics.errors import StepError


@dataclass(frozen=True, slots=True)
class MatlabResize:
    """Make the image smaller by the recipe's scale with MATLAB's ``imresize``."""

    kind: ClassVar[str] = "resize-matlab"
    kernel: KernelName = "bicubic"
    border: BorderName = "symmetric"
    """``symmetric`` as in current MATLAB, ``replicate`` as in the releases behind the classic sets."""
    antialias: bool = True

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Record the scale, which the weights keep as given."""
        return {"scale": 1 / facts.scale}

    def apply(self, image: Image, record: Record) -> Image:
        """Return the resized image, in its own type."""
        return imresize(image, record["scale"], kernel=self.kernel, antialias=self.antialias, border=self.border)

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return the facts with the smaller size."""
        return replace(facts, height=-(-facts.height // facts.scale), width=-(-facts.width // facts.scale))


@dataclass(frozen=True, slots=True)
class ResizeTo:
    """Resize to the recipe's low-resolution size, or to a fixed one, by a rule drawn with equal chances."""

    kind: ClassVar[str] = "resize-to"
    rules: tuple[str, ...]
    """Names of resizing rules, see ``RULES``."""
    size: tuple[int, int] | None = None
    """Height and width in pixels; the input's size divided by the scale if not given."""

    def __post_init__(self) -> None:
        _check_rules(self.rules)
        if self.size is not None and min(self.size) < 1:
            raise StepError("impossible size", found=self.size, expected="height and width of at least 1")

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw the rule."""
        height, width = self.size or (facts.target_height, facts.target_width)
        return {"rule": _draw_rule(rng, self.rules), "height": height, "width": width}

    def apply(self, image: Image, record: Record) -> Image:
        """Return the resized image, in its own type."""
        return resize_by_rule(image, record["rule"], record["height"], record["width"])

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return the facts with the recorded size."""
        return replace(facts, height=record["height"], width=record["width"])


@dataclass(frozen=True, slots=True)
class ResizeBy:
    """Resize up, down or not at all, by a drawn factor and a drawn rule."""

    kind: ClassVar[str] = "resize-by"
    rules: tuple[str, ...]
    """Names of resizing rules, drawn with equal chances."""
    up_down_keep: tuple[float, float, float]
    """Probabilities of making the image larger, smaller, and of factor 1."""
    smallest: float
    """A smaller image's factor is uniform between this and 1."""
    largest: float
    """A larger image's factor is uniform between 1 and this."""
    of: Literal["current", "target"] = "current"
    """What the factor multiplies: the size that arrives here, or the recipe's low-resolution size."""
    inverse: bool = False
    """Draw the divisor, not the factor, uniformly: of a smaller image between 1 and 1 / ``smallest``."""

    def __post_init__(self) -> None:
        _check_rules(self.rules)
        check_weights(self.up_down_keep)
        if self.of not in ("current", "target"):
            raise StepError("unknown size", found=repr(self.of), expected="current or target")
        if not (0 < self.smallest <= 1 <= self.largest < float("inf")):
            raise StepError(
                "impossible factors",
                found=f"{self.smallest} to {self.largest}",
                expected="0 < smallest <= 1 <= largest",
            )

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw direction, factor and rule; the size is rounded down, as BasicSR and torch do."""
        direction = ("up", "down", "keep")[choose(rng, self.up_down_keep)]
        low, high = {"up": (1.0, self.largest), "down": (self.smallest, 1.0), "keep": (1.0, 1.0)}[direction]
        factor = 1 / float(rng.uniform(1 / high, 1 / low)) if self.inverse else float(rng.uniform(low, high))
        height, width = (
            (facts.height, facts.width)
            if self.of == "current"
            else (facts.input_height / facts.scale, facts.input_width / facts.scale)
        )
        return {
            "direction": direction,
            "factor": factor,
            "rule": _draw_rule(rng, self.rules),
            "height": max(1, int(height * factor)),
            "width": max(1, int(width * factor)),
        }

    def apply(self, image: Image, record: Record) -> Image:
        """Return the resized image, in its own type."""
        return resize_by_rule(image, record["rule"], record["height"], record["width"])

    def facts_after(self, facts: Facts, record: Record) -> Facts:
        """Return the facts with the drawn size."""
        return replace(facts, height=record["height"], width=record["width"])


def resize_by_rule(image: Image, rule: str, height: int, width: int) -> Image:
    """Resize to a size by a named rule.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, 3)
        uint8, uint16, float32 or float64; the result is of the same type. Floats may overshoot.
    rule : str
        A name in ``RULES``: the library and its kernel.
    height, width : int
        Size of the result in pixels.

    Raises
    ------
    StepError
        If the rule or the image's type is unknown.
    """
    _check_rules((rule,))
    if image.dtype.name not in PEAKS:
        raise StepError("unknown image type", found=image.dtype, expected=", ".join(PEAKS))
    return RULES[rule](image, height, width)


def _matlab(kernel: KernelName) -> Callable[[Image, int, int], Image]:
    return lambda image, height, width: imresize(image, size=(height, width), kernel=kernel)


def _opencv(interpolation: int) -> Callable[[Image, int, int], Image]:
    def resize(image: Image, height: int, width: int) -> Image:
        resized: Image = cv2.resize(np.ascontiguousarray(image), (width, height), interpolation=interpolation)
        return resized

    return resize


def _pillow(kernel: Pillow.Resampling) -> Callable[[Image, int, int], Image]:
    def resize(image: Image, height: int, width: int) -> Image:
        if image.dtype == np.uint8:
            return np.asarray(Pillow.fromarray(image).resize((width, height), kernel))
        # Pillow resizes more than 8 bits only as single-precision floats, one channel at a time.
        planes = image[..., np.newaxis] if image.ndim == 2 else image
        resized = np.stack(
            [
                np.asarray(Pillow.fromarray(plane.astype(np.float32)).resize((width, height), kernel))
                for plane in np.moveaxis(planes, 2, 0)
            ],
            axis=2,
        )
        if image.dtype == np.uint16:
            resized = np.clip(np.rint(resized), 0, PEAKS["uint16"])
        return resized.astype(image.dtype).reshape(height, width, *image.shape[2:])

    return resize


RULES: dict[str, Callable[[Image, int, int], Image]] = {
    "matlab-nearest": _matlab("nearest"),
    "matlab-box": _matlab("box"),
    "matlab-bilinear": _matlab("bilinear"),
    "matlab-bicubic": _matlab("bicubic"),
    "matlab-lanczos2": _matlab("lanczos2"),
    "matlab-lanczos3": _matlab("lanczos3"),
    "opencv-nearest": _opencv(cv2.INTER_NEAREST),
    "opencv-bilinear": _opencv(cv2.INTER_LINEAR),
    "opencv-bicubic": _opencv(cv2.INTER_CUBIC),
    "opencv-area": _opencv(cv2.INTER_AREA),
    "opencv-lanczos4": _opencv(cv2.INTER_LANCZOS4),
    "pillow-nearest": _pillow(Pillow.Resampling.NEAREST),
    "pillow-box": _pillow(Pillow.Resampling.BOX),
    "pillow-bilinear": _pillow(Pillow.Resampling.BILINEAR),
    "pillow-bicubic": _pillow(Pillow.Resampling.BICUBIC),
    "pillow-lanczos": _pillow(Pillow.Resampling.LANCZOS),
}
"""Resizing rules by name. MATLAB's and Pillow's antialias when making an image smaller; of OpenCV's, only
area."""


def _check_rules(rules: tuple[str, ...]) -> None:
    unknown = [rule for rule in rules if rule not in RULES]
    if unknown or not rules:
        raise StepError("unknown resizing rule", found=unknown or "none", expected=", ".join(RULES))


def _draw_rule(rng: np.random.RandomState, rules: tuple[str, ...]) -> str:
    return rules[int(rng.randint(len(rules)))] if len(rules) > 1 else rules[0]
