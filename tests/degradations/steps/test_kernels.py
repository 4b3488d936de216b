"""Blur kernels: equal to BasicSR's for equal parameters, and what follows from their definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from basicsr.data import degradations as basicsr
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import kernel_betas, kernel_rotations, kernel_sigmas, kernel_sizes

from degradations.steps import kernels
from srmetrics.errors import StepError

SIZES, SIGMAS, ANGLES, BETAS = kernel_sizes(), kernel_sigmas(), kernel_rotations(), kernel_betas()
# Both sides evaluate the same formula in float64; they differ by the order of a few products, at most a
# few hundred ulp of a value below 1 where the exponent is large.
EXACT = {"rtol": 0, "atol": 1e-12}


@settings(max_examples=60, deadline=None)
@given(SIZES, SIGMAS)
def test_isotropic_gaussian_equals_basicsr(size: int, sigma: float) -> None:
    expected = basicsr.bivariate_Gaussian(size, sigma, sigma, 0, isotropic=True)
    np.testing.assert_allclose(expected, kernels.gaussian(size, sigma), **EXACT)


@settings(max_examples=60, deadline=None)
@given(SIZES, SIGMAS, SIGMAS, ANGLES)
def test_anisotropic_gaussian_equals_basicsr(size: int, x: float, y: float, angle: float) -> None:
    expected = basicsr.bivariate_Gaussian(size, x, y, angle, isotropic=False)
    np.testing.assert_allclose(expected, kernels.gaussian(size, x, y, angle), **EXACT)


@settings(max_examples=60, deadline=None)
@given(SIZES, SIGMAS, BETAS)
def test_isotropic_generalised_gaussian_equals_basicsr(size: int, sigma: float, beta: float) -> None:
    expected = basicsr.bivariate_generalized_Gaussian(size, sigma, sigma, 0, beta, isotropic=True)
    np.testing.assert_allclose(expected, kernels.generalised_gaussian(size, beta, sigma), **EXACT)


@settings(max_examples=60, deadline=None)
@given(SIZES, SIGMAS, SIGMAS, ANGLES, BETAS)
def test_anisotropic_generalised_gaussian_equals_basicsr(
    size: int, x: float, y: float, angle: float, beta: float
) -> None:
    expected = basicsr.bivariate_generalized_Gaussian(size, x, y, angle, beta, isotropic=False)
    np.testing.assert_allclose(expected, kernels.generalised_gaussian(size, beta, x, y, angle), **EXACT)


@settings(max_examples=60, deadline=None)
@given(SIZES, SIGMAS, BETAS)
def test_isotropic_plateau_equals_basicsr(size: int, sigma: float, beta: float) -> None:
    expected = basicsr.bivariate_plateau(size, sigma, sigma, 0, beta, isotropic=True)
    np.testing.assert_allclose(expected, kernels.plateau(size, beta, sigma), **EXACT)


@settings(max_examples=60, deadline=None)
@given(SIZES, SIGMAS, SIGMAS, ANGLES, BETAS)
def test_anisotropic_plateau_equals_basicsr(size: int, x: float, y: float, angle: float, beta: float) -> None:
    expected = basicsr.bivariate_plateau(size, x, y, angle, beta, isotropic=False)
    np.testing.assert_allclose(expected, kernels.plateau(size, beta, x, y, angle), **EXACT)


@settings(max_examples=60, deadline=None)
@given(SIZES, st.floats(math.pi / 5, math.pi))
def test_sinc_equals_basicsr(size: int, cutoff: float) -> None:
    with np.errstate(divide="ignore", invalid="ignore"):  # BasicSR divides by the zero radius, then overwrites it
        expected = basicsr.circular_lowpass_kernel(cutoff, size)
    np.testing.assert_allclose(expected, kernels.sinc(size, cutoff), **EXACT)


@settings(max_examples=40, deadline=None)
@given(SIZES, SIGMAS, SIGMAS, ANGLES, BETAS)
def test_every_kernel_sums_to_one_and_is_symmetric_about_its_centre(
    size: int, x: float, y: float, angle: float, beta: float
) -> None:
    for kernel in (
        kernels.gaussian(size, x, y, angle),
        kernels.generalised_gaussian(size, beta, x, y, angle),
        kernels.plateau(size, beta, x, y, angle),
        kernels.sinc(size, x / 8 * math.pi),
    ):
        assert kernel.sum() == pytest.approx(1, abs=1e-12)
        np.testing.assert_allclose(kernel, kernel[::-1, ::-1], rtol=0, atol=1e-15)


def test_equal_deviations_make_the_rotation_irrelevant() -> None:
    np.testing.assert_allclose(kernels.gaussian(9, 2.0), kernels.gaussian(9, 2.0, 2.0, 0.7), rtol=0, atol=1e-15)


def test_generalised_gaussian_with_beta_one_is_the_gaussian() -> None:
    np.testing.assert_allclose(kernels.gaussian(9, 2, 1, 0.3), kernels.generalised_gaussian(9, 1, 2, 1, 0.3))


@given(SIZES, SIGMAS)
def test_the_row_times_itself_is_the_isotropic_gaussian(size: int, sigma: float) -> None:
    row = kernels.gaussian_row(size, sigma)
    np.testing.assert_allclose(kernels.gaussian(size, sigma), np.outer(row, row), rtol=0, atol=1e-15)


@pytest.mark.parametrize("size", [0, 2, -3, 8])
def test_an_even_or_empty_kernel_is_refused(size: int) -> None:
    with pytest.raises(StepError, match=f"found {size}; expected an odd number"):
        kernels.gaussian(size, 1.0)


@pytest.mark.parametrize("sigma", [0.0, -1.0, math.nan, math.inf])
def test_a_deviation_that_is_not_positive_is_refused(sigma: float) -> None:
    with pytest.raises(StepError, match="sigma_x of a blur kernel is out of range"):
        kernels.gaussian(5, sigma)


@pytest.mark.parametrize("cutoff", [0.0, 3.2, math.nan])
def test_a_cutoff_outside_its_range_is_refused(cutoff: float) -> None:
    with pytest.raises(StepError, match="radians per pixel"):
        kernels.sinc(5, cutoff)
