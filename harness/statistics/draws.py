"""The random draws of bootstrap and sign-flip test: seeded, frozen, shared by all cells of a table.

A draw depends on its purpose, the number of units and the seed, and on nothing else. So every cell with the
same number of units is resampled alike: adding a method or a metric changes no other number, and equal
columns get equal intervals. The stream is that of the Philox counter-based bit generator, keyed by a SHA-256;
only its raw words are used, because numpy promises those for good, which it does not for the distributions of
`numpy.random.Generator`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

DRAWS = 10_000
"""Draws of every bootstrap, and of every sign-flip test that is too large to be exact."""

_CACHED_UNITS = 4096  # up to here the counts of all draws are kept, two matrices of at most 41 MB
_CACHED_MANY_UNITS = 32768  # up to here one matrix is kept, of at most 328 MB; beyond, each column draws anew
_BLOCK_CELLS = 1 << 20  # draws times units that are worked on at once: at most 8 MB of indices


def resampled_sums(columns: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Return the sums of each column over the bootstrap's draws of units.

    Parameters
    ----------
    columns : ndarray of float64, shape (n_columns, n_units)
        Units in a canonical order; all columns are resampled together.
    seed : int
        Any integer; 0 is a seed like another.

    Returns
    -------
    ndarray of float64, shape (n_columns, DRAWS)
    """
    sums = np.empty((columns.shape[0], DRAWS))
    start = 0
    for counts in _counts(columns.shape[1], seed):
        stop = start + counts.shape[0]
        for column, row in zip(columns, sums, strict=True):
            # einsum rather than a BLAS product: its order of summation does not hang on the threads.
            np.einsum("du,u->d", counts, column, out=row[start:stop])
        start = stop
    return sums


def signed_sums(magnitudes: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Return the sums of `magnitudes`, shape (n_units,), under DRAWS independent patterns of random signs."""
    n_units = magnitudes.size
    words_per_draw = -(-n_units // 64)
    bits_of = _bit_generator("signs", n_units, seed)
    positive = np.empty(DRAWS)
    for start, stop in _blocks(n_units):
        words = bits_of.random_raw((stop - start) * words_per_draw).astype("<u8", copy=False)
        octets = words.view(np.uint8).reshape(stop - start, words_per_draw * 8)
        bits = np.unpackbits(octets, axis=1, bitorder="little")[:, :n_units]
        np.einsum("du,u->d", bits, magnitudes, out=positive[start:stop])
    return 2.0 * positive - float(magnitudes.sum())


def resampled_counts(n_units: int, seed: int) -> Iterator[NDArray[np.uint8]]:
    """Yield, in blocks of draws, how often each unit occurs in each draw: for statistics that are no ratio of sums.

    Parameters
    ----------
    n_units : int
        In a canonical order.
    seed : int
        Any integer.

    Yields
    ------
    ndarray of uint8, shape (n_draws, n_units)
        DRAWS rows in all.
    """
    yield from _counts(n_units, seed)


def _counts(n_units: int, seed: int) -> Iterator[NDArray[np.uint8]]:
    """Yield, in blocks of draws, how often each unit occurs in each draw."""
    if n_units <= _CACHED_UNITS:
        yield _counts_of_few(n_units, seed)
    elif n_units <= _CACHED_MANY_UNITS:
        yield _counts_of_many(n_units, seed)
    else:
        yield from _drawn_counts(n_units, seed)


def _all_counts(n_units: int, seed: int) -> NDArray[np.uint8]:
    counts = np.empty((DRAWS, n_units), dtype=np.uint8)
    for (start, stop), block in zip(_blocks(n_units), _drawn_counts(n_units, seed), strict=True):
        counts[start:stop] = block
    return counts


_counts_of_few = lru_cache(maxsize=2)(_all_counts)
_counts_of_many = lru_cache(maxsize=1)(_all_counts)


def _drawn_counts(n_units: int, seed: int) -> Iterator[NDArray[np.uint8]]:
    # One 64-bit word gives two indices: a 32-bit fraction times n_units, cut to an integer. No unit's
    # probability is off by more than 2**-32, which is nothing beside the noise of 10,000 draws.
    words_per_draw = -(-n_units // 2)
    indices_of = _bit_generator("bootstrap", n_units, seed)
    for start, stop in _blocks(n_units):
        n_draws = stop - start
        words = indices_of.random_raw(n_draws * words_per_draw).astype("<u8", copy=False)
        fractions = words.view("<u4").reshape(n_draws, 2 * words_per_draw)[:, :n_units]
        indices = ((fractions.astype(np.uint64) * np.uint64(n_units)) >> np.uint64(32)).astype(np.int64)
        indices += np.arange(n_draws)[:, None] * n_units
        counts = np.bincount(indices.ravel(), minlength=n_draws * n_units).reshape(n_draws, n_units)
        # A unit drawn 256 times among n draws of n units has a probability below 1e-500.
        assert counts.max() < 256
        yield counts.astype(np.uint8)


def _blocks(n_units: int) -> Iterator[tuple[int, int]]:
    rows = max(1, _BLOCK_CELLS // n_units)
    for start in range(0, DRAWS, rows):
        yield start, min(start + rows, DRAWS)


def _bit_generator(purpose: str, n_units: int, seed: int) -> np.random.Philox:
    text = f"srmetrics statistics|{purpose}|units:{n_units}|seed:{int(seed)}"
    return np.random.Philox(key=int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little"))
