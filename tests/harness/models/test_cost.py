from __future__ import annotations

import mmap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from onnx_files import write_network

from harness.images import find_images
from harness.models import (
    FakeUpscaler,
    FolderOfOutputs,
    FunctionUpscaler,
    SelfEnsemble,
    TiledUpscaler,
    UpscalerDescription,
    load_upscaler,
    measure_cost,
)
from harness.models.memory import watch_memory
from harness.models.torch_network import upscaler_of
from srmetrics.errors import ModelError

KERNELS = [np.full(shape, 0.01, np.float32) for shape in [(4, 1, 5, 5), (16, 4, 3, 3)]]
# of KERNELS per low-resolution pixel, and of the fixture small_network
GREY_MACS = 4 * 1 * 25 + 16 * 4 * 9
COLOUR_MACS = 8 * 3 * 25 + 8 * 8 * 9 + 12 * 8 * 9


@pytest.fixture
def colour(small_network: Any) -> Any:
    draft = UpscalerDescription(name="net", spec="test", architecture="test", scale=None, channels=3, parameters=7)
    return upscaler_of(small_network, draft)


def test_macs_of_a_torch_network_are_those_of_its_convolutions(colour: Any) -> None:
    cost = measure_cost(colour, 24, 40, repeats=1)
    assert cost.macs == 24 * 40 * COLOUR_MACS
    assert "two flops a MAC" in cost.macs_counted
    assert (cost.method, cost.parameters, cost.device, cost.threads) == ("net", 7, "cpu", 1)
    assert (cost.input_height, cost.input_width, cost.input_channels) == (24, 40, 3)
    assert cost.output_megapixels == 48 * 80 / 1e6


def test_macs_of_the_ensemble_and_of_tiles_are_what_they_really_do(colour: Any) -> None:
    assert 8 * 24 * 40 * COLOUR_MACS == measure_cost(SelfEnsemble(colour), 24, 40, repeats=1).macs
    # 24 x 40 in tiles of 24 that overlap by 4: columns 0..24 and 16..40
    assert 2 * 24 * 24 * COLOUR_MACS == measure_cost(TiledUpscaler(colour, 24), 24, 40, repeats=1).macs


def test_macs_and_parameters_of_an_onnx_network_are_those_of_its_convolutions(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    free = load_upscaler(f"onnx:{write_network(tmp_path / 'y.onnx', KERNELS, 4)}")
    cost = measure_cost(free, 24, 40, repeats=1)
    assert cost.macs == 24 * 40 * GREY_MACS  # of Y only
    assert cost.parameters == 4 * 25 + 16 * 4 * 9
    assert cost.macs_counted.startswith("ONNX Runtime's profile")
    # A fixed input of 32 x 32 costs two tiles for 24 x 40, mirrored ones too.
    fixed = load_upscaler(f"onnx:{write_network(tmp_path / 'f.onnx', KERNELS, 4, (32, 32))}")
    assert 2 * 32 * 32 * GREY_MACS == measure_cost(fixed, 24, 40, repeats=1).macs


def test_what_cannot_be_counted_is_left_blank_with_the_reason(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    cost = measure_cost(FakeUpscaler(2), 8, 8)
    assert (cost.macs, cost.macs_counted, cost.parameters) == (None, "not counted: it is no network", 0)


@pytest.mark.data
def test_the_published_networks_count_as_by_hand(data_folder: Path) -> None:
    pytest.importorskip("spandrel")
    weights = data_folder / "weights"
    compact = measure_cost(load_upscaler(f"spandrel:{weights}/realesr-animevideov3.pth"), 16, 16, repeats=1)
    # 3 -> 64, sixteen of 64 -> 64, 64 -> 48, all 3 x 3
    assert compact.macs == 16 * 16 * 9 * (3 * 64 + 16 * 64 * 64 + 64 * 48)
    espcn = measure_cost(load_upscaler(f"onnx:{weights}/super_resolution.onnx"), 16, 16, repeats=1)
    # 1 -> 64 by 5 x 5; 64 -> 64, 64 -> 32, 32 -> 9 by 3 x 3; on one tile of 224 x 224
    assert espcn.macs == 224 * 224 * (64 * 25 + 9 * (64 * 64 + 64 * 32 + 32 * 9))


def test_seconds_are_the_median_of_the_repeats_after_the_warm_up(monkeypatch: pytest.MonkeyPatch) -> None:
    naps = iter([0.2, 0.2, 0.01, 0.08, 0.02])
    now = 0.0

    def sleepy(image: np.ndarray) -> np.ndarray:
        nonlocal now
        now += next(naps)  # on a clock of its own, since a busy machine wakes late
        return image.repeat(2, 0).repeat(2, 1)

    monkeypatch.setattr("harness.models.cost.time", SimpleNamespace(perf_counter=lambda: now))
    cost = measure_cost(FunctionUpscaler(sleepy, "sleepy", 2), 50, 100, repeats=3, warm_up=1)
    assert cost.output_megapixels == 0.02
    # The counting run and the warm-up take 0.2 s and do not count; the median of the others is 0.02 s.
    assert cost.seconds_per_megapixel * 0.02 == pytest.approx(0.02)
    assert cost.repeats == 3


def touch_fresh_memory(size: int) -> None:
    # Pages of its own: an array could be laid into memory that an earlier test has left to the process.
    with mmap.mmap(-1, size) as pages:
        for place in range(0, size, mmap.PAGESIZE):
            pages[place] = 1


def test_peak_memory_is_that_of_the_block_and_not_of_what_came_before() -> None:
    touch_fresh_memory(60_000_000)  # gone again when the watch begins
    with watch_memory() as quiet:
        pass
    with watch_memory() as busy:
        touch_fresh_memory(30_000_000)
    assert "RSS" in busy.kind
    if busy.kind != "RSS of the process":
        pytest.skip("this system does not set its high-water mark back")
    assert quiet.peak is not None
    assert quiet.before is not None
    assert busy.peak is not None
    assert busy.before is not None
    # The kernel counts pages in batches of a few hundred kB per thread.
    assert quiet.peak - quiet.before < 8_000_000
    assert 25_000_000 < busy.peak - busy.before < 40_000_000


def test_files_cost_nothing_that_could_be_measured(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((4, 4), np.uint8))
    with pytest.raises(ModelError, match="its outputs are files"):
        measure_cost(FolderOfOutputs(tmp_path, find_images(tmp_path)))


@pytest.mark.parametrize("wrong", [{"repeats": 0}, {"channels": 2}])
def test_a_measurement_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ModelError, match="cannot measure this"):
        measure_cost(FakeUpscaler(2), 8, 8, **wrong)
