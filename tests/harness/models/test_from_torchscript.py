from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.models import LoadSettings, Tiling, load_upscaler
from srmetrics.errors import UsageError, WeightsError


@pytest.fixture
def script(torch: Any, small_network: Any, tmp_path: Path) -> Path:
    file = tmp_path / "small.ts"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch advises another format
        torch.jit.trace(small_network, torch.zeros(1, 3, 16, 16)).save(str(file))
    return file


def test_a_program_gives_the_networks_pixels(
    torch: Any, small_network: Any, script: Path, photograph: np.ndarray
) -> None:
    upscaler = load_upscaler(f"torchscript:{script}", LoadSettings(allow_code=True))
    said = upscaler.description
    assert (said.name, said.scale, said.channels, said.tiling) == ("small", 2, 3, Tiling("exact", 4))
    assert said.needs_code
    assert said.parameters == sum(each.numel() for each in small_network.parameters())
    with torch.inference_mode():
        batch = torch.from_numpy(photograph / 255.0).permute(2, 0, 1)[None].float()
        expected = small_network(batch)[0].permute(1, 2, 0).numpy() * 255.0
    np.testing.assert_allclose(upscaler.upscale(photograph), expected, rtol=0, atol=255 * 1e-6)


def test_a_program_is_not_run_unless_programs_are_allowed(script: Path) -> None:
    with pytest.raises(UsageError, match=r"torchscript: upscalers are programs.*add --allow-code"):
        load_upscaler(f"torchscript:{script}")


def test_weights_are_no_program(torch: Any, tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(2)}, tmp_path / "weights.ts")
    with pytest.raises(WeightsError, match=r"no TorchScript program.*For weights alone, write spandrel:"):
        load_upscaler(f"torchscript:{tmp_path}/weights.ts", LoadSettings(allow_code=True))


def test_a_program_offered_as_weights_is_refused_and_pointed_to_its_own_kind(script: Path) -> None:
    pytest.importorskip("spandrel")
    for suffix in (".pt", ".pth"):  # spandrel itself would open the first as a program
        copy = script.with_suffix(suffix)
        copy.write_bytes(script.read_bytes())
        with pytest.raises(WeightsError, match=r"is a TorchScript program.*torchscript:FILE with --allow-code"):
            load_upscaler(f"spandrel:{copy}")
