"""The compiled strip: held to the same map made with OpenCV and NumPy, which the oracles hold in their turn."""

from __future__ import annotations

import dataclasses
import platform
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from srmetrics.compiled import LIBRARY, StripKernel, strip_kernel
from srmetrics.metrics import ssim_map
from srmetrics.metrics.ssim_map import MapStrip, map_strips, windows_for
from srmetrics.prepare.pair import HeldRows
from srmetrics.presets import find_protocol

BUILT = strip_kernel() is not None
needs_library = pytest.mark.skipif(not BUILT, reason=f"srmetrics was installed without a C compiler: no {LIBRARY}")


def test_it_is_built_wherever_there_is_a_compiler() -> None:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    assert BUILT or compiler is None, "install again: pip install -e ."


def whole(make: Callable[[], list[MapStrip]]) -> list[np.ndarray]:
    strips = make()
    parts = [np.concatenate([getattr(strip, name) for strip in strips]) for name in ("ssim", "contrast")]
    if strips[0].support is not None:
        parts.append(np.concatenate([strip.support for strip in strips]))
    return parts


@needs_library
# OpenCV's last values of a row, which its vectors do not reach, are seen where less than them is cut off.
@example(0, 100, 15, 1, "uniform-3", "valid", "population", False)
@example(0, 100, 19, 1, "gaussian-11-1.5", "reflect", "sample", True)
@given(
    seed=st.integers(0, 2**32 - 1),
    # Widths on both sides of a tile (1024 values) and heights on both sides of a strip (48 rows).
    height=st.integers(15, 120),
    width=st.one_of(st.integers(15, 90), st.integers(330, 400), st.integers(1000, 1060)),
    channels=st.integers(1, 4),
    window=st.sampled_from(["gaussian-11-1.5", "uniform-7", "uniform-3", "gaussian-5-1", "uniform-15"]),
    edges=st.sampled_from(["valid", "reflect", "replicate"]),
    covariance=st.sampled_from(["population", "sample"]),
    masked=st.booleans(),
)
def test_it_gives_the_bits_of_opencv_and_numpy(
    seed: int, height: int, width: int, channels: int, window: str, edges: str, covariance: str, masked: bool
) -> None:
    rng = np.random.default_rng(seed)
    reference = rng.uniform(0, 255, (height, width, channels))
    rows = HeldRows(reference, reference + rng.normal(0, 20, reference.shape))
    mask = rng.random((height, width)) < 0.6 if masked else None
    protocol = dataclasses.replace(find_protocol("native"), window=window, edges=edges, covariance=covariance)
    windows = windows_for(protocol, 255.0, 127.5)
    compiled = whole(lambda: list(map_strips(rows, windows, mask)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssim_map, "strip_kernel", lambda: None)
        plain = whole(lambda: list(map_strips(rows, windows, mask)))
    for one, other in zip(compiled, plain, strict=True):
        if platform.machine() == "x86_64":
            np.testing.assert_array_equal(one, other)
        else:
            # Other builds of OpenCV may fuse other products: some ulps of sums of 11 x 11 values up to 2^18, over
            # variances of about 400.
            np.testing.assert_allclose(one, other, rtol=0, atol=1e-11)


@needs_library
@pytest.mark.parametrize("mask", [None, np.ones((60, 40), bool)])
def test_ssim_runs_on_it(mask: np.ndarray | None, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = strip_kernel()
    assert kernel is not None
    seen: list[tuple[int, ...]] = []

    def recorded(self: StripKernel, total: np.ndarray, *others: Any) -> Any:
        seen.append(total.shape)
        return similarity(self, total, *others)

    similarity = StripKernel.similarity
    monkeypatch.setattr(StripKernel, "similarity", recorded)
    rows = HeldRows(np.ones((60, 40, 3)), np.ones((60, 40, 3)))
    strips = list(map_strips(rows, windows_for(find_protocol("native"), 255.0, 127.5), mask))
    assert seen == [(58, 40, 3), (12, 40, 3)]  # 48 rows of windows of 11, then the last two
    assert [strip.ssim.shape for strip in strips] == [(48, 30, 3), (2, 30, 3)]


@needs_library
def test_a_strip_of_other_sizes_is_refused_before_a_pointer_is_made() -> None:
    kernel = strip_kernel()
    assert kernel is not None
    strip, weights = np.zeros((13, 20, 1)), np.full(11, 1 / 11)
    numbers = (0.0, 1.0, 1.0, 1.0)
    with pytest.raises(ValueError, match="one size"):
        kernel.similarity(strip, strip[:, :-1], weights, None, numbers, 0, kernel.scratch(11, 1))
    with pytest.raises(ValueError, match="one size"):
        kernel.similarity(strip, strip, weights, np.ones((3, 11)), numbers, 0, kernel.scratch(11, 1))


@needs_library
def test_windows_and_channels_beyond_its_memory_are_left_to_numpy() -> None:
    kernel = strip_kernel()
    assert kernel is not None
    assert kernel.fits(63, 1024)
    assert not kernel.fits(65, 1)
    assert not kernel.fits(11, 1025)
    rng = np.random.default_rng(0)
    reference = rng.uniform(0, 255, (80, 90, 1))
    rows = HeldRows(reference, reference)
    windows = windows_for(dataclasses.replace(find_protocol("native"), window="uniform-65"), 255.0, 127.5)
    (strip,) = map_strips(rows, windows)
    np.testing.assert_allclose(strip.ssim, 1.0, rtol=0, atol=1e-12)  # identity


def test_a_flat_window_under_a_k_of_0_is_silent_without_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    # 0 / 0: the one who reads the map answers for it.
    monkeypatch.setattr(ssim_map, "strip_kernel", lambda: None)
    rows = HeldRows(np.full((20, 20, 1), 7.0), np.full((20, 20, 1), 7.0))
    (strip,) = map_strips(rows, windows_for(dataclasses.replace(find_protocol("native"), k=(0.0, 0.0)), 255.0, 7.0))
    assert np.isnan(strip.contrast).all()
