"""Ranges and channels that differ within a pair: each is named, with a way out that mends it when it is done."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.jobs.diagnose import Diagnosis, Finding, diagnose

Array = NDArray[np.generic]


def kinds(diagnosis: Diagnosis) -> dict[str, str]:
    return {finding.kind: finding.severity for finding in diagnosis.findings}


def only(diagnosis: Diagnosis) -> Finding:
    (finding,) = diagnosis.findings
    return finding


def sixteen(image: Array) -> NDArray[np.uint16]:
    return image[..., 1].astype(np.uint16) * 257


def floats(image: Array) -> NDArray[np.float32]:
    return (image / 255).astype(np.float32)


@pytest.mark.parametrize(
    ("narrow", "times"),
    [(lambda image: image[..., 1].astype(np.uint16) * 16, 65535 / 4095), (lambda image: sixteen(image) // 257, 257)],
)
def test_12_or_8_bits_against_full_16_are_two_ranges_and_not_one_to_be_said(
    clean, narrow: Callable[[Array], Array], times: float
) -> None:
    """To say --data-range 4095 of a pair whose reference fills 16 bits would make it worse."""
    full = clean.change_references(sixteen)
    finding = only(full.change_candidates(narrow).diagnose())
    assert (finding.kind, finding.severity) == ("ranges-differ", "error")
    assert finding.numbers["times"] == pytest.approx(times)
    assert f"times {times:.4g}" in finding.way_out
    assert full.change_candidates(lambda image: np.rint(narrow(image) * times).astype(np.uint16)).diagnose().clean


def test_one_hot_pixel_does_not_make_two_ranges(clean) -> None:
    twelve = clean.change_references(lambda image: image[..., 1].astype(np.uint16) * 16)
    twelve = twelve.change_candidates(lambda image: image[..., 1].astype(np.uint16) * 16)
    for image in twelve.references.values():
        image[50, 60] = 65535  # type: ignore[index]
    assert twelve.diagnose().of_kind("ranges-differ") == ()


def test_floats_of_another_range_are_mended_by_the_factor_that_is_told(clean) -> None:
    pairs = clean.change_references(floats)
    finding = only(pairs.change_candidates(lambda image: image.astype(np.float32)).diagnose())
    assert (finding.kind, finding.numbers["times"]) == ("ranges-differ", pytest.approx(1 / 255))
    assert "--data-range 1" in finding.way_out


def test_floats_of_minus_1_to_1_are_named_and_not_called_clipped(clean) -> None:
    pairs = clean.change_references(floats)
    diagnosis = pairs.change_candidates(lambda image: (image / 127.5 - 1).astype(np.float32)).diagnose()
    assert kinds(diagnosis) == {"tone": "error", "beyond-range": "warning"}
    assert "of -1 to 1" in diagnosis.of_kind("tone")[0].what
    assert "(x + 1) / 2" in diagnosis.of_kind("tone")[0].way_out


def test_three_equal_channels_where_the_reference_has_colours_are_told(clean) -> None:
    grey = clean.change_candidates(lambda image: np.dstack([image[..., 1]] * 3))
    finding = only(grey.diagnose())
    assert (finding.kind, finding.severity, len(finding.images)) == ("channels-differ", "error", 3)
    assert "three equal channels" in finding.what
    # Of a reference that is grey itself, stored as RGB (Set14's img_010), they are right.
    assert grey.change_references(lambda image: np.dstack([image[..., 1]] * 3)).diagnose().findings == ()


def test_an_error_s_own_way_out_is_the_finding_s(clean) -> None:
    reference, candidate = clean.write()
    (candidate / "coffee.png").unlink()
    np.savez(candidate / "coffee.npz", first=np.zeros((9, 9)), second=np.zeros((9, 9)))
    (finding,) = diagnose(reference, candidate, workers=1).of_kind("unreadable")
    assert "::" in finding.way_out
    assert finding.way_out not in finding.evidence
