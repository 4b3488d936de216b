"""BSRGAN's degradation: one blur, noise and compression model whose steps come in random order."""

from __future__ import annotations

from degradations.pipeline import ChooseOne, InOrder, Maybe, Shuffled
from degradations.recipe import Recipe
from degradations.step import Step
from degradations.steps.blur import Blur, CovarianceBlur
from degradations.steps.jpeg import Jpeg
from degradations.steps.noise import CorrelatedNoise, GaussianNoise
from degradations.steps.quantise import Clip, Quantise, ToFloat
from degradations.steps.resize import ResizeBy, ResizeTo
from degradations.steps.shrink import Shrink
from degradations.steps.subsample import ShiftedBlur, Subsample

_CITATION = (
    'K. Zhang, J. Liang, L. Van Gool, R. Timofte, "Designing a practical degradation model for deep blind image '
    'super-resolution", ICCV 2021, doi:10.1109/ICCV48922.2021.00475; degradation_bsrgan in utils/utils_blindsr.py of '
    "github.com/cszn/BSRGAN"
)
_RULES = ("opencv-bilinear", "opencv-bicubic", "opencv-area")
_SIZES = (7, 9, 11, 13, 15, 17, 19, 21, 23, 25)
_JPEG = Jpeg(quality=(30, 95), whole_numbers=True)


def _blur(scale: int) -> ChooseOne:
    return ChooseOne(
        steps=(
            CovarianceBlur(sizes=_SIZES, variance=(0.0, 4.0 + scale)),
            Blur(families=("iso",), weights=(1.0,), sizes=_SIZES, sigma=(0.0, 2.0 + 0.2 * scale)),
        ),
        weights=(0.5, 0.5),
    )


def _downscale(scale: int) -> ChooseOne:
    return ChooseOne(
        steps=(
            ResizeBy(
                rules=_RULES,
                up_down_keep=(0.0, 1.0, 0.0),
                smallest=1 / (2 * scale),
                largest=1.0,
                inverse=True,
            ),
            InOrder(
                (
                    ShiftedBlur(every=scale, size=25, sigma=(0.1, 0.6 * scale)),
                    Subsample(every=scale),
                )
            ),
        ),
        weights=(0.75, 0.25),
    )


def _noise() -> ChooseOne:
    return ChooseOne(
        steps=(
            GaussianNoise(sigma=(2, 25), whole_numbers=True),
            GaussianNoise(sigma=(2, 25), whole_numbers=True, grey_probability=1.0),
            CorrelatedNoise(sigma=25.0),
        ),
        weights=(0.4, 0.4, 0.2),
    )


def _shuffled(scale: int) -> Step:
    return Shuffled(
        steps=(
            _blur(scale),
            _blur(scale),
            InOrder((_downscale(scale), Clip())),
            InOrder((ResizeTo(rules=_RULES), Clip())),
            _noise(),
            Maybe(0.9, _JPEG),
        ),
        kept_in_order=(2, 3),
    )


def _bsrgan(scale: int) -> Recipe:
    # The public code halves a quarter of the images of scale 4 first, and then treats them as for scale 2.
    halved = InOrder((Shrink(times=2, rules=(*_RULES, *["matlab-bicubic"] * 3)), Clip(), _shuffled(2)))
    model = ChooseOne((halved, _shuffled(4)), (0.25, 0.75)) if scale == 4 else _shuffled(scale)
    halving = (
        "With probability 0.25 the image is first made half as large (by MATLAB's bicubic in half of the cases) and "
        "the rest done for scale 2. "
        if scale == 4
        else ""
    )
    return Recipe(
        name=f"bsrgan-x{scale}",
        version=1,
        scale=scale,
        steps=(ToFloat("float32"), model, _JPEG, Quantise()),
        citation=_CITATION,
        text=(
            f"{halving}Six steps in random order: two blurs by a Gaussian of 7 to 25 pixels, isotropic or not; a "
            "downscaling by a random factor (bilinear, bicubic or area) or, with probability 0.25, by a shifted "
            "Gaussian and every n-th pixel; after it a resize to the final size; Gaussian noise of deviation 2 to 25, "
            "in colour, grey or correlated between channels; JPEG of quality 30 to 95 with probability 0.9. Last, "
            "JPEG again. The settings are those of the public code, which differ from the paper's (kernels up to 25 "
            "pixels, not 21). Departures from that code: no camera sensor noise (the public code leaves it out too "
            "unless it is given a camera model, which was not published); the whole image, without a random crop; "
            "the symmetric root of the covariance of correlated noise, of which one-channel images take the first "
            f"channel. Some draws cannot blur an image of fewer than {26 * scale} pixels a side. This is not the "
            "later degradation_bsrgan_plus."
        ),
    )


BSRGAN = (_bsrgan(4), _bsrgan(2))
