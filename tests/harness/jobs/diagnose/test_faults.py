"""Each planted fault is found, under its own name, and nothing is found in the same pairs without it."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from degradations import imresize
from harness.jobs.diagnose import Diagnosis, Finding, diagnose

Array = NDArray[np.generic]


def kinds(diagnosis: Diagnosis) -> dict[str, str]:
    return {finding.kind: finding.severity for finding in diagnosis.findings}


def only(diagnosis: Diagnosis, kind: str) -> Finding:
    (finding,) = diagnosis.of_kind(kind)
    return finding


def as_bytes(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def shifted(image: Array, rows: float, columns: float) -> NDArray[np.uint8]:
    """Shift by the Fourier transform, which is exact for what lies under the Nyquist frequency."""
    padded = np.pad(image.astype(np.float64), ((16, 16), (16, 16), (0, 0)), mode="reflect")
    moved = [
        np.fft.ifft2(ndimage.fourier_shift(np.fft.fft2(padded[..., channel]), (rows, columns))).real
        for channel in range(3)
    ]
    return as_bytes(np.stack(moved, axis=2)[16:-16, 16:-16])


def through_jpeg(image: Array, quality: int) -> NDArray[np.uint8]:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream))


def corners_aligned(image: Array) -> NDArray[np.uint8]:
    """Upscale the half of an image as align_corners=True does: first and last pixels stay first and last."""
    small = imresize(image, 0.5).astype(np.float64)
    rows, columns = (np.linspace(0, length - 1, 2 * length) for length in small.shape[:2])
    grid = np.meshgrid(rows, columns, indexing="ij")
    planes = [ndimage.map_coordinates(small[..., channel], grid, order=3, mode="nearest") for channel in range(3)]
    return as_bytes(np.stack(planes, axis=2))


def test_clean_pairs_have_no_finding_at_all(clean) -> None:
    diagnosis = clean.diagnose()
    assert diagnosis.findings == ()
    assert (diagnosis.n_references, diagnosis.n_pairs, diagnosis.exit_code) == (3, 3, 0)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("orientation", lambda image: image[:, ::-1]),
        ("orientation", lambda image: np.rot90(image)),
        ("orientation", lambda image: np.swapaxes(image, 0, 1)),
        ("low-resolution", lambda image: imresize(image, 0.5)),
        ("too-large", lambda image: imresize(image, 2)),
        ("size", lambda image: imresize(image, 0.9)),
        ("cropped", lambda image: image[5:-3, 4:-6]),
        ("depths-differ", lambda image: image.astype(np.uint16)[..., 0] * 257),
        ("depths-differ", lambda image: (image / 255).astype(np.float32)),
        ("unused-depth", lambda image: np.rint(image / 255).astype(np.uint8)),
        ("constant", lambda image: np.zeros_like(image)),
        ("channels-differ", lambda image: image[..., 1]),
        ("alpha", lambda image: np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])),
        ("stretched", corners_aligned),
    ],
)
def test_a_fault_in_all_candidates_is_told_once_of_all(clean, kind: str, change: Callable[[Array], Array]) -> None:
    diagnosis = clean.change_candidates(change).diagnose()
    finding = only(diagnosis, kind)
    assert len(finding.images) == 3
    assert "all 3 candidates" in finding.what
    assert diagnosis.exit_code == 3


@pytest.mark.parametrize(("order", "name"), [((2, 1, 0), "BGR"), ((1, 2, 0), "GBR"), ((0, 2, 1), "RBG")])
def test_the_order_of_swapped_channels_is_named(clean, order: tuple[int, ...], name: str) -> None:
    finding = only(clean.change_candidates(lambda image: image[..., list(order)]).diagnose(), "channels-permuted")
    assert f"order {name}" in finding.what
    assert finding.numbers["after_db"] > finding.numbers["before_db"] + 3


@pytest.mark.parametrize("shift", [(0.25, 0.0), (0.5, -0.5), (1.0, 0.0), (3.0, -3.0)])
def test_a_shift_is_told_with_its_size_and_direction(clean, shift: tuple[float, float]) -> None:
    finding = only(clean.change_candidates(lambda image: shifted(image, *shift)).diagnose(), "shifted")
    # The estimate's own error is a fiftieth of a pixel on such pairs (test_shift.py).
    assert (finding.numbers["rows"], finding.numbers["columns"]) == pytest.approx(shift, abs=0.03)
    assert finding.numbers["after_db"] > finding.numbers["before_db"]
    assert len(finding.images) == 3


def test_half_pixel_conventions_are_named_by_the_scale(clean) -> None:
    finding = only(clean.change_candidates(lambda image: shifted(image, 0.5, 0.5)).diagnose(), "shifted")
    assert "(S-1)/2 = 0.5 px at x2" in finding.way_out
    whole = only(clean.change_candidates(lambda image: shifted(image, 2, 0)).diagnose(), "shifted")
    assert "Whole pixels" in whole.way_out


def test_a_stretch_of_aligned_corners_is_named(clean) -> None:
    finding = only(clean.change_candidates(corners_aligned).diagnose(), "stretched")
    assert "align_corners=True" in finding.way_out
    # 1 px at x2, by the difference of the two conventions at both edges.
    assert finding.numbers["rows"] == pytest.approx(1.0, abs=0.3)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda image: as_bytes(image * (219 / 255) + 16), "studio range (16 to 235)"),
        (lambda image: as_bytes(255 * (image / 255) ** 1.25), "gamma of 1.2"),
        (lambda image: as_bytes(255 * (image / 255) ** (1 / 2.2)), "gamma of 0.4"),
        (lambda image: 255 - image, "negative"),
        (lambda image: as_bytes(image * 0.9 + 4), "another brightness or contrast"),
    ],
)
def test_a_curve_is_named_and_its_cost_is_told(clean, change: Callable[[Array], Array], what: str) -> None:
    finding = only(clean.change_candidates(change).diagnose(), "tone")
    assert what in finding.what
    before = clean.change_candidates(change)
    expected = []
    for key, reference in before.references.items():
        error = np.mean((reference.astype(np.float64) - before.candidates[key].astype(np.float64)) ** 2)
        expected.append(10 * np.log10(255**2 / error))
    assert finding.numbers["before_db"] == pytest.approx(np.median(expected), abs=1e-6)
    assert finding.numbers["after_db"] > finding.numbers["before_db"] + 2


@pytest.mark.parametrize(
    ("role", "quality"), [("reference", 95), ("reference", 75), ("candidate", 85), ("candidate", 50)]
)
def test_jpeg_traces_are_told_with_their_quality(clean, role: str, quality: int) -> None:
    def change(image: Array) -> Array:
        return through_jpeg(image, quality)

    planted = clean.change_references(change) if role == "reference" else clean.change_candidates(change)
    finding = only(planted.diagnose(), "jpeg-traces")
    assert (finding.role, finding.severity, len(finding.images)) == (role, "warning", 3)
    assert finding.numbers["quality"] == pytest.approx(quality, abs=1)


def test_one_jpeg_among_many_references_is_a_note(clean) -> None:
    clean.references["coffee"] = through_jpeg(clean.references["coffee"], 75)
    diagnosis = clean.diagnose()
    assert kinds(diagnosis) == {"jpeg-traces": "note"}
    assert diagnosis.exit_code == 0


def test_a_reference_stored_as_jpeg_is_a_warning(clean) -> None:
    reference, candidate = clean.write()
    (reference / "coffee.png").unlink()
    Image.fromarray(clean.references["coffee"]).save(reference / "coffee.jpg", quality=90)
    finding = only(diagnose(reference, candidate, workers=1), "lossy-file")
    assert (finding.severity, finding.images) == ("warning", ("coffee",))


@pytest.mark.parametrize(("factor", "kernel"), [(1.5, "bicubic"), (2, "bilinear"), (2, "bicubic"), (3, "lanczos3")])
def test_upscaled_references_are_told_with_their_factor(clean, factor: float, kernel: str) -> None:
    def change(image: Array) -> Array:
        small = imresize(image, size=(round(image.shape[0] / factor), round(image.shape[1] / factor)))
        return imresize(small, size=image.shape[:2], kernel=kernel)

    finding = only(clean.change_references(change).diagnose(), "upscaled")
    assert (finding.severity, len(finding.images)) == ("warning", 3)
    assert finding.numbers["factor"] == factor


def test_copies_of_references_are_told_but_their_outputs_are_not(clean) -> None:
    clean.references["twin"] = np.ascontiguousarray(np.rot90(clean.references["coffee"]))
    clean.candidates["twin"] = np.ascontiguousarray(np.rot90(clean.candidates["coffee"]))
    diagnosis = clean.diagnose()
    assert kinds(diagnosis) == {"duplicate": "warning"}
    assert only(diagnosis, "duplicate").images == ("twin",)


def test_one_output_saved_under_two_names_is_told_as_a_copy_and_as_another_image(clean) -> None:
    clean.candidates["scarf"] = clean.candidates["coffee"]
    diagnosis = clean.diagnose()
    assert kinds(diagnosis) == {"duplicate": "warning", "mispaired": "error"}
    assert only(diagnosis, "mispaired").images == ("scarf",)
    assert "'scarf' shows 'coffee'" in only(diagnosis, "mispaired").evidence


def test_swapped_names_are_told_on_both_sides(clean) -> None:
    clean.candidates["scarf"], clean.candidates["coffee"] = clean.candidates["coffee"], clean.candidates["scarf"]
    finding = only(clean.diagnose(), "mispaired")
    assert finding.images == ("coffee", "scarf")
    assert "--pair" in finding.way_out


def test_names_that_do_not_pair_at_all_are_an_error_with_the_way_to_pair_them(clean) -> None:
    clean.candidates = {f"out{at}": image for at, image in enumerate(clean.candidates.values())}
    diagnosis = clean.diagnose()
    finding = only(diagnosis, "missing")
    assert ("error", 3) == (finding.severity, diagnosis.exit_code)
    assert finding.what == "no file of ours pairs with a reference"
    assert "--pair" in finding.way_out


def test_a_mispaired_candidate_of_another_size_is_not_to_be_resized(clean) -> None:
    """The image that it shows is of another size: resizing it to its own reference would hide the wrong name."""
    clean.references["scarf"] = clean.references["scarf"][:-16]
    clean.candidates["coffee"], clean.candidates["scarf"] = clean.candidates["scarf"][:-16], clean.candidates["coffee"]
    diagnosis = clean.diagnose()
    assert kinds(diagnosis) == {"mispaired": "error"}
    assert only(diagnosis, "mispaired").images == ("coffee", "scarf")


def test_a_candidate_that_shows_nothing_of_any_reference_is_told(clean) -> None:
    rng = np.random.default_rng(0)
    clean.candidates["scarf"] = rng.integers(0, 256, clean.candidates["scarf"].shape, dtype=np.uint8)
    finding = only(clean.diagnose(), "unrelated")
    assert finding.images == ("scarf",)


def test_references_named_as_candidates_are_told(clean) -> None:
    clean.candidates = dict(clean.references)
    finding = only(clean.diagnose(), "identical")
    assert (finding.severity, len(finding.images)) == ("error", 3)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_value_that_is_no_number_is_told(clean, value: float) -> None:
    floats = clean.change_references(lambda image: (image / 255).astype(np.float32))
    floats = floats.change_candidates(lambda image: (image / 255).astype(np.float32))
    assert floats.diagnose().findings == ()
    floats.candidates["scarf"][3, 4, 1] = value  # type: ignore[index]
    assert kinds(floats.diagnose()) == {"not-finite": "error"}


def test_floats_of_two_ranges_and_beyond_their_range_are_told(clean) -> None:
    floats = clean.change_references(lambda image: (image / 255).astype(np.float32))
    wide = floats.change_candidates(lambda image: image.astype(np.float32))
    assert kinds(wide.diagnose()) == {"ranges-differ": "error"}
    beyond = floats.change_candidates(lambda image: (image / 255 * 1.02 - 0.01).astype(np.float32))
    assert "beyond-range" in kinds(beyond.diagnose())


def test_twelve_bits_in_sixteen_are_told_with_what_they_cost(clean) -> None:
    def twelve(image: Array) -> Array:
        return (image[..., 1].astype(np.uint16) * 16).astype(np.uint16)

    diagnosis = clean.change_references(twelve).change_candidates(twelve).diagnose()
    assert {finding.role for finding in diagnosis.of_kind("unused-depth")} == {"reference", "candidate"}
    for finding in diagnosis.of_kind("unused-depth"):
        assert "--data-range 4095" in finding.way_out
        assert "24.1 dB too high" in finding.effect  # 20 log10(65535 / 4095)


def test_a_set_of_mixed_depths_is_told(clean) -> None:
    for images in (clean.references, clean.candidates):
        images["scarf"] = images["scarf"][..., 1].astype(np.uint16) * 257
        images["coffee"] = images["coffee"][..., 1]
        images["astronaut"] = images["astronaut"][..., 1]
    assert kinds(clean.diagnose()) == {"depths-mixed": "warning"}


def test_one_grey_image_among_colour_ones_is_a_note(clean) -> None:
    for images in (clean.references, clean.candidates):
        images["scarf"] = images["scarf"][..., 1]
    assert kinds(clean.diagnose()) == {"channels-mixed": "note"}


def test_clipping_is_told_for_black_and_white_apart(clean) -> None:
    diagnosis = clean.change_candidates(lambda image: as_bytes(image * 2.0 - 120)).diagnose()
    ends = [("black" in finding.what, "white" in finding.what) for finding in diagnosis.of_kind("clipped")]
    assert sorted(ends) == [(False, True), (True, False)]


def test_modcrop_is_the_way_out_where_the_reference_is_a_few_pixels_larger(clean) -> None:
    for key, image in clean.references.items():
        clean.references[key] = np.pad(image, ((0, 2), (0, 1), (0, 0)), mode="edge")
    finding = only(clean.diagnose(scale=4), "modcrop")
    assert "--align modcrop --scale 4" in finding.way_out


def test_faults_on_top_of_each_other_are_all_told(clean) -> None:
    def change(image: Array) -> Array:
        return shifted(as_bytes(image * (219 / 255) + 16)[..., ::-1], 1, 0)

    found = clean.change_candidates(change).diagnose()
    assert kinds(found) == {"channels-permuted": "error", "tone": "error", "shifted": "error"}
    # Each is undone before the next is measured, so that what one costs begins where the other ended.
    assert only(found, "channels-permuted").numbers["after_db"] == pytest.approx(
        only(found, "tone").numbers["before_db"], abs=1e-6
    )


def test_what_cannot_be_read_or_has_no_partner_is_told(clean) -> None:
    reference, candidate = clean.write()
    (candidate / "coffee.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    (candidate / "scarf.png").unlink()
    (candidate / "other.png").write_bytes((candidate / "astronaut.png").read_bytes())
    diagnosis = diagnose(reference, candidate, workers=1)
    assert kinds(diagnosis) == {"unreadable": "error", "missing": "warning", "extra": "note"}
    assert only(diagnosis, "missing").images == ("scarf",)


def test_where_nothing_can_be_read_the_exit_code_is_one(tmp_path: Path) -> None:
    for folder in ("HR", "ours"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    assert diagnose(tmp_path / "HR", tmp_path / "ours", workers=1).exit_code == 1


def test_every_finding_names_its_evidence_effect_and_way_out(clean) -> None:
    for finding in clean.change_candidates(lambda image: image[::-1, :, ::-1]).diagnose().findings:
        assert all((finding.what, finding.evidence, finding.effect, finding.way_out))
        assert all(Path(file).exists() for file in finding.files)
