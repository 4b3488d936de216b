from __future__ import annotations

import numpy as np
import pytest

from harness.models.luma import to_luma_and_chroma, to_rgb

CORNERS = np.array([[[r, g, b] for r in (0.0, 1.0) for g in (0.0, 1.0) for b in (0.0, 1.0)]])


def test_studio_planes_are_those_of_bt601() -> None:
    # ITU-R BT.601: black 16, white 235; pure colours as in MATLAB's documentation of rgb2ycbcr, in 255ths.
    planes = to_luma_and_chroma(CORNERS, "studio")[0] * 255
    black, blue, white = planes[0], planes[1], planes[7]
    np.testing.assert_allclose(black, [16, 128, 128], rtol=0, atol=1e-9)
    np.testing.assert_allclose(white, [235, 128, 128], rtol=0, atol=1e-9)
    np.testing.assert_allclose(blue, [16 + 24.966, 240, 128 - 18.214], rtol=0, atol=1e-9)


def test_full_planes_are_those_of_opencv() -> None:
    import cv2

    rgb = np.random.RandomState(0).random_sample((5, 6, 3)).astype(np.float32)
    theirs = cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb)[:, :, [0, 2, 1]]
    ours = to_luma_and_chroma(rgb.astype(float), "full") - [0, 128 / 255, 128 / 255] + [0, 0.5, 0.5]
    # OpenCV writes its coefficients with three to four digits.
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=5e-4)


@pytest.mark.parametrize("luma", ["studio", "full"])
def test_there_and_back_is_nothing_done(luma: str) -> None:
    rgb = np.random.RandomState(1).uniform(-0.2, 1.2, (7, 5, 3))
    back = to_rgb(to_luma_and_chroma(rgb, luma), luma)  # type: ignore[arg-type]
    np.testing.assert_allclose(back, rgb, rtol=0, atol=1e-12)
