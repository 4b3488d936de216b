"""The compiled strip of the SSIM map: the same bits as OpenCV and NumPy give, in less than half the time.

It is built when srmetrics is installed and a C compiler is there (hatch_build.py); without one, everything works as
it did and takes longer. It is a plain shared library: calls release the interpreter's lock.
"""

from __future__ import annotations

import ctypes
from functools import cache

import numpy as np
from numpy.typing import NDArray

LIBRARY = "ssim_strip.so"
"""What the build leaves beside this file, under this name on every system."""

_POINTERS = ("total", "difference", "kernel", "weight", "scratch", "ssim", "contrast")
_COUNTS = ("rows", "values", "channels", "taps", "fused")
_NUMBERS = ("twice_centre", "c1", "c2", "unbias")


class _Strip(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in _POINTERS),
        *((name, ctypes.c_ssize_t) for name in _COUNTS),
        *((name, ctypes.c_double) for name in _NUMBERS),
    )


class StripKernel:
    """The compiled arithmetic of one strip."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._run = library.srmetrics_ssim_strip
        self._run.argtypes, self._run.restype = (ctypes.POINTER(_Strip),), None
        self._scratch = library.srmetrics_scratch
        self._scratch.argtypes, self._scratch.restype = (ctypes.c_ssize_t, ctypes.c_ssize_t), ctypes.c_ssize_t
        self._most = {}
        for what in ("taps", "channels"):
            most = getattr(library, f"srmetrics_most_{what}")
            most.argtypes, most.restype = (), ctypes.c_ssize_t
            self._most[what] = int(most())

    def fits(self, taps: int, channels: int) -> bool:
        """Return whether windows and images of these sizes are for it."""
        return taps <= self._most["taps"] and channels <= self._most["channels"]

    def scratch(self, taps: int, channels: int) -> NDArray[np.float64]:
        """Return memory that `similarity` works in; one for each thread."""
        return np.empty(self._scratch(taps, channels))

    def similarity(
        self,
        total: NDArray[np.float64],
        difference: NDArray[np.float64],
        kernel: NDArray[np.float64],
        weight: NDArray[np.float64] | None,
        constants: tuple[float, ...],
        fused: int,
        scratch: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the SSIM map of a strip and its contrast term.

        Parameters
        ----------
        total, difference : ndarray
            rows x width x channels, C order: sum and difference of the images, with half a window more on each side.
        kernel : ndarray
            The window's weights along one axis, symmetric, odd in number.
        weight : ndarray, optional
            rows x width of the result: what the window means are divided by.
        constants : tuple of float
            Twice the centre that is taken from the sum, twice C1, twice C2, and n / (n - 1) or 1.
        fused : int
            How many values of a row of the result OpenCV reaches with whole vectors of four.
        scratch : ndarray
            Of `scratch`.
        """
        rows, width, channels = total.shape
        halo = len(kernel) - 1
        ssim, contrast = (np.empty((rows - halo, width - halo, channels)) for _ in range(2))
        # A pointer says nothing of what it points to: strides, types and sizes are made sure of here.
        arrays = [np.require(each, np.float64, "C") for each in (total, difference, kernel)]
        inside = None if weight is None else np.require(weight, np.float64, "C")
        if arrays[1].shape != total.shape or (inside is not None and inside.size != (rows - halo) * (width - halo)):
            raise ValueError("sum, difference and weight do not have one size")
        pointers = [each.ctypes.data for each in arrays]
        strip = _Strip(
            *pointers,
            None if inside is None else inside.ctypes.data,
            scratch.ctypes.data,
            ssim.ctypes.data,
            contrast.ctypes.data,
            rows,
            width * channels,
            channels,
            len(kernel),
            fused,
            *constants,
        )
        self._run(ctypes.byref(strip))
        return ssim, contrast


@cache
def strip_kernel() -> StripKernel | None:
    """Return the compiled kernel, or None where srmetrics was installed without a C compiler."""
    try:
        return StripKernel(ctypes.CDLL(f"{__path__[0]}/{LIBRARY}"))
    except (OSError, AttributeError):  # not built, or built for another machine or an older source
        return None
