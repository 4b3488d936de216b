"""OpenCV as the pipelines run it, for the oracles too."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import pytest


@pytest.fixture(autouse=True)
def opencv_without_ipp() -> Iterator[None]:
    """Keep the tools that we compare with from Intel's IPP, whose pixels depend on the processor."""
    before = cv2.ipp.useIPP()
    cv2.ipp.setUseIPP(False)
    yield
    cv2.ipp.setUseIPP(before)
