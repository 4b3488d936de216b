"""Training pairs: the pixels of the test images, whatever the workers, with a new draw each epoch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from skimage.data import astronaut
from torch.utils.data import DataLoader

from degradations import degrade
from degradations.torch_dataset import DegradedFolder
from harness import degrade as degrade_folder
from srmetrics.errors import ChannelError, FileError, RecipeError, SizeError, StepError

RECIPE = "realesrgan-x4plus@1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    images = tmp_path / "hr"
    (images / "faces").mkdir(parents=True)
    cv2.imwrite(str(images / "faces" / "eileen.png"), astronaut()[:130, 150:290, ::-1])
    cv2.imwrite(str(images / "grey.png"), astronaut()[200:328, :121, 0])
    cv2.imwrite(str(images / "suit.bmp"), astronaut()[300:430, 100:228, ::-1])
    (images / "notes.txt").write_text("not an image")
    (images / ".hidden.png").write_bytes(b"")
    return images


def levels(tensor: torch.Tensor) -> np.ndarray:
    """Turn a tensor back into an 8-bit image."""
    return np.rint(tensor.numpy() * 255).astype(np.uint8).transpose(1, 2, 0).squeeze()


def test_epoch_0_is_what_srmetrics_degrade_writes(folder: Path, tmp_path: Path) -> None:
    degrade_folder(folder, tmp_path / "lr", RECIPE, seed=5, save_hr=tmp_path / "cut", workers=1)
    pairs = DegradedFolder(folder, RECIPE, seed=5)
    assert ["faces/eileen", "grey", "suit"] == [key for key, _ in pairs.files]
    for (key, _), (high, low) in zip(pairs.files, pairs, strict=False):
        for written, tensor in ((tmp_path / "cut", high), (tmp_path / "lr", low)):
            image = cv2.imread(str(written / f"{key}.png"), cv2.IMREAD_UNCHANGED)
            expected = image[..., ::-1] if image.ndim == 3 else image
            np.testing.assert_array_equal(expected, levels(tensor))
            assert tensor.dtype == torch.float32


def test_epochs_are_the_draws(folder: Path) -> None:
    pairs = DegradedFolder(folder, RECIPE, seed=1)
    for epoch in (0, 3):
        pairs.set_epoch(epoch)
        expected, _ = degrade(astronaut()[:130, 150:290], RECIPE, seed=1, key="faces/eileen", draw=epoch)
        np.testing.assert_array_equal(expected, levels(pairs[0][1]))


def test_workers_and_order_change_nothing(folder: Path) -> None:
    pairs = DegradedFolder(folder, "realesrgan-x2plus-nousm@1", seed=1)
    alone = [pairs[index] for index in (2, 0, 1)]
    loader = DataLoader(pairs, batch_size=None, sampler=[2, 0, 1], num_workers=2, multiprocessing_context="fork")
    for expected, found in zip(alone, loader, strict=True):
        assert all(torch.equal(*both) for both in zip(expected, found, strict=True))


def test_a_crop_is_the_same_place_of_both_images_and_moves_with_the_epoch(folder: Path) -> None:
    whole = DegradedFolder(folder, "bicubic-matlab-x4@1")
    pairs = DegradedFolder(folder, "bicubic-matlab-x4@1", crop=64)
    places = set()
    for epoch in range(6):
        pairs.set_epoch(epoch)
        high, low = pairs[0]
        assert ((3, 64, 64), (3, 16, 16)) == (tuple(high.shape), tuple(low.shape))
        all_high, all_low = whole[0]
        [place] = [
            (top, left)
            for top in range(all_low.shape[1] - 15)
            for left in range(all_low.shape[2] - 15)
            if torch.equal(low, all_low[:, top : top + 16, left : left + 16])
        ]
        places.add(place)
        top, left = (4 * each for each in place)
        assert torch.equal(high, all_high[:, top : top + 64, left : left + 64])
    assert len(places) > 1


def test_16_bit_images_come_in_0_to_1(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "deep.png"), astronaut()[:64, :64, 0].astype(np.uint16) * 257)
    high, low = DegradedFolder(tmp_path, "bicubic-matlab-x4@1")[0]
    assert ((1, 64, 64), (1, 16, 16)) == (tuple(high.shape), tuple(low.shape))
    np.testing.assert_allclose(high[0].numpy(), astronaut()[:64, :64, 0] / 255, rtol=0, atol=1e-7)  # float32


def test_errors_name_the_file(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.png").write_bytes(b"not a picture")
    with pytest.raises(FileError, match=r"broken\.png: the file is not an image"):
        DegradedFolder(folder, RECIPE)[0]
    cv2.imwrite(str(folder / "broken.png"), np.zeros((64, 64, 4), np.uint8))
    with pytest.raises(ChannelError, match=r"broken\.png: .*4 channels"):
        DegradedFolder(folder, RECIPE)[0]
    cv2.imwrite(str(folder / "broken.png"), np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(SizeError, match=r"broken\.png: .*smaller than the crop"):
        DegradedFolder(folder, RECIPE, crop=128)[0]


def test_wrong_requests_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="unknown recipe"):
        DegradedFolder(folder, "realesrgan-x5plus")
    with pytest.raises(StepError, match="a positive multiple of 4"):
        DegradedFolder(folder, RECIPE, crop=30)
    with pytest.raises(SizeError, match="Leave the crop out"):
        DegradedFolder(folder, "wbc-ko-kim-2024-meant@1", crop=64)[0]
    with pytest.raises(FileError, match="holds no images"):
        DegradedFolder(tmp_path / "nowhere", RECIPE)
    (folder / "suit.png").write_bytes((folder / "faces" / "eileen.png").read_bytes())
    with pytest.raises(FileError, match="two images have this name"):
        DegradedFolder(folder, RECIPE)


def test_without_torch_the_way_out_is_named_and_the_package_works() -> None:
    program = (
        "import sys; sys.modules['torch'] = None\n"
        "import degradations\n"
        "try:\n    import degradations.torch_dataset\n"
        "except Exception as error:\n    print(type(error).__name__, error)"
    )
    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert printed.startswith("DependencyError training pairs need torch")
    assert "pip install 'srmetrics[torch]'" in printed
