"""Several metrics of a pair at once, sharing the preparation; of one region, several, or a volume."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from srmetrics.errors import ArrayError, MaskError, ProtocolError, SizeError
from srmetrics.fields import MASKINGS
from srmetrics.metrics import find_metric
from srmetrics.metrics.base import Metric, Region
from srmetrics.pool import Pool
from srmetrics.prepare.gate import check_image, largest_value
from srmetrics.prepare.pair import PreparedPair, prepare_pair
from srmetrics.presets import find_protocol
from srmetrics.protocol import EvaluationProtocol
from srmetrics.score import Scores


def evaluate(
    reference: object,
    candidate: object,
    protocol: str | EvaluationProtocol = "native",
    *,
    metrics: Sequence[str] = ("psnr", "ssim"),
    scale: int | None = None,
    data_range: float | None = None,
    mask: object = None,
    masking: str | None = None,
) -> Scores:
    """Return several metrics of a pair of images, of the whole or inside a mask.

    Parameters
    ----------
    reference, candidate : array_like
        H x W or H x W x C, RGB order, uint8, uint16, other integers or floats. Under a protocol with
        ``pooling: volume``, D x H x W or D x H x W x C.
    protocol : str or EvaluationProtocol
        A preset's name, a signature, or a protocol.
    metrics : sequence of str
        Names from ``srmetrics.METRICS``, or ``piq:NAME``; one name may stand by itself.
    scale : int, optional
        The factor of super-resolution, for protocols whose crop depends on it.
    data_range : float, optional
        What the largest possible value stands for; uint8 and uint16 know theirs, all others must be told.
    mask : array_like, optional
        H x W (D x H x W for a volume), non-zero inside, of the reference's size.
    masking : str, optional
        How SSIM treats the mask; the protocol's own by default: ``normalised``, ``interior``, ``map``, ``zeroed``.

    Returns
    -------
    Scores
        A mapping of names to values, with the region, its pixel count and the signature.

    Raises
    ------
    SrmetricsError
        When the pair cannot be scored at all. A single metric that cannot be computed is NaN in the result, with its
        reason in ``Scores.errors``.

    Examples
    --------
    >>> import numpy as np
    >>> flat = np.full((32, 32), 100, np.uint8)
    >>> scores = evaluate(flat, flat + 1, metrics=("psnr", "mse"))
    >>> round(scores["psnr"], 3), scores["mse"], scores.n_pixels
    (48.131, 1.0, 1024)
    """
    regions = {"image": None} if mask is None else {"mask": mask}
    return evaluate_regions(
        reference,
        candidate,
        regions,
        protocol,
        metrics=metrics,
        scale=scale,
        data_range=data_range,
        masking=masking,
    )[0]


def evaluate_regions(
    reference: object,
    candidate: object,
    regions: Mapping[str, object],
    protocol: str | EvaluationProtocol = "native",
    *,
    metrics: Sequence[str] = ("psnr", "ssim"),
    scale: int | None = None,
    data_range: float | None = None,
    masking: str | None = None,
) -> tuple[Scores, ...]:
    """Return the scores of a pair in several regions, sharing the preparation.

    Parameters
    ----------
    regions : mapping of str to array_like or None
        Masks of the reference's size by name; None stands for the whole image. ``srmetrics.regions_of`` makes them
        from a mask image. The other parameters are those of `evaluate`.

    Returns
    -------
    tuple of Scores
        One for each region, in their order. A region that cannot be scored has NaN values and its errors.
    """
    chosen = _with_masking(find_protocol(protocol), masking)
    if chosen.pooling == "volume":
        return evaluate_volume(
            _slices_of(reference, "reference"),
            _slices_of(candidate, "candidate"),
            chosen,
            metrics=metrics,
            scale=scale,
            data_range=data_range,
            regions_at=_slicer(regions, len(_slices_of(reference, "reference"))),
        )
    table = _table(metrics)
    pair = prepare_pair(reference, candidate, chosen, scale=scale, data_range=data_range)
    return tuple(Pool(table).add(pair, region).scores() for region in _placed(pair, regions))


def evaluate_volume(
    reference: Sequence[Any],
    candidate: Sequence[Any],
    protocol: str | EvaluationProtocol = "fastmri",
    *,
    metrics: Sequence[str] = ("psnr", "ssim"),
    scale: int | None = None,
    data_range: float | None = None,
    regions_at: Callable[[int], Mapping[str, object]] | None = None,
) -> tuple[Scores, ...]:
    """Return the scores of a volume: one MSE over all its slices, SSIM the mean of the slices'.

    Parameters
    ----------
    reference, candidate : sequence of array_like
        The slices, H x W or H x W x C each. Anything with a length and an index does, so that slices may be read from a
        file one at a time; only those of the moment are held.
    protocol : str or EvaluationProtocol
        With ``pooling: volume``.
    regions_at : callable, optional
        Gives the regions of the slice of that index, with the same names for all; the whole image by default.

    Returns
    -------
    tuple of Scores
        One for each region.
    """
    chosen = find_protocol(protocol)
    if chosen.pooling != "volume":
        raise ProtocolError("this protocol does not pool volumes", found="pooling: image", expected="pooling: volume")
    if len(reference) != len(candidate) or len(reference) == 0:
        raise SizeError(
            "the two volumes do not have the same number of slices",
            found=f"{len(candidate)} slices in the candidate",
            expected=f"{len(reference)}, at least 1",
        )
    largest = None
    if chosen.range == "reference-max":
        largest = max(largest_value(check_image(reference[index], "reference")) for index in range(len(reference)))
    table = _table(metrics)
    pools: dict[str, Pool] = {}
    for index in range(len(reference)):
        pair = prepare_pair(
            reference[index],
            candidate[index],
            chosen,
            scale=scale,
            data_range=data_range,
            reference_max=largest,
        )
        regions = {"image": None} if regions_at is None else regions_at(index)
        for region in _placed(pair, regions):
            pools.setdefault(region.name, Pool(table)).add(pair, region)
    return tuple(pool.scores() for pool in pools.values())


def _placed(pair: PreparedPair, regions: Mapping[str, object]) -> list[Region]:
    masking = pair.protocol.masking
    return [Region(name, None if mask is None else pair.place(mask), masking) for name, mask in regions.items()]


def _with_masking(protocol: EvaluationProtocol, masking: str | None) -> EvaluationProtocol:
    if masking is None:
        return protocol
    if masking not in MASKINGS:
        raise ProtocolError("there is no such masking", found=repr(masking), expected="one of " + ", ".join(MASKINGS))
    return replace(protocol, masking=masking)


def _table(metrics: Sequence[str]) -> list[Metric]:
    names = (metrics,) if isinstance(metrics, str) else metrics
    return [find_metric(name) for name in dict.fromkeys(names)]


def _slices_of(volume: object, role: str) -> Sequence[Any]:
    array = np.asarray(volume)
    if array.ndim not in (2, 3, 4):
        raise ArrayError(
            f"the {role} is not a volume", found=f"shape {array.shape}", expected="D x H x W or D x H x W x C"
        )
    return array[None] if array.ndim == 2 else array  # type: ignore[return-value]


def _slicer(regions: Mapping[str, object], slices: int) -> Callable[[int], Mapping[str, object]]:
    """Return what gives the regions of one slice; a mask of one slice's shape is that of every slice."""
    masks = {name: None if mask is None else np.asarray(mask) for name, mask in regions.items()}
    for name, mask in masks.items():
        if mask is not None and mask.ndim > 2 and len(mask) != slices:
            raise MaskError(
                f"the mask of region {name!r} does not have the volume's slices",
                found=f"{len(mask)} slices",
                expected=f"{slices}, or one mask of H x W for all of them",
            )
    return lambda index: {
        name: mask[index] if mask is not None and mask.ndim > 2 else mask for name, mask in masks.items()
    }
