"""Small networks and images that several tests of upscalers share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.images import read_picture


@pytest.fixture(scope="session")
def torch() -> Iterator[Any]:
    """Torch on one thread: these networks are too small for more, and other tests run beside."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield torch
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def small_network(torch: Any) -> Any:
    """Make a x2 network of RGB images that sees 2 + 1 + 1 = 4 pixels far: a 5 x 5 convolution and two of 3 x 3."""
    with torch.random.fork_rng(devices=[]):
        torch.random.manual_seed(7)
        network = torch.nn.Sequential(
            torch.nn.Conv2d(3, 8, 5, padding=2),
            torch.nn.PReLU(),
            torch.nn.Conv2d(8, 8, 3, padding=1),
            torch.nn.ReLU(),
            torch.nn.Conv2d(8, 12, 3, padding=1),
            torch.nn.PixelShuffle(2),
        )
    return network.eval()


@pytest.fixture
def photograph() -> NDArray[np.uint8]:
    """52 x 67 pixels of a photograph that ships with scikit-image, RGB."""
    from skimage.data import astronaut

    image: NDArray[np.uint8] = astronaut()[40:92, 190:257]
    return image


@pytest.fixture
def set5(data_folder: Path) -> Any:
    """Return the five (LR, HR) pairs of a scale."""

    def pairs(scale: int) -> list[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
        folder = data_folder / "Set5" / f"image_SRF_{scale}"
        names = [f"img_{number:03d}_SRF_{scale}" for number in range(1, 6)]
        return [tuple(read_picture(folder / f"{name}_{part}.png").pixels for part in ("LR", "HR")) for name in names]

    return pairs
