"""The arithmetic libraries are held to one thread, and given back what they had; features are computed once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_info, threadpool_limits

from harness.classifiers import feature_memory
from harness.classifiers.one_thread import one_thread


def _blas_threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_libraries_have_one_thread_inside_and_what_they_had_outside() -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(2)
    with threadpool_limits(2):
        with one_thread():
            with one_thread():
                assert (1, {1}) == (cv2.getNumThreads(), _blas_threads())
            assert (1, {1}) == (cv2.getNumThreads(), _blas_threads())  # until the last has left
        assert (2, {2}) == (cv2.getNumThreads(), _blas_threads())
    cv2.setNumThreads(before)


def test_a_thread_that_leaves_takes_nothing_from_one_that_stays() -> None:
    arrived, left = Barrier(2), Barrier(2)

    def first() -> None:
        with one_thread():
            arrived.wait()
        left.wait()

    def second() -> tuple[int, set[int]]:
        with one_thread():
            arrived.wait()
            left.wait()
            return cv2.getNumThreads(), _blas_threads()

    with ThreadPoolExecutor(2) as pool:
        pool.submit(first)
        assert (1, {1}) == pool.submit(second).result(timeout=120)


def test_features_are_computed_once_for_the_same_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    computed = []

    def extract(image: NDArray[np.float32]) -> NDArray[np.float64]:
        computed.append(float(image[0]))
        return image.astype(np.float64) * 2

    images = [np.full(4, value, np.float32) for value in (1, 2, 3)]
    found = [feature_memory.remembered(extract, image).tolist() for image in [*images, *images]]
    assert [[2.0] * 4, [4.0] * 4, [6.0] * 4] * 2 == found
    assert [1.0, 2.0, 3.0] == computed
    monkeypatch.setattr(feature_memory, "_BYTES", 64)  # room for two of 32 bytes: the first is forgotten
    feature_memory.remembered(extract, images[1] * 2)
    feature_memory.remembered(extract, images[0])
    assert [1.0, 2.0, 3.0, 4.0, 1.0] == computed
