"""How published medical studies made their low-resolution images, mistakes included."""

from __future__ import annotations

from degradations.recipe import Recipe
from degradations.step import Step
from degradations.steps.blur import GaussianBlur
from degradations.steps.jpeg import Jpeg
from degradations.steps.noise import GaussianNoise, WrappedNoise
from degradations.steps.quantise import Quantise, ToFloat
from degradations.steps.resize import MatlabResize, ResizeTo

_KO_KIM = (
    'E. Ko, Y.-K. Kim, "Image super-resolution model on low-resolution microscopy images for enhancing white blood '
    'cell classification", Handong Global University, 2024, github.com/eunjijuliako/Capstone'
)
_CECCARELLI = (
    'M. Ceccarelli, "Optimization and applications of deep learning algorithms for super-resolution in MRI", '
    "master's thesis, University of Bologna, 2020"
)
_YU = "Yu, 2024: malaria cell images enlarged by RCAN x2 before classification"

_WBC_REFERENCE = ResizeTo(rules=("opencv-bicubic",), size=(575, 575))
_WBC_BEFORE: tuple[Step, ...] = (
    _WBC_REFERENCE,
    GaussianBlur(size=15, arithmetic="opencv"),
    ResizeTo(rules=("opencv-bicubic",), size=(144, 144)),
)
_WBC_AFTER: tuple[Step, ...] = (Jpeg(quality=(70, 70)), GaussianBlur(size=5, arithmetic="opencv"))
_WBC_TEXT = (
    "OpenCV throughout, on 8-bit images: bicubic to 575x575 (which the study scores against; make it with "
    "wbc-ko-kim-2024-reference), 15x15 Gaussian, bicubic to 144x144, Gaussian noise of deviation 25 in each channel, "
    "JPEG of quality 70, 5x5 Gaussian; both Gaussians of the deviation that OpenCV derives from the size. "
)
_WBC_SCALE = "The size is fixed, so that the recipe's scale is 1 and nothing is cut off; 575 is not a multiple of 144."


def _wbc(name: str, noise: tuple[Step, ...], what: str) -> Recipe:
    return Recipe(
        name=name,
        version=1,
        scale=1,
        steps=(*_WBC_BEFORE, *noise, *_WBC_AFTER),
        citation=_KO_KIM,
        text=f"{_WBC_TEXT}{what} {_WBC_SCALE}",
    )


_WBC = (
    _wbc(
        "wbc-ko-kim-2024",
        (WrappedNoise(sigma=25.0),),
        "As published: the noise is cast to uint8 before it is added, so that its negative half wraps around to "
        "almost white, and the sum saturates. Resized back, such an image is about 14 dB from its original; the "
        "authors report 12.1 dB. Only 8-bit images.",
    ),
    _wbc(
        "wbc-ko-kim-2024-meant",
        (ToFloat("float32"), GaussianNoise(sigma=(25.0, 25.0)), Quantise(to="uint8")),
        "As meant: the noise is added before rounding and clipping to 8 bits, in which the result always is.",
    ),
    Recipe(
        name="wbc-ko-kim-2024-reference",
        version=1,
        scale=1,
        steps=(_WBC_REFERENCE,),
        citation=_KO_KIM,
        text="The high-resolution images that the study scores against: OpenCV's bicubic to 575x575.",
    ),
)


def _ceccarelli(scale: int) -> tuple[Recipe, Recipe]:
    down = ResizeTo(rules=("opencv-bicubic",))
    blur = GaussianBlur(size=3, sigma=1.0, arithmetic="opencv")
    settings = f"OpenCV's bicubic to 1/{scale} of each side, without antialiasing, and a 3x3 Gaussian of deviation 1"
    return (
        Recipe(
            name=f"mri-ceccarelli-2020-x{scale}",
            version=1,
            scale=scale,
            steps=(down, blur),
            citation=_CECCARELLI,
            text=(
                f"{settings}, in this order, as the study's slides have it. Its text blurs first: "
                f"mri-ceccarelli-2020-blur-first-x{scale}."
            ),
        ),
        Recipe(
            name=f"mri-ceccarelli-2020-blur-first-x{scale}",
            version=1,
            scale=scale,
            steps=(blur, down),
            citation=_CECCARELLI,
            text=(
                f"{settings}, the blur first, as the study's text has it. Its slides blur last: "
                f"mri-ceccarelli-2020-x{scale}."
            ),
        ),
    )


_MALARIA = Recipe(
    name="malaria-yu-2024-x2",
    version=1,
    scale=2,
    steps=(MatlabResize(border="symmetric"),),
    citation=_YU,
    text=(
        "Half the size by imresize(I, 1/2) of current MATLAB. The study says no more than x2; bicubic by MATLAB's "
        "rule is assumed because RCAN was trained on it."
    ),
)

STUDIES = (*_WBC, *_ceccarelli(2), *_ceccarelli(4), _MALARIA)
