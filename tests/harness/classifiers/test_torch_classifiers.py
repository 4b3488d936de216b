"""Networks of torch: they learn, repeat themselves for a seed, and see one channel."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import log_loss

from harness.classifiers.progress import TrainingProgress, WatchesValidation, hear_training
from harness.classifiers.spec import Permissions, build_classifier
from srmetrics.errors import ClassifierError, DependencyError, WeightsError

torch = pytest.importorskip("torch")

NEEDS_CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
TRAINED = "small-resnet?epochs=4&batch=8&rate=3e-3"


def _probabilities(spec: str, data: Any, seed: int = 1) -> np.ndarray[Any, Any]:
    classifier = pickle.loads(pickle.dumps(build_classifier(spec)))
    classifier.fit(*data, seed)
    found: np.ndarray[Any, Any] = classifier.predict_proba(data[0][:8])
    return found


def test_the_small_resnet_learns_the_direction_of_stripes(striped: Callable[..., Any]) -> None:
    classifier = build_classifier(TRAINED)
    classifier.fit(*striped(48, size=16), 0)
    images, labels = striped(20, size=16, seed=1)
    assert labels == [("across", "down")[at] for at in classifier.predict_proba(images).argmax(axis=1)]


def test_the_small_resnet_sees_the_luma_of_colours(striped: Callable[..., Any]) -> None:
    images, labels = striped(9, size=16, channels=3)
    description = build_classifier(TRAINED).description
    assert (1, True, "cpu") == (description.channels, description.needs_torch, description.device)
    luma = [(image @ np.array([0.299, 0.587, 0.114]) / 255).astype(np.float32) for image in images]
    # Luma is summed in float32 in one and float64 in the other; training spreads that.
    np.testing.assert_allclose(
        _probabilities("small-resnet?epochs=1&batch=4", (images, labels)),
        _probabilities("small-resnet?epochs=1&batch=4", (luma, labels)),
        atol=1e-3,
    )


@pytest.mark.parametrize(
    ("spec", "channels"),
    [
        (TRAINED, 1),
        ("torchvision:ResNet18?epochs=1&batch=8", 1),  # any case
        ("torchvision:mobilenet_v3_small?epochs=1&batch=8&input=repeat", 1),  # it drops out
        ("torchvision:shufflenet_v2_x1_0?epochs=1&batch=8", 3),
        ("torchvision:googlenet?epochs=1&batch=8&input=learned", 1),
        ("timm:resnet10t?epochs=1&batch=8", 1),
    ],
)
def test_a_seed_gives_the_same_network_and_another_seed_another(
    striped: Callable[..., Any], spec: str, channels: int
) -> None:
    data = striped(17, channels=channels)  # a last batch of one image joins the batch before it
    before = torch.random.get_rng_state().clone(), torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    first = _probabilities(spec, data)
    torch.rand(3)  # what else draws from torch's generator makes no difference
    np.testing.assert_array_equal(first, _probabilities(spec, data))
    assert not np.array_equal(first, _probabilities(spec, data, seed=2))
    torch.random.set_rng_state(before[0])
    assert before[1:] == (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled())


def test_training_leaves_torchs_generator_as_it_was(striped: Callable[..., Any]) -> None:
    state = torch.random.get_rng_state().clone()
    _probabilities("small-resnet?epochs=1&batch=8", striped(8, size=8))
    assert torch.equal(state, torch.random.get_rng_state())


def test_progress_is_told_from_the_first_batch_to_the_last(striped: Callable[..., Any]) -> None:
    said: list[TrainingProgress] = []
    classifier = build_classifier("mine=small-resnet?epochs=3&batch=4")
    with hear_training(said.append):
        classifier.fit(*striped(12, size=8), 0)
    assert ("mine", 1, 3, 1, 3) == (said[0].classifier, said[0].epoch, said[0].epochs, said[0].batch, said[0].batches)
    assert [1, 2, 3] == [one.epoch for one in said if one.ends_epoch]
    assert {None} == {one.validation_accuracy for one in said}


def test_loss_and_accuracy_of_an_epoch_are_those_of_its_images(striped: Callable[..., Any]) -> None:
    images, labels = striped(12, size=8)
    said: list[TrainingProgress] = []
    # At a rate of 0 the network stays as it was made, without flips each epoch shows the same images, and in one batch
    # it normalises by the same images: every epoch is the network's loss on all of them.
    classifier = build_classifier("small-resnet?epochs=2&batch=12&rate=0&decay=0&augment=none")
    with hear_training(said.append):
        classifier.fit(images, labels, 0)
    first, last = said[0], said[-1]
    assert (first.loss, first.accuracy) == (
        pytest.approx(last.loss, abs=1e-5),
        last.accuracy,
    )  # summed in another order
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(0)
        network = classifier.make_network(2, 1).train()
        seen = np.stack([image.astype(np.float32) / 255 for image in images])[:, np.newaxis]
        logits = network(torch.from_numpy((seen - seen.mean()) / seen.std())).numpy()
    targets = np.array([label == "down" for label in labels], int)
    expected = log_loss(targets, np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), labels=[0, 1])
    assert first.loss == pytest.approx(expected, abs=1e-4)  # float32 against float64
    assert first.accuracy == float((logits.argmax(axis=1) == targets).mean())


@pytest.mark.parametrize(
    "spec",
    [
        TRAINED,
        "torchvision:mobilenet_v3_small?epochs=2&batch=8",  # it drops out
        pytest.param(f"{TRAINED}&device=cuda", marks=NEEDS_CUDA),
        pytest.param("torchvision:mobilenet_v3_small?epochs=2&batch=8&device=cuda", marks=NEEDS_CUDA),
    ],
)
def test_the_network_is_the_same_bit_for_bit_whether_anybody_watches_or_not(
    striped: Callable[..., Any], spec: str
) -> None:
    data, held = striped(17, channels=3), striped(6, channels=3, seed=1)
    unwatched, watched = build_classifier(spec), build_classifier(spec)
    unwatched.fit(*data, 1)
    assert isinstance(watched, WatchesValidation)
    watched.watch(*held)
    said: list[TrainingProgress] = []
    with hear_training(said.append):
        watched.fit(*data, 1)
    found = watched.predict_proba(held[0])
    np.testing.assert_array_equal(unwatched.predict_proba(held[0]), found)
    # What is told after the last epoch is the accuracy of the trained network on the images that it watched.
    right = [("across", "down")[at] == label for at, label in zip(found.argmax(axis=1), held[1], strict=True)]
    assert said[-1].validation_accuracy == float(np.mean(right))


@pytest.mark.parametrize("how", ["first-layer", "learned"])
def test_a_grey_image_is_seen_as_its_repetition_in_three_channels_before_training(how: str) -> None:
    from harness.classifiers.input_layer import adapt_input

    models = pytest.importorskip("torchvision.models")
    with torch.random.fork_rng(devices=[]), torch.inference_mode():
        torch.manual_seed(0)
        network = models.resnet18(num_classes=3).eval()
        grey = torch.rand(2, 1, 32, 32)
        expected = network(grey.repeat(1, 3, 1, 1))
        found = adapt_input(network, 1, how).eval()(grey)
    # Sums in another order in float32.
    np.testing.assert_allclose(expected.numpy(), found.numpy(), atol=1e-5)


def test_a_network_that_begins_with_no_such_convolution_says_what_to_do() -> None:
    from harness.classifiers.input_layer import adapt_input

    with pytest.raises(ClassifierError, match="input=learned"):
        adapt_input(torch.nn.Sequential(torch.nn.Conv2d(4, 8, 3)), 1, "first-layer")


@pytest.mark.parametrize(("side", "size"), [(7, (7, 7)), (9, (6, 6)), (5, (7, 7)), (14, (3, 4))])
def test_the_deterministic_pool_is_torchs(side: int, size: tuple[int, int]) -> None:
    from harness.classifiers.deterministic_pool import with_deterministic_pools

    images = torch.from_numpy(np.random.RandomState(0).rand(2, 3, side, side + 2))
    pool = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(size), torch.nn.AdaptiveAvgPool2d(1))
    expected = pool(images).numpy()
    replaced = with_deterministic_pools(pool)
    assert ["DeterministicAveragePool", "AdaptiveAvgPool2d"] == [type(module).__name__ for module in replaced]
    np.testing.assert_allclose(expected, replaced(images).numpy(), rtol=1e-6)  # the weights are float32


def test_too_small_images_name_the_option_that_mends_it(striped: Callable[..., Any]) -> None:
    classifier = build_classifier("torchvision:alexnet?epochs=1&batch=8")
    with pytest.raises(ClassifierError, match=r"images of 32 x 32; found .*size=64"):
        classifier.fit(*striped(4), 0)


def test_a_training_that_diverges_says_so(striped: Callable[..., Any]) -> None:
    classifier = build_classifier("small-resnet?epochs=3&batch=4&rate=1e30")
    with pytest.raises(ClassifierError, match=r"training diverged; found a loss of (nan|inf) in epoch 1"):
        classifier.fit(*striped(12, size=8), 0)


def test_a_network_has_the_number_of_parameters_that_its_page_says() -> None:
    from harness.classifiers.small_resnet import small_resnet

    # By hand: 3 x 3 convolutions 1-16, 16-16-16, 16-32-32, 32-64-64 and 1 x 1 shortcuts 16-32, 32-64 without bias;
    # two numbers for each channel normalised; the last layer of 64 to 5 with bias.
    convolutions = 9 * (16 + 2 * 256 + 512 + 1024 + 2048 + 4096) + 512 + 2048
    normalised = 2 * (16 + 2 * 16 + 3 * 32 + 3 * 64)
    found = sum(each.numel() for each in small_resnet(5, 1).parameters())
    assert convolutions + normalised + 64 * 5 + 5 == found


def test_cuda_that_is_not_there_is_an_error_at_once() -> None:
    if torch.cuda.is_available():
        pytest.skip("CUDA is here")
    with pytest.raises(DependencyError, match="device is not here"):
        build_classifier("small-resnet", Permissions(device="cuda"))


@NEEDS_CUDA
@pytest.mark.parametrize("spec", [TRAINED, "torchvision:alexnet?epochs=1&batch=8&size=64"])
def test_a_seed_gives_the_same_network_on_cuda(striped: Callable[..., Any], spec: str) -> None:
    data = striped(17)
    np.testing.assert_array_equal(
        _probabilities(f"{spec}&device=cuda", data), _probabilities(f"{spec}&device=cuda", data)
    )


@pytest.mark.parametrize(
    ("spec", "error", "words"),
    [
        ("torchvision:resnet1", ClassifierError, "Did you mean resnet18"),
        ("torchvision:resnet18?epcohs=3", ClassifierError, "Did you mean 'epochs'"),
        ("torchvision:resnet18?epochs=0", ClassifierError, "a whole number from 1 up"),
        ("torchvision:resnet18?weights=absent.pth", WeightsError, "no such weights file"),
        ("timm:hf-hub:someone/some-network", ClassifierError, "timm has no such network"),
        ("timm:resnet10t?weights=pretrained", WeightsError, "--allow-download"),
        ("timm:resnet1", ClassifierError, "Did you mean resnet"),
        ("small-resnet:x", ClassifierError, "has no variants"),
    ],
)
def test_what_cannot_be_built_says_why(spec: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        build_classifier(spec)


def test_imagenet_weights_are_not_downloaded_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(WeightsError, match=r"not on this machine.*--allow-download"):
        build_classifier("torchvision:resnet18?weights=imagenet")
    assert [] == list(tmp_path.iterdir())


def test_a_vision_transformer_sees_the_size_it_is_built_for() -> None:
    assert (224, 224) == build_classifier("timm:vit_tiny_patch16_224").description.input_size
    assert (32, 32) == build_classifier("timm:vit_tiny_patch16_224?size=32").description.input_size
    assert build_classifier("timm:resnet10t").description.input_size is None


def test_weights_from_a_file_keep_all_but_the_last_layer(striped: Callable[..., Any], tmp_path: Path) -> None:
    from harness.classifiers.network_weights import load_weights

    models = pytest.importorskip("torchvision.models")
    saved = models.resnet18(num_classes=10)
    file = tmp_path / "ten.pth"
    torch.save(saved.state_dict(), file)
    network = models.resnet18(num_classes=1000)
    load_weights(network, str(file), 2)
    assert (2, 512) == tuple(network.fc.weight.shape)
    assert torch.equal(saved.conv1.weight, network.conv1.weight)
    classifier = build_classifier(f"torchvision:resnet18?weights={file}&epochs=1&batch=8")
    classifier.fit(*striped(8), 0)
    assert (8, 2) == classifier.predict_proba(striped(8)[0]).shape
    with pytest.raises(WeightsError, match="of another network"):
        load_weights(models.resnet34(num_classes=2), str(file), 2)
