"""What is claimed, read from text; and when a computed score agrees with printed digits."""

from __future__ import annotations

import math

import pytest

from harness.jobs.audit.claim import Number, parse_claim
from srmetrics.errors import UsageError


@pytest.mark.parametrize(
    ("text", "psnr", "ssim"),
    [
        ("28.42/0.8104", 28.42, 0.8104),
        (" 28.42 dB / 0.8104 ", 28.42, 0.8104),
        ("28.42", 28.42, None),
        ("0.8104", None, 0.8104),
        ("/0.8104", None, 0.8104),
        ("28.42/", 28.42, None),
        ("28.42/-", 28.42, None),
        ("28.42/81.04", 28.42, 0.8104),
        ("81.04", None, 0.8104),
        ("81.04%", None, 0.8104),
        ("psnr=28.42,ssim=0.8104", 28.42, 0.8104),
        ("SSIM: 81.04; PSNR: 28.42", 28.42, 0.8104),
        ("psnr=61.5", 61.5, None),
        ("/-0.02", None, -0.02),
        ("inf/1.0000", math.inf, 1.0),
    ],
)
def test_a_claim_is_read_as_papers_print_it(text: str, psnr: float | None, ssim: float | None) -> None:
    claim = parse_claim(text)
    assert psnr == (None if claim.psnr is None else claim.psnr.value)
    assert ssim == (None if claim.ssim is None else pytest.approx(claim.ssim.value, abs=1e-15))


@pytest.mark.parametrize(
    "text", ["", "/", "good", "28.42/0.81/3", "28,42/0,81", "psnr=1,psnr=2", "lpips=0.1", "28/104", "1e3"]
)
def test_what_is_no_claim_is_refused_with_the_form_expected(text: str) -> None:
    with pytest.raises(UsageError, match=r"28\.42/0\.8104"):
        parse_claim(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0.9002/32.63", "Write 32.63/0.9002"),
        ("psnr=0.9002,ssim=32.63", "Write 32.63/0.9002"),
        ("28.42/1.2", "Write 1.2% if percent are meant"),
        ("-1", "SSIM lies above -1"),
        ("28.42/-1.5", "SSIM lies above -1"),
    ],
)
def test_numbers_that_cannot_be_meant_so_are_refused_with_what_may_be(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        parse_claim(text)


def test_few_percent_that_are_said_to_be_percent_are_read() -> None:
    assert parse_claim("28.42/1.2%").ssim.value == pytest.approx(0.012)


@pytest.mark.parametrize(
    ("printed", "computed", "agreement"),
    [
        ("28.42", 28.415, "rounded"),  # half a unit belongs to both neighbours
        ("28.42", 28.425, "rounded"),
        ("28.42", 28.4251, "truncated"),
        ("28.42", 28.4299, "truncated"),
        ("28.42", 28.43, ""),
        ("28.42", 28.4149, ""),
        ("0.8104", 0.81035, "rounded"),
        ("0.8104", 0.81049, "truncated"),
        ("0.8104", 0.8105, ""),
        ("-0.02", -0.026, "truncated"),  # cut off towards zero
        ("-0.02", -0.014, ""),
        ("28", 28.4, "rounded"),
        ("28.42", math.nan, ""),
        ("28.42", math.inf, ""),
        ("inf", math.inf, "rounded"),
    ],
)
def test_a_score_agrees_by_rounding_or_by_cutting_digits_off(printed: str, computed: float, agreement: str) -> None:
    metric = "psnr" if not printed.lstrip("-").startswith("0") else "ssim"
    number = getattr(parse_claim(f"{metric}={printed}"), metric)
    assert agreement == number.agreement(computed)


def test_percent_is_compared_at_its_own_last_digit() -> None:
    number = parse_claim("ssim=81.04").ssim
    assert isinstance(number, Number)
    assert ["rounded", "rounded", "", "81.04"] == [
        number.agreement(0.81036),
        number.agreement(0.81044),
        number.agreement(0.81051),
        number.printed(0.810388),
    ]


def test_printing_rounds_halves_away_from_zero_as_printf_of_exact_halves_would_be_read() -> None:
    number = parse_claim("0.5/0.5").psnr
    assert number is not None
    assert ["0.3", "0.25", "0.1"] == [number.printed(0.25), number.printed(0.25, 1), number.printed(0.125)]
