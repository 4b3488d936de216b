"""Real-ESRGAN's second-order degradation, as its public training configuration has it."""

from __future__ import annotations

from degradations.pipeline import ChooseOne, EitherOrder, InOrder, Maybe
from degradations.recipe import Recipe
from degradations.step import Step
from degradations.steps.blur import Blur, SincBlur
from degradations.steps.jpeg import Jpeg
from degradations.steps.noise import GaussianNoise
from degradations.steps.poisson import PoissonNoise
from degradations.steps.quantise import Quantise, ToFloat
from degradations.steps.resize import ResizeBy, ResizeTo
from degradations.steps.sharpen import Sharpen

_CITATION = (
    'X. Wang, L. Xie, C. Dong, Y. Shan, "Real-ESRGAN: training real-world blind super-resolution with pure '
    'synthetic data", ICCV Workshops 2021, doi:10.1109/ICCVW54120.2021.00217; configuration '
    "options/train_realesrgan_x4plus.yml and train_realesrgan_x2plus.yml of github.com/xinntao/Real-ESRGAN"
)
_RULES = ("opencv-area", "opencv-bilinear", "opencv-bicubic")
_SIZES = (7, 9, 11, 13, 15, 17, 19, 21)
_JPEG = Jpeg(quality=(30.0, 95.0))


def _blur(largest_sigma: float) -> Blur:
    return Blur(
        families=(
            "sinc",
            "iso",
            "aniso",
            "generalised-iso",
            "generalised-aniso",
            "plateau-iso",
            "plateau-aniso",
        ),
        # A sinc with probability 0.1, else one of the others: 0.9 times 0.45, 0.25, 0.12, 0.03, 0.12, 0.03.
        weights=(0.1, 0.405, 0.225, 0.108, 0.027, 0.108, 0.027),
        sizes=_SIZES,
        sigma=(0.2, largest_sigma),
        generalised_beta=(0.5, 4.0),
        plateau_beta=(1.0, 2.0),
    )


def _noise(largest_sigma: float, largest_scale: float) -> ChooseOne:
    return ChooseOne(
        steps=(
            GaussianNoise(sigma=(1.0, largest_sigma), grey_probability=0.4),
            PoissonNoise(scale=(0.05, largest_scale), grey_probability=0.4),
        ),
        weights=(0.5, 0.5),
    )


_FIRST: tuple[Step, ...] = (
    _blur(3.0),
    ResizeBy(rules=_RULES, up_down_keep=(0.2, 0.7, 0.1), smallest=0.15, largest=1.5),
    _noise(30.0, 3.0),
    _JPEG,
)
_SECOND: tuple[Step, ...] = (
    Maybe(0.8, _blur(1.5)),
    ResizeBy(rules=_RULES, up_down_keep=(0.3, 0.4, 0.3), smallest=0.3, largest=1.2, of="target"),
    _noise(25.0, 2.5),
    EitherOrder(first=InOrder((ResizeTo(rules=_RULES), Maybe(0.8, SincBlur(sizes=_SIZES)))), second=_JPEG),
)

_TWICE = (
    "Blur by a kernel of 7 to 21 pixels (sinc, isotropic and anisotropic Gaussian, generalised Gaussian or plateau); "
    "resize up, down or not at all by area, bilinear or bicubic; Gaussian or Poisson noise, grey with probability "
    "0.4; JPEG of quality 30 to 95. Then the same again with weaker settings, the blur with probability 0.8, and in "
    "either order with its JPEG a resize to 1/{scale} of the input and, with probability 0.8, a sinc filter. "
)
_ONCE = (
    "The first half of the second-order model, which is the classical degradation model: blur by a kernel of 7 to 21 "
    "pixels (sinc, isotropic and anisotropic Gaussian, generalised Gaussian or plateau); resize up, down or not at "
    "all by area, bilinear or bicubic; Gaussian or Poisson noise, grey with probability 0.4; JPEG of quality 30 to "
    "95; and last, which closes the half but is not part of it in training, a resize to 1/{scale} of the input by "
    "one of the same three rules. "
)
_SHARPENED = (
    "The image is first sharpened by unsharp masking (51x51, weight 0.5, threshold 10), as the public training code "
    "does. "
)
_UNSHARPENED = "The unsharp masking that the public training code begins with is left out. "
_DEPARTURES = (
    "Departures from the training code: libjpeg (4:2:0) at the quality rounded to a whole number, for a "
    "differentiable JPEG at a real-valued one; resizing to a size in whole pixels by OpenCV, for torch's "
    "scale_factor coordinates; OpenCV's area rule for torch's adaptive pooling; Poisson noise by inverse distribution "
    "function from one uniform number per pixel, so that one changed value cannot shift the rest; the whole image, "
    "without crops of 400 pixels, flips and the pool that shuffles pairs. One-channel images stay one channel; "
    "16-bit images are refused by the JPEG steps. Images need 26 pixels a side to be sharpened, and some draws "
    "cannot blur an image of fewer than 76."
)


def _second_order(scale: int, sharpened: bool) -> Recipe:
    door: tuple[Step, ...] = (ToFloat("float32"), Sharpen()) if sharpened else (ToFloat("float32"),)
    return Recipe(
        name=f"realesrgan-x{scale}plus" + ("" if sharpened else "-nousm"),
        version=1,
        scale=scale,
        steps=(*door, *_FIRST, *_SECOND, Quantise()),
        citation=_CITATION,
        text=(_SHARPENED if sharpened else _UNSHARPENED) + _TWICE.format(scale=scale) + _DEPARTURES,
    )


def _first_order(scale: int) -> Recipe:
    return Recipe(
        name=f"realesrgan-x{scale}plus-first-order",
        version=1,
        scale=scale,
        steps=(ToFloat("float32"), Sharpen(), *_FIRST, ResizeTo(rules=_RULES), Quantise()),
        citation=_CITATION,
        text=_SHARPENED + _ONCE.format(scale=scale) + _DEPARTURES,
    )


SECOND_ORDER = (
    *(_second_order(scale, sharpened) for scale in (4, 2) for sharpened in (True, False)),
    *(_first_order(scale) for scale in (4, 2)),
)
