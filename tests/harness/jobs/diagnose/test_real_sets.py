"""No false alarm on the real sets; what they truly hold is a note."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from degradations import imresize
from harness.jobs.diagnose import Diagnosis, diagnose

pytestmark = pytest.mark.data


def notes_of(diagnosis: Diagnosis) -> dict[str, tuple[str, ...]]:
    """Return the notes by kind, after saying that there is nothing graver."""
    assert [finding.what for finding in diagnosis.findings if finding.severity != "note"] == []
    assert diagnosis.exit_code == 0
    return {finding.kind: finding.images for finding in diagnosis.findings}


def upscaled(data_folder: Path, name: str, scale: int, root: Path) -> tuple[str, Path]:
    """Write what bicubic interpolation makes of a set's low-resolution images."""
    source = data_folder / name / f"image_SRF_{scale}"
    for file in sorted(source.glob("*_LR.png")):
        Image.fromarray(imresize(np.asarray(Image.open(file)), scale)).save(root / file.name.replace("_LR", "_BIC"))
    return f"{source}/*_HR.png", root


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_set5_with_bicubic_is_clean_but_for_one_jpeg(data_folder, tmp_path, scale) -> None:
    reference, candidate = upscaled(data_folder, "Set5", scale, tmp_path)
    diagnosis = diagnose(reference, candidate, scale=scale)
    assert (diagnosis.n_references, diagnosis.n_pairs) == (5, 5)
    # img_005 (woman) is a JPEG of quality 75.
    assert notes_of(diagnosis) == {"jpeg-traces": (f"img_005_SRF_{scale}_HR",)}
    assert diagnosis.findings[0].numbers["quality"] == 75


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_set14_with_bicubic_is_clean_but_for_four_coded_images_and_a_grey_one(data_folder, tmp_path, scale) -> None:
    reference, candidate = upscaled(data_folder, "Set14", scale, tmp_path)
    diagnosis = diagnose(reference, candidate, scale=scale)
    assert (diagnosis.n_references, diagnosis.n_pairs) == (14, 14)
    # coastguard and foreman (frames of coded video), ppt3 and zebra.
    coded = tuple(f"img_{number:03d}_SRF_{scale}_HR" for number in (4, 8, 13, 14))
    assert notes_of(diagnosis) == {"channels-mixed": (f"img_003_SRF_{scale}_HR",), "jpeg-traces": coded}


@pytest.mark.parametrize("scale", [2, 4])
def test_rcan_on_set5_is_clean_but_for_the_same_jpeg(data_folder, scale) -> None:
    folder, place = data_folder / "rcan_set5", f"x{scale}"
    diagnosis = diagnose(folder / "HR" / place, [folder / "RCAN" / place, folder / "RCANplus" / place], scale=scale)
    assert diagnosis.n_pairs == 10
    # At x2 RCAN restores the lattice of the reference's JPEG so well that it shows: told of the reference alone.
    assert notes_of(diagnosis) == {"jpeg-traces": (f"woman_HR_{place}",)}
