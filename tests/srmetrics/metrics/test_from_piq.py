"""``piq:NAME``: piq's own numbers on the images that the protocol prepares."""

from __future__ import annotations

import importlib.util
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from reference_outputs.pairs import make_pair, noisy, texture
from reference_outputs.tools.batches import batches
from srmetrics import EvaluationProtocol, evaluate, evaluate_volume
from srmetrics.errors import DependencyError, MetricError, RangeError, SizeError, SrmetricsError, WeightsError
from srmetrics.metrics.from_piq import PIQ_METRICS, piq_metric
from srmetrics.metrics.from_piq_networks import CHANNELS, load_network

torch = pytest.importorskip("torch")
piq = pytest.importorskip("piq")

Image = NDArray[Any]
FORMULAS = [name for name, metric in PIQ_METRICS.items() if metric.function is not None]
NETWORKS = [name for name, metric in PIQ_METRICS.items() if metric.function is None]


def score(name: str, reference: Image, candidate: Image, protocol: Any = "native", **settings: Any) -> float:
    scores = evaluate(reference, candidate, protocol, metrics=(name,), **settings)
    if scores.errors:
        raise scores.errors[name]
    return scores[name]


def directly(name: str, reference: Any, candidate: Any) -> float:
    """Call piq itself on images from 0 to 1, H x W x C."""
    tensors = (
        torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1)))[None] for image in (candidate, reference)
    )
    return float(getattr(piq, PIQ_METRICS[name].function or "")(*tensors, data_range=1.0))


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Give torch one thread, as a worker does: so many small images are slower on more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize("pair_name", ["odd", "sixteen-bit", "float-colour"])
@pytest.mark.parametrize("name", FORMULAS)
def test_a_metric_is_piqs_own_on_the_same_double_tensors(name: str, pair_name: str) -> None:
    pair = make_pair(pair_name)
    candidate, reference = (batch for batch in reversed(batches(pair, pair.data_range)))
    expected = float(getattr(piq, PIQ_METRICS[name].function or "")(candidate, reference, data_range=1.0))
    # The same operations; torch's sums depend on where in memory a tensor begins.
    assert expected == pytest.approx(score(name, pair.reference, pair.candidate, data_range=pair.data_range), rel=1e-12)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_grey_image_scores_as_its_three_equal_channels(name: str) -> None:
    pair = make_pair("grey")
    expanded = [np.repeat(image[:, :, None], 3, axis=2) for image in (pair.reference, pair.candidate)]
    # Weights of luma that sum to one only up to rounding stand between the two: 1e-16 of each value; MDSI's and
    # HaarPSI's colour terms are those of grey, not zero.
    expected = score(name, *expanded)
    if name != "piq:haarpsi":
        assert expected == pytest.approx(score(name, pair.reference, pair.candidate), abs=1e-9)
    else:
        # piq's HaarPSI of one channel leaves the colour term out: grey images are given to it as they are.
        direct = piq.haarpsi(*reversed(batches(pair, 255.0)), data_range=1.0)
        assert float(direct) == pytest.approx(score(name, pair.reference, pair.candidate), rel=1e-12)


@pytest.mark.parametrize("name", ["piq:fsim", "piq:gmsd"])
def test_a_metric_reads_crop_but_neither_colour_nor_rounding(name: str) -> None:
    pair = make_pair("face")
    cut = slice(4, -4)
    expected = directly(name, pair.reference[cut, cut] / 255.0, pair.candidate[cut, cut] / 255.0)
    for protocol in ("sr-y", "sr-y8"):
        assert expected == pytest.approx(score(name, pair.reference, pair.candidate, protocol, scale=4), rel=1e-12)
    assert expected != pytest.approx(score(name, pair.reference, pair.candidate), rel=1e-6)


def test_a_metric_reads_alignment() -> None:
    pair = make_pair("small-candidate")
    resized = cv2.resize(pair.candidate, pair.reference.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    expected = directly("piq:gmsd", pair.reference / 255.0, resized / 255.0)
    assert expected == pytest.approx(score("piq:gmsd", pair.reference, pair.candidate, "wbc-ko-kim-2024"), rel=1e-12)


def test_a_metric_reads_alpha_without_rounding_it() -> None:
    pair = make_pair("colour")
    alpha = texture(5, pair.reference.shape[:2])[:, :, None].astype(np.uint8)
    seen = [image * (alpha / 255.0) + 255.0 * (1 - alpha / 255.0) for image in (pair.reference, pair.candidate)]
    expected = directly("piq:gmsd", *(image / 255.0 for image in seen))
    protocol = EvaluationProtocol(colour="y-bt601", round="integer", alpha="composite")
    with_alpha = [np.concatenate([image, alpha], axis=2) for image in (pair.reference, pair.candidate)]
    # The blend is multiplied out in another order here.
    assert expected == pytest.approx(score("piq:gmsd", *with_alpha, protocol), abs=1e-12)


def test_a_metric_reads_the_value_window() -> None:
    pair = make_pair("signed")
    windowed = [
        np.clip(((image - (40 - 0.5)) / (400 - 1) + 0.5) * 255.0, 0, 255) for image in (pair.reference, pair.candidate)
    ]
    expected = directly("piq:gmsd", *(image[:, :, None] / 255.0 for image in windowed))
    protocol = EvaluationProtocol(value_window="40/400")
    assert expected == pytest.approx(score("piq:gmsd", pair.reference, pair.candidate, protocol), abs=1e-12)


def test_a_volume_scores_the_mean_of_its_slices() -> None:
    pair = make_pair("volume")
    largest = pair.reference.max()
    # The candidate may overshoot the reference's maximum, which is the data range here.
    candidate = np.minimum(pair.candidate, largest)
    expected = np.mean(
        [
            directly("piq:gmsd", first[:, :, None] / largest, second[:, :, None] / largest)
            for first, second in zip(pair.reference, candidate, strict=True)
        ]
    )
    (scores,) = evaluate_volume(pair.reference, candidate, metrics=("piq:gmsd",))
    assert expected == pytest.approx(scores["piq:gmsd"], rel=1e-12)


@pytest.mark.parametrize("name", PIQ_METRICS)
def test_higher_is_better_says_which_way_noise_moves_a_metric(name: str, request: pytest.FixtureRequest) -> None:
    if name in NETWORKS:
        request.getfixturevalue("made_weights")
    picture = texture(3, (48, 45, 3))
    little, much = (score(name, picture.astype(np.uint8), noisy(4, picture, by).astype(np.uint8)) for by in (2, 20))
    assert PIQ_METRICS[name].higher_is_better == (little > much)


@pytest.mark.parametrize("name", PIQ_METRICS)
def test_identical_images_score_the_best_value(name: str, request: pytest.FixtureRequest) -> None:
    if name in NETWORKS:
        request.getfixturevalue("made_weights")
    picture = texture(6, (48, 50, 3)).astype(np.uint8)
    best = 1.0 if PIQ_METRICS[name].higher_is_better else 0.0
    # VIF adds 1e-8 to both sides of a ratio; DISTS is one less a sum of 1475 terms and 1e-6 over variances.
    assert best == pytest.approx(score(name, picture, picture), abs=1e-6)


def test_a_mask_is_refused() -> None:
    pair = make_pair("colour")
    mask = np.zeros(pair.reference.shape[:2], bool)
    mask[10:20] = True
    with pytest.raises(MetricError, match="piq:gmsd is not defined for a region"):
        score("piq:gmsd", pair.reference, pair.candidate, mask=mask)


def test_values_outside_the_data_range_are_refused_and_named() -> None:
    pair = make_pair("float-grey")
    with pytest.raises(RangeError, match=r"candidate from .* to 1\.25, data range 1"):
        score("piq:gmsd", pair.reference, pair.candidate / pair.candidate.max() * 1.25, data_range=1.0)
    pair = make_pair("signed")
    with pytest.raises(RangeError, match="reference from -1024 to 3071, data range 4096"):
        score("piq:gmsd", pair.reference, pair.candidate, data_range=4096.0)


@pytest.mark.parametrize("name", PIQ_METRICS)
def test_the_least_side_is_the_least_that_piq_takes(name: str, request: pytest.FixtureRequest) -> None:
    if name in NETWORKS:
        request.getfixturevalue("made_weights")
    least = PIQ_METRICS[name].least_side
    picture = texture(8, (least, least + 1, 3)).astype(np.uint8)
    assert np.isfinite(score(name, picture, picture))
    if least > 1:
        with pytest.raises(SizeError, match=f"at least {least} pixels"):
            score(name, picture[1:], picture[1:])


def test_a_value_that_piq_cannot_compute_is_an_error_not_an_infinity() -> None:
    black = np.zeros((32, 32, 3), np.uint8)
    assert not np.isfinite(directly("piq:haarpsi", black / 255.0, black / 255.0))
    with pytest.raises(MetricError, match="piq:haarpsi has no finite value"):
        score("piq:haarpsi", black, black)


def test_an_unknown_name_suggests_a_near_one() -> None:
    with pytest.raises(MetricError, match=r"'piq:fsmi'.*Did you mean 'piq:fsim'"):
        piq_metric("piq:fsmi")


def test_a_missing_package_is_named_with_its_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "piq" else found(name))
    with pytest.raises(DependencyError, match=r"need piq, which is not installed.*pip install 'srmetrics\[torch\]'"):
        evaluate(np.zeros((32, 32), np.uint8), np.zeros((32, 32), np.uint8), metrics=("piq:fsim",))


def test_importing_the_adapter_loads_neither_torch_nor_piq() -> None:
    program = (
        "import sys, srmetrics.metrics.from_piq; print(sorted({'torch', 'piq', 'torchvision'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- LPIPS and DISTS: the published weights cannot be had here, so the loading is tested on weights made here. ---


@pytest.fixture(scope="module")
def weights_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a torch home with random weights of the shapes of the published ones."""
    from torchvision.models import vgg16

    home = tmp_path_factory.mktemp("torch-home")
    folder = home / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    random = torch.Generator().manual_seed(0)
    with torch.device("meta"):
        shapes = {f"features.{key}": value.shape for key, value in vgg16(weights=None).features.state_dict().items()}
    # As in a trained network, a layer keeps the scale of its input.
    state = {
        key: torch.randn(shape, generator=random) * (2 / max(1, int(np.prod(shape[1:])))) ** 0.5
        for key, shape in shapes.items()
    }
    torch.save(state, folder / "vgg16-397923af.pth")
    torch.save([torch.rand(1, count, 1, 1, generator=random) for count in CHANNELS], folder / "lpips_weights.pt")
    weights = torch.rand(2, 1, 3 + sum(CHANNELS), 1, 1, generator=random)
    weights /= weights.sum()
    torch.save({"alpha": weights[0].clone(), "beta": weights[1].clone()}, folder / "dists_weights.pt")
    return folder


@pytest.fixture
def made_weights(weights_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("TORCH_HOME", str(weights_folder.parent.parent))
    load_network.cache_clear()
    yield weights_folder
    load_network.cache_clear()


@pytest.fixture
def copied_weights(weights_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a torch home of links to the weights made here, any of which a test may replace."""
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    for file in weights_folder.iterdir():
        (folder / file.name).symlink_to(file)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    return folder


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("shape", [(32, 33, 3), (40, 36), (41, 300, 3)])
def test_a_network_is_piqs_own_with_the_same_weights(
    name: str, shape: tuple[int, ...], made_weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = texture(9, shape)
    reference, candidate = picture.astype(np.uint8), noisy(1, picture, 9).astype(np.uint8)
    from torchvision.models import vgg16

    def published_vgg16(**_: object) -> Any:
        with torch.device("meta"):
            model = vgg16(weights=None)
        state = torch.load(made_weights / "vgg16-397923af.pth", weights_only=True)
        model.load_state_dict(state, strict=False, assign=True)
        return model

    # piq's own constructor, which finds its file in the cache, given the same VGG16.
    monkeypatch.setattr("piq.perceptual.vgg16", published_vgg16)
    network = piq.LPIPS() if name == "piq:lpips" else piq.DISTS()
    tensors = [
        torch.from_numpy(np.atleast_3d(image).transpose(2, 0, 1)[None].astype(np.float64) / 255.0)
        for image in (candidate, reference)
    ]
    if tensors[0].shape[1] == 1:
        tensors = [tensor.repeat(1, 3, 1, 1) for tensor in tensors]
    expected = float(network(*tensors))
    assert expected > 0
    # The same operations; torch's sums depend on where in memory a tensor begins.
    assert expected == pytest.approx(score(name, reference, candidate), rel=1e-12)


@pytest.mark.parametrize("name", NETWORKS)
def test_weights_that_are_not_the_published_ones_are_noted(name: str, made_weights: Path) -> None:
    pair = make_pair("colour")
    scores = evaluate(pair.reference, pair.candidate, metrics=(name,))
    assert any("vgg16-397923af.pth is not the published file" in note for note in scores.notes)


@pytest.mark.parametrize("name", NETWORKS)
def test_absent_weights_are_named_with_their_places_and_never_downloaded(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(WeightsError) as caught:
        evaluate(np.zeros((32, 32), np.uint8), np.zeros((32, 32), np.uint8), metrics=("psnr", name))
    folder = tmp_path / "hub" / "checkpoints"
    for file in ("vgg16-397923af.pth", f"{name.removeprefix('piq:')}_weights.pt"):
        assert f"/{file} as {folder / file}" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_only_what_is_absent_is_asked_for(copied_weights: Path) -> None:
    (copied_weights / "lpips_weights.pt").unlink()
    with pytest.raises(WeightsError) as caught:
        piq_metric("piq:lpips")
    assert "lpips_weights.pt" in str(caught.value)
    assert "vgg16" not in str(caught.value)
    assert piq_metric("piq:dists").name == "piq:dists"


def refused(name: str) -> SrmetricsError:
    scores = evaluate(make_pair("colour").reference, make_pair("colour").candidate, metrics=("psnr", name))
    assert np.isfinite(scores["psnr"])
    return scores.errors[name]


@pytest.mark.parametrize("file", ["vgg16-397923af.pth", "dists_weights.pt"])
def test_a_truncated_file_is_named_and_the_other_metrics_are_scored(
    file: str, copied_weights: Path, weights_folder: Path
) -> None:
    (copied_weights / file).unlink()
    (copied_weights / file).write_bytes((weights_folder / file).read_bytes()[:5000])
    error = refused("piq:dists")
    assert isinstance(error, WeightsError)
    assert str(error).startswith(f"{copied_weights / file}: this file does not hold the weights")


class Intruder:
    """Something that runs a command when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def test_a_file_that_holds_a_program_is_refused_and_not_run(copied_weights: Path, tmp_path: Path) -> None:
    file = copied_weights / "lpips_weights.pt"
    file.unlink()
    torch.save(Intruder(tmp_path / "ran"), file)
    assert isinstance(refused("piq:lpips"), WeightsError)
    assert not (tmp_path / "ran").exists()
    # The trap is a real one: a plain unpickling runs it.
    pickle.loads(pickle.dumps(Intruder(tmp_path / "ran")))
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("name", "file", "content"),
    [
        ("piq:lpips", "lpips_weights.pt", [1.0, 2.0]),
        ("piq:lpips", "lpips_weights.pt", {"alpha": 1.0}),
        ("piq:dists", "dists_weights.pt", {"alpha": 1.0}),
        ("piq:dists", "dists_weights.pt", [1.0]),
        ("piq:dists", "vgg16-397923af.pth", {"classifier.0.weight": 1.0}),
        ("piq:dists", "vgg16-397923af.pth", [1.0]),
    ],
)
def test_a_file_with_other_contents_is_refused(name: str, file: str, content: object, copied_weights: Path) -> None:
    (copied_weights / file).unlink()
    torch.save(content, copied_weights / file)
    assert "does not hold the weights that its name promises" in str(refused(name))
