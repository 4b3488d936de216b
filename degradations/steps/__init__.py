"""Every kind of step, by the name that recipe files and manifests use."""

from __future__ import annotations

from degradations.pipeline import ChooseOne, EitherOrder, InOrder, Maybe, Shuffled
from degradations.step import Step
from degradations.steps.blur import Blur, CovarianceBlur, GaussianBlur, SincBlur
from degradations.steps.jpeg import Jpeg
from degradations.steps.luma import StudioLuma
from degradations.steps.noise import CorrelatedNoise, GaussianNoise, WrappedNoise
from degradations.steps.poisson import PoissonNoise
from degradations.steps.quantise import Clip, Quantise, ToFloat
from degradations.steps.resize import MatlabResize, ResizeBy, ResizeTo
from degradations.steps.sharpen import Sharpen
from degradations.steps.shrink import Shrink
from degradations.steps.subsample import ShiftedBlur, Subsample


def _by_kind(*classes: type[Step]) -> dict[str, type[Step]]:
    table: dict[str, type[Step]] = {}
    for each in classes:
        if each.kind in table:
            raise ValueError(f"two steps are called {each.kind!r}: {table[each.kind]} and {each}")
        table[each.kind] = each
    return table


KINDS = _by_kind(
    ToFloat,
    Quantise,
    Clip,
    StudioLuma,
    MatlabResize,
    ResizeTo,
    ResizeBy,
    Shrink,
    Subsample,
    Blur,
    CovarianceBlur,
    SincBlur,
    GaussianBlur,
    ShiftedBlur,
    Sharpen,
    GaussianNoise,
    CorrelatedNoise,
    WrappedNoise,
    PoissonNoise,
    Jpeg,
    InOrder,
    Maybe,
    ChooseOne,
    EitherOrder,
    Shuffled,
)
"""The classes of steps by kind: a new step is one file, one test and one line here."""
