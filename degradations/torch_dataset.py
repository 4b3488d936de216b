"""Training pairs on the fly from the recipes that test images are made with (needs the ``torch`` extra)."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from degradations.degrade import as_pipeline_image, cut_to_multiple, degrade
from degradations.recipe import Recipe
from degradations.recipes import find_recipe
from degradations.seeding import image_key, random_state
from degradations.step import PEAKS, Image
from srmetrics.errors import DependencyError, FileError, SizeError, SrmetricsError, StepError

try:
    import torch
    from torch.utils.data import Dataset, get_worker_info
except ImportError as error:
    raise DependencyError(
        "training pairs need torch", way_out="Install it with: pip install 'srmetrics[torch]'"
    ) from error

_SUFFIXES = frozenset({".png", ".tif", ".tiff", ".bmp", ".jpg", ".jpeg", ".webp"})


class DegradedFolder(Dataset):  # type: ignore[misc]  # torch's types are not followed
    """A folder of high-resolution images as pairs of tensors, degraded when they are asked for.

    Epoch k takes draw k of every image: the pairs do not depend on order, batches or workers, and those of epoch
    0 are the images that ``srmetrics degrade FOLDER OUT --recipe RECIPE --seed SEED`` writes.

    Parameters
    ----------
    folder : str or path
        Read recursively; PNG, TIFF, BMP, JPEG and WebP files of 8 or 16 bits, one channel or RGB.
    recipe : str or Recipe
        ``name@version``, ``name`` for the newest version, or a recipe of your own.
    seed : int
        The root seed, 0 or more.
    crop : int, optional
        Side of a square of high-resolution pixels to cut each pair to, a multiple of the recipe's scale, at a
        place drawn anew for every epoch. The whole image is degraded first, as for a test. Without it the tensors
        have the images' own sizes and batches can only hold one.

    Raises
    ------
    FileError
        If the folder holds no images, or two whose names differ by the suffix alone.
    StepError
        If the crop is not a positive multiple of the scale.

    Examples
    --------
    ::

        pairs = DegradedFolder("DF2K/", "realesrgan-x4plus@1", seed=0, crop=256)
        for epoch in range(100):
            pairs.set_epoch(epoch)
            for high, low in DataLoader(pairs, batch_size=16, shuffle=True, num_workers=8):
                ...
    """

    def __init__(
        self, folder: str | PathLike[str], recipe: str | Recipe, *, seed: int = 0, crop: int | None = None
    ) -> None:
        self.folder = Path(folder)
        self.recipe = find_recipe(recipe) if isinstance(recipe, str) else recipe
        self.seed, self.crop, self.epoch = seed, crop, 0
        if crop is not None and (crop < 1 or crop % self.recipe.scale):
            raise StepError("impossible crop", found=crop, expected=f"a positive multiple of {self.recipe.scale}")
        self.files = _find_files(self.folder)

    def set_epoch(self, epoch: int) -> None:
        """Take another draw of every image; call it before the epoch's ``DataLoader`` is iterated."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the high- and the low-resolution image: float32, C x H x W, range 0..1.

        Raises
        ------
        SrmetricsError
            If the image cannot be read, degraded or cut; the error names its file.
        """
        key, path = self.files[index]
        if get_worker_info() is not None:
            cv2.setNumThreads(1)  # the workers are the threads; and OpenCV's own do not survive a fork
        try:
            whole = as_pipeline_image(_read(path))
            low, _ = degrade(whole, self.recipe, seed=self.seed, key=key, draw=self.epoch)
            high = cut_to_multiple(whole, self.recipe.scale)
            if self.crop is not None:
                high, low = self._cut(high, low, self.crop, key)
        except SrmetricsError as error:
            raise error.in_file(path) from None
        return _as_tensor(high), _as_tensor(low)

    def _cut(self, high: Image, low: Image, side: int, key: str) -> tuple[Image, Image]:
        scale = self.recipe.scale
        if tuple(length // scale for length in high.shape[:2]) != low.shape[:2]:
            raise SizeError(
                "pairs of this recipe cannot be cut",
                found=f"{high.shape[:2]} and {low.shape[:2]}",
                expected=f"sizes that differ by the scale, {scale}",
                way_out="Leave the crop out",
            )
        if min(high.shape[:2]) < side:
            raise SizeError(
                "the image is smaller than the crop",
                found=f"{high.shape[1]}x{high.shape[0]} pixels",
                expected=f"at least {side} in each direction",
            )
        rng = random_state(f"crop of {self.recipe.full_name}", self.seed, key, self.epoch)
        small = side // scale
        top, left = (int(rng.randint(length - small + 1)) for length in low.shape[:2])
        cut = high[top * scale : top * scale + side, left * scale : left * scale + side]
        return cut, low[top : top + small, left : left + small]


def _find_files(folder: Path) -> list[tuple[str, Path]]:
    """List the images below a folder by key, as ``srmetrics degrade`` names them."""
    found: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.suffix.lower() not in _SUFFIXES or any(part.startswith(".") for part in inside.parts):
            continue
        key = image_key(inside)
        if key in found:
            raise FileError("two images have this name without suffix", found=found[key].name, file=path)
        found[key] = path
    if not found:
        raise FileError("the folder holds no images", expected=", ".join(sorted(_SUFFIXES)), file=folder)
    return sorted(found.items())


def _read(path: Path) -> Image:
    try:
        encoded = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise FileError(f"the image cannot be read: {error.strerror or error}", file=path) from error
    decoded: Any = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED) if len(encoded) else None
    if decoded is None:
        raise FileError("the file is not an image that can be read", file=path)
    image: Image = cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB) if decoded.ndim == 3 and decoded.shape[2] == 3 else decoded
    return image


def _as_tensor(image: Image) -> torch.Tensor:
    scaled = image.astype(np.float32) / np.float32(PEAKS[image.dtype.name])
    planes = scaled[np.newaxis] if scaled.ndim == 2 else scaled.transpose(2, 0, 1)
    return torch.from_numpy(np.ascontiguousarray(planes))
