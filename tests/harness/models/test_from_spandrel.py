from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srmetrics
from harness.models import ImageFacts, LoadSettings, load_upscaler, restore
from srmetrics.errors import ChannelError, DependencyError, ModelError, RangeError, WeightsError

pytestmark = pytest.mark.usefixtures("torch")

# of realesr-animevideov3.pth, as published by Real-ESRGAN
DIGEST = "4e1e09ba96d08bd4b8455e8897c3242a3501e3766f359941ea894122e158a932"


@pytest.fixture(scope="module")
def compact_file(torch: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of a tiny Real-ESRGAN Compact x2 network of RGB images, random."""
    pytest.importorskip("spandrel")
    from spandrel.architectures.Compact import Compact

    file = tmp_path_factory.mktemp("weights") / "tiny.pth"
    with torch.random.fork_rng(devices=[]):
        torch.random.manual_seed(3)
        network = Compact(num_in_ch=3, num_out_ch=3, num_feat=8, num_conv=2, upscale=2)
    torch.save({"params": network.state_dict()}, file)
    return file


@pytest.fixture(scope="module")
def real_weights(data_folder: Path) -> Path:
    pytest.importorskip("spandrel")
    return data_folder / "weights" / "realesr-animevideov3.pth"


@pytest.mark.data
def test_a_published_checkpoint_scores_on_set5_what_was_measured_before_this_was_written(
    real_weights: Path, set5: Any
) -> None:
    whole = load_upscaler(f"esr=spandrel:{real_weights}", LoadSettings(scale=4))
    tiled = load_upscaler(f"spandrel:{real_weights}?tile=96", LoadSettings(scale=4))
    scores = []
    for lr, hr in set5(4):
        output = restore(whole, lr, dtype=np.uint8)
        measured = srmetrics.evaluate(hr, output, "sr-y", scale=4)
        scores.append((measured["psnr"], measured["ssim"]))
        # Tiles are exact but for the order of sums in single precision, which can move a value over a .5.
        assert np.abs(output.astype(int) - restore(tiled, lr, dtype=np.uint8)).max() <= 1
    psnr, ssim = np.mean(scores, axis=0)
    # Asked for before there was code: 28.23 dB and 0.827. Other builds of torch sum in another order.
    assert psnr == pytest.approx(28.2325, abs=0.002)
    assert ssim == pytest.approx(0.82678, abs=0.0001)


@pytest.mark.data
def test_the_description_of_a_published_checkpoint_is_complete(real_weights: Path) -> None:
    said = load_upscaler(f"esr=spandrel:{real_weights}?tile=96&trained_on=DIV2K").description
    assert (said.name, said.scale, said.channels, said.value_range) == ("esr", 4, 3, (0.0, 1.0))
    assert said.architecture == "RealESRGAN Compact (64nf, 16nc)"
    assert said.spec == f"spandrel:{real_weights}?tile=96&trained_on=DIV2K"
    assert said.parameters == 621_424  # as its publishers count
    # 18 convolutions of 3 x 3 in a row: each sees one pixel further.
    assert (said.tiling.kind, said.tiling.overlap, said.tiling.tile) == ("exact", 18, 96)
    assert (said.trained_on, said.device, said.needs_code, said.digest) == ("DIV2K", "cpu", False, DIGEST)


def test_pixels_are_those_of_the_network_itself(torch: Any, compact_file: Path, photograph: np.ndarray) -> None:
    import spandrel

    upscaler = load_upscaler(f"spandrel:{compact_file}")
    network = spandrel.ModelLoader().load_from_file(compact_file).model.eval()
    with torch.inference_mode():
        batch = torch.from_numpy(photograph).permute(2, 0, 1)[None].float() / 255
        expected = network(batch)[0].permute(1, 2, 0).numpy().astype(np.float64) * 255
    output = upscaler.upscale(photograph)
    # The same sums; only the division by 255 is done in double precision here.
    np.testing.assert_allclose(output, expected, rtol=0, atol=255 * 1e-6)
    assert output.min() < 0  # and nothing was clipped on the way, as spandrel's own call would


def test_ranges_of_input_and_output_are_scaled_and_never_guessed(compact_file: Path, photograph: np.ndarray) -> None:
    upscaler = load_upscaler(f"spandrel:{compact_file}")
    plain = upscaler.upscale(photograph)
    deep = upscaler.upscale(photograph.astype(np.uint16) * 257)
    floats = upscaler.upscale(photograph / 255.0, ImageFacts(data_range=1.0, reference_range=255.0))
    np.testing.assert_allclose(deep, plain * 257, rtol=1e-5, atol=0.05)
    np.testing.assert_allclose(floats, plain, rtol=0, atol=1e-4)
    with pytest.raises(RangeError, match=r"float64 does not say what white is.*--data-range"):
        upscaler.upscale(photograph / 255.0)


def test_grey_images_go_through_a_colour_network_and_stay_grey(compact_file: Path, photograph: np.ndarray) -> None:
    upscaler = load_upscaler(f"spandrel:{compact_file}")
    grey = photograph[:, :, 1]
    expected = upscaler.upscale(np.dstack([grey] * 3)).mean(axis=2)
    # The mean is taken before the values are multiplied by 255: a last bit.
    np.testing.assert_allclose(upscaler.upscale(grey), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", [(8, 8, 4), (8, 8, 2), (8, 8, 5), (0, 8, 3)])
def test_images_with_alpha_or_other_channels_are_refused(compact_file: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ChannelError, match=re.escape(str(shape))):
        load_upscaler(f"spandrel:{compact_file}").upscale(np.zeros(shape, np.uint8))


def test_a_one_pixel_image_is_upscaled(compact_file: Path) -> None:
    assert (2, 2, 3) == load_upscaler(f"spandrel:{compact_file}").upscale(np.zeros((1, 1, 3), np.uint8)).shape


def test_weights_for_another_scale_than_the_runs_are_refused(compact_file: Path) -> None:
    with pytest.raises(ModelError, match="'tiny' makes images 2 times larger, and this run needs 4"):
        load_upscaler(f"spandrel:{compact_file}", LoadSettings(scale=4))


def test_weights_that_restore_without_enlarging_are_refused(torch: Any, tmp_path: Path) -> None:
    from spandrel.architectures.Compact import Compact

    torch.save(Compact(num_feat=8, num_conv=1, upscale=1).state_dict(), tmp_path / "denoise.pth")
    with pytest.raises(WeightsError, match=r"not for super-resolution; found RealESRGAN Compact, for Restoration"):
        load_upscaler(f"spandrel:{tmp_path}/denoise.pth")


def test_weights_that_miss_a_tensor_are_refused(torch: Any, compact_file: Path, tmp_path: Path) -> None:
    tensors = torch.load(compact_file, weights_only=True)["params"]
    tensors.pop("body.2.bias")
    torch.save(tensors, tmp_path / "short.pth")
    with pytest.raises(WeightsError, match="do not fit their architecture"):
        load_upscaler(f"spandrel:{tmp_path}/short.pth")


@pytest.mark.parametrize(
    ("device", "error", "words"),
    [
        ("tpu", ModelError, "unknown device"),
        ("cpu:0", ModelError, "unknown device"),
        ("cuda:99", DependencyError, "99"),
    ],
)
def test_a_device_that_is_not_here_is_refused(
    compact_file: Path, device: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        load_upscaler(f"spandrel:{compact_file}?device={device}")
    with pytest.raises(error, match=words):
        load_upscaler(f"spandrel:{compact_file}", LoadSettings(device=device))
