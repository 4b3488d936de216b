from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.models import LoadSettings, TiledUpscaler, load_upscaler
from srmetrics.errors import ModelError, WeightsError

pytestmark = pytest.mark.usefixtures("torch")

TINY = {
    "EDSR": "num_in_ch=3&num_out_ch=3&num_feat=8&num_block=2&upscale=2",
    "RCAN": "num_in_ch=3&num_out_ch=3&num_feat=8&num_group=1&num_block=1&squeeze_factor=4&upscale=3",
    "MSRResNet": "num_feat=8&num_block=1",
    "RRDBNet": "num_in_ch=3&num_out_ch=3&num_feat=8&num_block=1&num_grow_ch=4&scale=2",
    "SRVGGNetCompact": "num_in_ch=3&num_out_ch=3&num_feat=8&num_conv=2&upscale=4",
    "SwinIR": "img_size=16&window_size=4&depths=2&num_heads=2&embed_dim=8&upscale=2&upsampler=pixelshuffledirect",
}


@pytest.fixture(autouse=True, scope="module")
def basicsr() -> None:
    pytest.importorskip("spandrel")
    pytest.importorskip("basicsr")


def random(name: str, more: str = "", seed: int = 0) -> str:
    return f"basicsr:{name}?{TINY[name]}&weights=random&seed={seed}{more}"


@pytest.mark.parametrize(
    ("name", "scale", "tiling", "multiple"),
    [
        # Radii by hand: convolutions of 3 x 3 see 1 further each, those behind a pixel shuffle 1/2 or 1/4.
        ("EDSR", 2, ("exact", 8), 1),  # 1 + 2 * 2 + 1 + 1, and 1/2 rounded up
        ("RCAN", 3, ("approximate", None), 1),  # channel attention sees everything
        ("MSRResNet", 4, ("exact", 5), 1),  # 1 + 2 + 1, 1/2 and two of 1/4
        ("RRDBNet", 2, ("exact", 37), 2),  # on pixels folded two by two
        ("SRVGGNetCompact", 4, ("exact", 4), 1),
        ("SwinIR", 2, ("exact", None), 4),
    ],
)
def test_the_architectures_build_run_and_say_how_they_tile(
    name: str, scale: int, tiling: tuple[str, int | None], multiple: int, photograph: np.ndarray
) -> None:
    upscaler = load_upscaler(random(name))
    said = upscaler.description
    assert (said.scale, said.channels, said.size.multiple, said.trained_on) == (scale, 3, multiple, "nothing")
    assert said.tiling.kind == tiling[0]
    assert tiling[1] is None or said.tiling.overlap == tiling[1]
    output = upscaler.upscale(photograph)
    assert output.shape == (52 * scale, 67 * scale, 3)
    assert np.isfinite(output).all()
    if tiling[0] == "exact":
        # Also in windows and on folded pixels; single precision sums in another order.
        tile = 2 * said.tiling.overlap + 2 * multiple
        tiled = TiledUpscaler(upscaler, tile).upscale(photograph)
        np.testing.assert_allclose(tiled, output, rtol=0, atol=1e-5 * np.abs(output).max())


def test_the_seed_decides_the_weights_and_leaves_torchs_own_alone(torch: Any, photograph: np.ndarray) -> None:
    torch.random.manual_seed(11)
    before = torch.random.get_rng_state()
    first, again, other = (load_upscaler(random("EDSR", seed=seed)).upscale(photograph) for seed in (0, 0, 1))
    assert torch.equal(before, torch.random.get_rng_state())
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1


@pytest.mark.data
def test_a_published_checkpoint_gives_the_same_pixels_through_spandrel(
    data_folder: Path, photograph: np.ndarray
) -> None:
    file = data_folder / "weights" / "realesr-animevideov3.pth"
    spec = "basicsr:SRVGGNetCompact?num_in_ch=3&num_out_ch=3&num_feat=64&num_conv=16&upscale=4&act_type=prelu"
    ours = load_upscaler(f"{spec}&weights={file}")
    theirs = load_upscaler(f"spandrel:{file}")
    np.testing.assert_array_equal(ours.upscale(photograph), theirs.upscale(photograph))
    assert ours.description.digest == theirs.description.digest
    assert ours.description.parameters == theirs.description.parameters


def test_weights_of_another_network_are_refused_by_the_first_tensor_that_differs(torch: Any, tmp_path: Path) -> None:
    from basicsr.archs.edsr_arch import EDSR

    torch.save({"params": EDSR(3, 3, num_feat=8, num_block=2, upscale=2).state_dict()}, tmp_path / "e.pth")
    good = load_upscaler(f"basicsr:EDSR?{TINY['EDSR']}&weights={tmp_path}/e.pth")
    assert (2, "EDSR", 64) == (good.description.scale, good.description.name, len(good.description.digest or ""))
    with pytest.raises(WeightsError, match=r"not those of EDSR.*tensors differ; \S+ is .*expected .*spandrel:FILE"):
        load_upscaler(f"basicsr:EDSR?{TINY['EDSR']}&weights={tmp_path}/e.pth".replace("num_feat=8", "num_feat=16"))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("basicsr:EDRS?weights=random&seed=0", ["'EDRS'", "Did you mean 'EDSR'"]),
        ("basicsr:edsr?weights=random&seed=0", ["Did you mean 'EDSR'"]),
        ("basicsr:EDSR?num_in_ch=3&num_out_ch=3", ["EDSR needs weights", "weights=random&seed=0"]),
        ("basicsr:EDSR?num_in_ch=3&num_out_ch=3&weights=random", ["a seed goes with weights=random"]),
        ("basicsr:EDSR?num_in_ch=3&weights=random&seed=0", ["does not say its num_out_ch"]),
        (random("EDSR", "&num_feats=8"), ["no such parameter", "'num_feats'", "Did you mean 'num_feat'"]),
        (random("EDSR", "&res_scale=big"), ["res_scale= has no such value", "'big'", "a whole number"]),
        (random("EDSR", "&img_range=true"), ["img_range= has no such value", "a number"]),
        (random("EDSR", "&rgb_mean=red"), ["rgb_mean= has no such value", "numbers with commas"]),
        (random("SwinIR", "&norm_layer=x"), ["no such parameter", "'norm_layer'"]),
        (random("SwinIR", "&ape=3"), ["ape= has no such value", "true or false"]),
        (random("EDSR").replace("upscale=2", "upscale=7"), ["EDSR cannot be built", "ValueError", "upscale=7"]),
        (random("SwinIR").replace("&upsampler=pixelshuffledirect", ""), ["does not enlarge", "upsampler=pixelshuffle"]),
    ],
)
def test_what_the_constructor_cannot_take_is_refused_by_name(spec: str, words: list[str]) -> None:
    with pytest.raises(ModelError) as caught:
        load_upscaler(spec)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_every_option_of_the_harness_reaches_a_network_built_here(photograph: np.ndarray) -> None:
    upscaler = load_upscaler("mine=" + random("SRVGGNetCompact", "&tile=24&self_ensemble=x8"), LoadSettings(scale=4))
    said = upscaler.description
    assert (said.name, said.tiling.tile, said.self_ensemble) == ("mine", 24, True)
    assert upscaler.upscale(photograph).shape == (208, 268, 3)
