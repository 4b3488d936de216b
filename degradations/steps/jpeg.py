"""JPEG compression by a named encoder at a whole quality."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from degradations.step import Facts, Image, Record, check_unit_float
from degradations.steps.levels import to_levels
from degradations.steps.noise import draw_between
from srmetrics.errors import StepError

Subsampling = Literal["4:2:0", "4:2:2", "4:4:4"]
Encoder = Literal["opencv", "pillow"]

_OPENCV_SUBSAMPLING: dict[str, int] = {
    "4:2:0": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    "4:2:2": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    "4:4:4": cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
}
_PILLOW_SUBSAMPLING: dict[str, int] = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2}
_LONGEST_SIDE = 65500  # of libjpeg


@dataclass(frozen=True, slots=True)
class Jpeg:
    """Compress to JPEG at a random quality and decode again. JPEG holds 8 bits a channel."""

    kind: ClassVar[str] = "jpeg"
    quality: tuple[float, float]
    """Range of the quality, 1 to 100: uniform, then rounded to a whole number; equal ends for a fixed one."""
    whole_numbers: bool = False
    """Whether each whole quality in the range is equally likely (else the two ends have half the chance)."""
    subsampling: Subsampling = "4:2:0"
    """Of the chroma; one-channel images have none."""
    encoder: Encoder = "opencv"
    """Whose libjpeg is used. Both decode with the library that they encode with."""

    def __post_init__(self) -> None:
        low, high = self.quality
        if not 1 <= low <= high <= 100:
            raise StepError("impossible JPEG quality", found=self.quality, expected="1 <= low <= high <= 100")
        if self.subsampling not in _PILLOW_SUBSAMPLING or self.encoder not in ("opencv", "pillow"):
            raise StepError(
                "unknown option of JPEG",
                found=f"subsampling {self.subsampling}, encoder {self.encoder}",
                expected=f"subsampling {', '.join(_PILLOW_SUBSAMPLING)}; encoder opencv or pillow",
            )

    def draw(self, rng: np.random.RandomState, facts: Facts) -> Record:
        """Draw the quality; refuse 16-bit images that no step before has brought to 8 bits."""
        held = np.dtype(facts.dtype)
        _refuse_16_bits(np.dtype(facts.input_dtype) if held.kind == "f" else held)
        return {"quality": round(draw_between(rng, self.quality, self.whole_numbers))}

    def apply(self, image: Image, record: Record) -> Image:
        """Compress a uint8 image, or a float image of range 0..1 after rounding it to 8 bits."""
        return compress(image, record["quality"], self.subsampling, self.encoder)


def compress(image: Image, quality: int, subsampling: Subsampling = "4:2:0", encoder: Encoder = "opencv") -> Image:
    """Compress an image to JPEG and decode it again.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, 3), RGB
        uint8; or float32 or float64 of range 0..1, which are clipped and rounded to 8 bits first.
    quality : int
        1 to 100, on libjpeg's scale.
    subsampling : {"4:2:0", "4:2:2", "4:4:4"}
        Of the chroma.
    encoder : {"opencv", "pillow"}
        Whose libjpeg is used.

    Returns
    -------
    ndarray
        The decoded image, of the same shape and type.

    Raises
    ------
    StepError
        If the image has 16 bits, the quality is not a whole number of 1 to 100, or a side exceeds 65500 pixels.

    References
    ----------
    ITU-T T.81, "Digital compression and coding of continuous-tone still images", 1992.
    """
    _refuse_16_bits(image.dtype)
    if not isinstance(quality, int) or not 1 <= quality <= 100:
        raise StepError("impossible JPEG quality", found=quality, expected="a whole number, 1 to 100")
    if max(image.shape[:2]) > _LONGEST_SIDE:
        raise StepError(
            "the image is too large for JPEG",
            found=f"{image.shape[1]}x{image.shape[0]} pixels",
            expected=f"sides of at most {_LONGEST_SIDE} pixels",
            way_out="Cut the image into tiles, or use a recipe without JPEG",
        )
    coder = _through_opencv if encoder == "opencv" else _through_pillow
    if image.dtype == np.uint8:
        return coder(image, quality, subsampling)
    check_unit_float(image, "jpeg")
    decoded: Image = coder(to_levels(image), quality, subsampling).astype(image.dtype)
    decoded /= 255
    return decoded


def _through_opencv(image: NDArray[np.uint8], quality: int, subsampling: str) -> NDArray[np.uint8]:
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        quality,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        _OPENCV_SUBSAMPLING[subsampling],
    ]
    colour = image.ndim == 3
    ordered = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if colour else image
    done, encoded = cv2.imencode(".jpg", ordered, options)
    assert done, "an 8-bit image within libjpeg's size limit can be encoded"
    decoded = cv2.imdecode(encoded, cv2.IMREAD_COLOR if colour else cv2.IMREAD_GRAYSCALE)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB) if colour else decoded)


def _through_pillow(image: NDArray[np.uint8], quality: int, subsampling: str) -> NDArray[np.uint8]:
    encoded = io.BytesIO()
    Pillow.fromarray(image).save(encoded, "JPEG", quality=quality, subsampling=_PILLOW_SUBSAMPLING[subsampling])
    with Pillow.open(encoded) as decoded:
        return np.asarray(decoded)


def _refuse_16_bits(dtype: np.dtype[Any]) -> None:
    if dtype == np.uint16:
        raise StepError(
            "JPEG cannot hold this image",
            found="16 bits a channel",
            expected="8 bits a channel, or floats of range 0..1",
            way_out="Convert the images to 8 bits first, or use a recipe without JPEG",
        )
