"""The BD and DN test images of RDN, RCAN and the papers that compare with them: blurred, and noisy."""

from __future__ import annotations

from degradations.recipe import Recipe
from degradations.steps.blur import GaussianBlur
from degradations.steps.noise import GaussianNoise
from degradations.steps.quantise import Quantise, ToFloat
from degradations.steps.resize import MatlabResize
from degradations.steps.subsample import Subsample

_RDN = (
    'Y. Zhang, Y. Tian, Y. Kong, B. Zhong, Y. Fu, "Residual dense network for image super-resolution", CVPR 2018, '
    "doi:10.1109/CVPR.2018.00262"
)
_BLUR = GaussianBlur(size=7, sigma=1.6, border="replicate")

_BD = Recipe(
    name="bd-x3",
    version=1,
    scale=3,
    steps=(_BLUR, Subsample(every=3, offset=1)),
    citation=_RDN,
    text=(
        "Blur-downscale: a 7x7 Gaussian of deviation 1.6 with the border repeated, rounded to the image's depth, "
        "of which the middle pixel of each 3x3 square is kept. The papers say bicubic downscaling; their public "
        "script takes the nearest pixel, and so do their numbers: bicubic upscaling of these images scores the "
        "published 28.78 dB / 0.8308 on Set5 and 26.38 dB / 0.7271 on Set14, while bicubic downscaling after the "
        "blur (bd-bicubic-x3) scores 28.32 dB / 0.8155."
    ),
)

_BD_BICUBIC = Recipe(
    name="bd-bicubic-x3",
    version=1,
    scale=3,
    steps=(_BLUR, MatlabResize(border="symmetric")),
    citation=_RDN,
    text=(
        "Blur-downscale as it is described in words: a 7x7 Gaussian of deviation 1.6 with the border repeated, "
        "rounded to the image's depth, then imresize(I, 1/3) of current MATLAB. The published numbers do not come "
        "from these images but from bd-x3."
    ),
)

_DN = Recipe(
    name="dn-x3",
    version=1,
    scale=3,
    steps=(
        MatlabResize(border="symmetric"),
        ToFloat("float64"),
        GaussianNoise(sigma=(30.0, 30.0)),
        Quantise(ties="away"),
    ),
    citation=_RDN,
    text=(
        "Downscale-noise: imresize(I, 1/3) of current MATLAB, then Gaussian noise of deviation 30 on the 0..255 "
        "scale, independent in each channel, clipped and rounded half away from zero. MATLAB's noise stream is not "
        "reproduced: published scores are met within the spread of the noise, not digit by digit."
    ),
)

BLUR_DOWN = (_BD, _BD_BICUBIC, _DN)
