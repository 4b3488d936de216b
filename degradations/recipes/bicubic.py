"""Bicubic downscaling as MATLAB, OpenCV and Pillow do it: the test images of most super-resolution papers."""

from __future__ import annotations

from degradations.recipe import Recipe
from degradations.steps.luma import StudioLuma
from degradations.steps.quantise import ToFloat
from degradations.steps.resize import MatlabResize, ResizeTo

_SCALES = (2, 3, 4, 8)
_KEYS = (
    'R. Keys, "Cubic convolution interpolation for digital image processing", IEEE Transactions on Acoustics, '
    "Speech, and Signal Processing 29(6), 1981, doi:10.1109/TASSP.1981.1163711"
)
_SELFEXSR = (
    'J.-B. Huang, A. Singh, N. Ahuja, "Single image super-resolution from transformed self-exemplars", CVPR 2015, '
    "doi:10.1109/CVPR.2015.7299156"
)
_VDSR = (
    'J. Kim, J. K. Lee, K. M. Lee, "Accurate image super-resolution using very deep convolutional networks", '
    "CVPR 2016, doi:10.1109/CVPR.2016.182"
)


def _matlab(scale: int) -> Recipe:
    return Recipe(
        name=f"bicubic-matlab-x{scale}",
        version=1,
        scale=scale,
        steps=(MatlabResize(border="symmetric"),),
        citation=_KEYS,
        text=(
            f"imresize(I, 1/{scale}) of current MATLAB, bit for bit: antialiased bicubic (a = -0.5), the image "
            "mirrored at its border, and integer images rounded and clipped after each of the two "
            "one-dimensional passes. The image keeps its type and channels."
        ),
    )


def _classic(scale: int) -> Recipe:
    return Recipe(
        name=f"bicubic-matlab-classic-x{scale}",
        version=1,
        scale=scale,
        steps=(MatlabResize(border="replicate"),),
        citation=_SELFEXSR,
        text=(
            f"imresize(I, 1/{scale}) of the older MATLAB releases that made the low-resolution images of Set5, "
            "Set14, BSD100 and Urban100 which most papers share: as bicubic-matlab, but the border pixel is "
            "repeated where current MATLAB mirrors the image."
        ),
    )


def _float(scale: int) -> Recipe:
    return Recipe(
        name=f"bicubic-matlab-float-x{scale}",
        version=1,
        scale=scale,
        steps=(StudioLuma(), ToFloat("float64"), MatlabResize(border="symmetric")),
        citation=_VDSR,
        text=(
            "The low-resolution images behind the published 33.66 dB family of bicubic rows, which never were "
            "8-bit files: the luma of MATLAB's rgb2ycbcr is rounded to the image's depth, divided by its peak "
            f"value and made {scale} times smaller by imresize in double precision, without rounding after it. "
            "One-channel images are their own luma. The result is one channel of float64 around 0..1. To score "
            "bicubic upscaling as those papers did, use degradations.upscale_float_luma: the upscaled luma is "
            "clamped to 16..235 before it is rounded. That clamp is not described in the papers; it is what "
            "reproduces their numbers on Set14."
        ),
    )


def _opencv(scale: int) -> Recipe:
    return Recipe(
        name=f"bicubic-opencv-x{scale}",
        version=1,
        scale=scale,
        steps=(ResizeTo(("opencv-bicubic",)),),
        citation="OpenCV, cv2.resize with INTER_CUBIC, https://docs.opencv.org",
        text=(
            f"cv2.resize to 1/{scale} of each side with INTER_CUBIC (a = -0.75), which does not antialias: the "
            "result is sharper than MATLAB's and aliased, and scores on it cannot be compared with the "
            "literature's. OpenCV computes it without Intel's IPP, which gives other pixels on other processors."
        ),
    )


def _pillow(scale: int) -> Recipe:
    return Recipe(
        name=f"bicubic-pillow-x{scale}",
        version=1,
        scale=scale,
        steps=(ResizeTo(("pillow-bicubic",)),),
        citation="Pillow, Image.resize with BICUBIC, https://pillow.readthedocs.io",
        text=(
            f"Pillow's Image.resize to 1/{scale} of each side with BICUBIC (a = -0.5, antialiased): close to "
            "MATLAB's, but with weights cut off and normalised at the border and, for 8 bits, in fixed-point "
            "arithmetic. Images of more than 8 bits pass through single precision, one channel at a time."
        ),
    )


BICUBIC = tuple(family(scale) for family in (_matlab, _classic, _float, _opencv, _pillow) for scale in _SCALES)
