"""Candidates of other sizes and lengths: what they are, and a way out that does not make it worse."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from image_shelf import Shelf
from numpy.typing import NDArray

import harness
from degradations import imresize
from harness.jobs.diagnose import Finding, diagnose

Array = NDArray[np.generic]


def the_one(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding


@pytest.mark.parametrize("border", [((0, 1), (0, 1)), ((0, 16), (0, 0))])
def test_rows_and_columns_too_many_at_the_end_are_cut_off_and_not_resized(clean, border) -> None:
    padded = clean.change_candidates(lambda image: np.pad(image, (*border, (0, 0)), mode="reflect"))
    finding = the_one(padded.diagnose().findings)
    assert (finding.kind, finding.severity, len(finding.images)) == ("padded", "error", 3)
    assert "--align crop" in finding.way_out
    good = harness.compare(*map(str, clean.write()), workers=1)
    cut = harness.compare(*map(str, padded.write()), align="crop", workers=1)
    assert [row.cells for row in good.rows] == [row.cells for row in cut.rows]


def test_a_border_all_around_is_told_with_the_slices_that_cut_it(clean) -> None:
    height, width = next(iter(clean.references.values())).shape[:2]
    padded = clean.change_candidates(lambda image: np.pad(image, ((8, 8), (6, 6), (0, 0)), mode="reflect"))
    finding = the_one(padded.diagnose().findings)
    assert finding.kind == "padded"
    assert f"image[8:{8 + height}, 6:{6 + width}]" in finding.way_out


@pytest.mark.parametrize(
    ("given", "model", "kind"), [(4, 2, "low-resolution"), (4, 3, "size"), (2, 3, "size"), (3, 2, "size")]
)
def test_outputs_of_another_model_s_factor_are_named_by_the_scale(clean, given: int, model: int, kind: str) -> None:
    outputs = clean.change_candidates(lambda image: imresize(imresize(image, 1 / given), model))
    finding = the_one(outputs.diagnose(scale=given).findings)
    assert (finding.kind, len(finding.images)) == (kind, 3)
    assert f"Outputs of x{model} have this size where x{given} is wanted" in finding.way_out


def test_inputs_in_the_place_of_outputs_are_not_called_another_model_s(clean) -> None:
    inputs = clean.change_candidates(lambda image: imresize(image, 0.5))
    assert the_one(inputs.diagnose(scale=2).findings).way_out == "Name the folder of outputs, not that of inputs"


@pytest.mark.parametrize("change", [lambda image: image[:28, :28], lambda image: np.full((28, 28, 3), 9, np.uint8)])
def test_another_size_is_told_of_the_smallest_and_the_flattest_images_too(
    clean, change: Callable[[Array], Array]
) -> None:
    small = clean.change_references(change).change_candidates(lambda image: image[:7, :7])
    assert len(the_one(small.diagnose(scale=4).of_kind("low-resolution")).images) == 3


def test_a_quarter_turn_of_an_oblong_image_is_not_scored_and_says_so(clean) -> None:
    finding = the_one(clean.change_candidates(np.rot90).diagnose().of_kind("orientation"))
    assert finding.effect == "the pair is not scored"
    mirrored = the_one(clean.change_candidates(lambda image: image[:, ::-1]).diagnose().of_kind("orientation"))
    assert "its own mirror image" in mirrored.effect


@pytest.mark.parametrize("slices", [1, 4])
def test_volumes_of_another_length_are_an_error_as_they_are_in_compare(pictures, tmp_path, slices: int) -> None:
    volume = np.stack([pictures["coffee"][8 * step : 8 * step + 64, :64, 1] for step in range(6)])
    shelf = Shelf(tmp_path)
    reference = shelf.put("HR/a.tif", volume)
    candidate = shelf.put("ours/a.tif", volume[:slices] if slices > 1 else volume[0])
    diagnosis = diagnose(reference.parent, candidate.parent, workers=1)
    finding = the_one(diagnosis.of_kind("slices-differ"))
    assert (finding.severity, finding.evidence, diagnosis.exit_code) == ("error", f"{slices} against 6", 3)
    # Which slice belongs to which is not clear: nothing else is said of the pair.
    assert diagnosis.of_kind("identical") == ()
