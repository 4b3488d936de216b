"""What a mixed convention is called: a departure of one metric is never said of both."""

from __future__ import annotations

import pytest

from harness.jobs.audit.named import named_conventions
from harness.jobs.audit.ranking import likeness
from harness.jobs.audit.words import phrase

NAMED = named_conventions(4)
SR_Y = NAMED[0]


@pytest.mark.parametrize(
    ("psnr_crop", "ssim_crop", "said"),
    [
        (12, 4, ["12 pixels cut for PSNR alone"]),
        (12, 12, ["12 pixels cut from each side"]),
        (4, 2, ["2 pixels cut from each side for SSIM"]),
        (12, 2, ["12 pixels cut for PSNR alone", "2 pixels cut from each side for SSIM"]),
    ],
)
def test_a_crop_is_said_of_the_metric_that_has_it(psnr_crop: int, ssim_crop: int, said: list[str]) -> None:
    psnr, ssim = SR_Y.psnr._replace(crop=psnr_crop), SR_Y.ssim._replace(crop=ssim_crop)
    found = likeness(psnr, ssim, NAMED)
    assert "sr-y" == found.named.name
    assert said == [phrase(departure, psnr, ssim) for departure in found.departures]


def test_channels_scored_apart_are_no_departure_of_psnr_alone() -> None:
    """SSIM of channels scored apart is SSIM of all channels."""
    native = next(one for one in NAMED if one.name == "native")
    reading = native.psnr.reading._replace(colour="mean-of-channels")
    assert ("colour",) == likeness(native.psnr._replace(reading=reading), native.ssim, NAMED).departures
