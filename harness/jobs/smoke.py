"""Small images for ``--smoke``, laid out as a study's own are: textures of three classes, with masks."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.engine.atomic import write_atomically
from harness.jobs.compare_options import AUTO_OTSU
from harness.jobs.layouts import BRAIN_TUMOUR
from harness.jobs.study import Study

SIDE = 48
CLASSES = 3
IMAGES_OF_A_CLASS = 6


def smoke_images(folder: Path, study: Study) -> Path:
    """Write the images, masks and labels that a smoke run reads, and return the images' folder.

    The same images each time; what lies there already is left alone.
    """
    images = study.images
    root = folder / "images"
    labels = []
    suffix = Path(images.pattern).suffix or ".png"
    for number in range(CLASSES * IMAGES_OF_A_CLASS):
        label = number % CLASSES
        name = f"{number + 1:03d}"
        pixels, inside = texture(label, number, study.smoke.channels)
        if images.classes == BRAIN_TUMOUR:
            _write(root / f"{name}.mat", _brain_tumour(pixels, inside, label + 1, f"patient {number // 2}"))
            continue
        place = root / f"class_{label}" / f"{name}{suffix}" if images.classes == "folders" else root / f"{name}{suffix}"
        _write(place, _encoded(pixels, suffix))
        labels.append(f"{name},{label + 1}")
        if images.masks is not None and images.masks != AUTO_OTSU:
            mask = place.parent / images.masks.replace("*", name)
            _write(mask, _encoded(_mask(inside, sorted(images.regions)), ".png"))
    if images.classes.lower().endswith(".csv"):
        _write(root / images.classes, ("image,label\n" + "\n".join(labels) + "\n").encode())
    return root


def texture(label: int, number: int, channels: int) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Return a texture whose stripes are as wide as its class says, and a disc in its middle.

    Returns
    -------
    pixels : ndarray, (SIDE, SIDE) or (SIDE, SIDE, 3), uint8
    inside : ndarray, (SIDE, SIDE), bool
    """
    rng = np.random.RandomState(1000 * label + number)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    angle = rng.uniform(0, np.pi)
    waves = np.sin((rows * np.sin(angle) + columns * np.cos(angle)) * 2 * np.pi / (3.0 + 2.5 * label))
    inside = np.hypot(rows - SIDE / 2, columns - SIDE / 2) < SIDE / 4 + label
    grey = 120 + 60 * waves + 40 * inside + rng.normal(0, 6, (SIDE, SIDE))
    planes = grey if channels == 1 else np.stack([grey, 0.9 * grey + 5 * label, 0.8 * grey], axis=2)
    return np.clip(np.floor(planes + 0.5), 0, 255).astype(np.uint8), inside


def _mask(inside: NDArray[np.bool_], values: list[int]) -> NDArray[np.uint8]:
    """Return a mask, or a label map of these values in rings."""
    if not values:
        return np.where(inside, np.uint8(255), np.uint8(0))
    rows, columns = np.mgrid[:SIDE, :SIDE]
    ring = np.hypot(rows - SIDE / 2, columns - SIDE / 2) * len(values) / SIDE
    from_outside = np.clip(len(values) - 1 - ring.astype(int), 0, len(values) - 1)
    label_map: NDArray[np.uint8] = np.array(values, np.uint8)[from_outside]
    return label_map


def _brain_tumour(pixels: NDArray[np.uint8], inside: NDArray[np.bool_], label: int, patient: str) -> bytes:
    import scipy.io

    buffer = io.BytesIO()
    fields = {
        "label": float(label),
        "PID": patient,
        "image": pixels.astype(np.int16) * 8,
        "tumorMask": inside.astype(np.uint8),
    }
    scipy.io.savemat(buffer, {"cjdata": fields})
    return buffer.getvalue()


def _encoded(pixels: NDArray[Any], suffix: str) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, suffix.lstrip("."))
    return buffer.getvalue()


def _write(path: Path, content: bytes) -> None:
    if not path.exists():
        write_atomically(path, content)
