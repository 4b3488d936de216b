"""Networks in ONNX files are asked, not trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from onnx_files import node, write_network

from harness.classifiers.modes import Task, run_task
from harness.classifiers.plan import plan_classification
from harness.classifiers.spec import build_classifier
from srmetrics.errors import ClassifierError, WeightsError

pytest.importorskip("onnxruntime")

# Logits of three classes from the mean of red, green and blue: twice red, green, minus blue.
KERNEL = np.diag([2.0, 1.0, -1.0]).astype(np.float32)[:, :, None, None]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    """A network from RGB images of any size to three logits."""
    return write_network(tmp_path / "net.onnx", [KERNEL], 1, last=node("GlobalAveragePool", "shuffled", "output"))


def _images(count: int = 5, size: int = 6) -> list[NDArray[np.uint8]]:
    rng = np.random.RandomState(0)
    return [rng.randint(0, 255, (size, size, 3), dtype=np.uint8) for _ in range(count)]


def _softmax(images: list[NDArray[np.uint8]], mean: float = 0.0, deviation: float = 1.0) -> NDArray[np.float64]:
    logits = np.array([(image.reshape(-1, 3).mean(axis=0) / 255 - mean) / deviation for image in images]) * [2, 1, -1]
    powers: NDArray[np.float64] = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("options", ["", "?mean=0.4&deviation=0.2"])
def test_logits_become_probabilities_of_the_sorted_labels(network: Path, options: str) -> None:
    classifier = build_classifier(f"onnx:{network}{options}")
    assert ("net", 3, False) == (
        classifier.description.name, classifier.description.channels, classifier.description.trainable
    )  # fmt: skip
    classifier.fit([], ["c", "a", "b"], 0)
    expected = _softmax(_images(), *((0.4, 0.2) if options else ()))
    np.testing.assert_allclose(expected, classifier.predict_proba(_images()), atol=1e-6)  # float32 inside


def test_named_outputs_are_put_in_the_order_of_the_labels_and_others_left_out(network: Path) -> None:
    classifier = build_classifier(f"onnx:{network}?classes=dog,cat,emu")
    classifier.fit([], ["dog", "emu"], 0)
    expected = _softmax(_images())[:, [0, 2]]
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(expected, classifier.predict_proba(_images()), atol=1e-6)
    with pytest.raises(ClassifierError, match="no output for a class; found 'fox'"):
        classifier.fit([], ["dog", "fox"], 0)


def test_a_network_that_ends_in_softmax_is_left_as_it_is(tmp_path: Path) -> None:
    # A kernel of zeros but for a third of the mean: three equal outputs that are not logits where they sum to 1.
    kernel = np.full((3, 3, 1, 1), 1 / 9, np.float32)
    file = write_network(tmp_path / "p.onnx", [kernel], 1, last=node("GlobalAveragePool", "shuffled", "output"))
    classifier = build_classifier(f"onnx:{file}")
    classifier.fit([], ["a", "b", "c"], 0)
    np.testing.assert_allclose(1 / 3, classifier.predict_proba([np.full((4, 4, 3), 255, np.uint8)]), atol=1e-6)


def test_a_fixed_input_size_is_what_images_are_resized_to(tmp_path: Path) -> None:
    pool = node("GlobalAveragePool", "shuffled", "output")
    file = write_network(tmp_path / "fixed.onnx", [KERNEL], 1, (8, 10), last=pool)
    classifier = build_classifier(f"onnx:{file}")
    assert (8, 10) == classifier.description.input_size
    classifier.fit([], ["a", "b", "c"], 0)
    assert (5, 3) == classifier.predict_proba(_images()).shape
    with pytest.raises(ClassifierError, match="takes other images"):
        build_classifier(f"onnx:{file}?size=32")


def test_it_is_frozen_only(network: Path) -> None:
    images = {f"{number:02d}": image for number, image in enumerate(_images(30))}
    labels = {key: "abc"[int(key) % 3] for key in images}
    plan = plan_classification(images, labels)
    classifier = build_classifier(f"onnx:{network}")
    rows = run_task(Task("net", "frozen", 0), classifier, plan, {"hr": images})
    assert len(plan.splits[0].parts["test"]) == len(rows)
    with pytest.raises(ClassifierError, match=r"came trained.*'frozen' only"):
        run_task(Task("net", "retrain", 0), classifier, plan, {"hr": images})


def test_the_number_of_classes_must_be_that_of_the_outputs(network: Path) -> None:
    classifier = build_classifier(f"onnx:{network}")
    classifier.fit([], ["a", "b"], 0)
    with pytest.raises(ClassifierError, match=r"3 outputs for 2.*classes=cat,dog,emu"):
        classifier.predict_proba(_images())


def test_files_that_are_no_networks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no such weights file"):
        build_classifier(f"onnx:{tmp_path / 'absent.onnx'}")
    (tmp_path / "text.onnx").write_text("not a network")
    with pytest.raises(WeightsError, match="no ONNX network"):
        build_classifier(f"onnx:{tmp_path / 'text.onnx'}")


@pytest.mark.parametrize("options", ["mean=x", "mean=1,2", "deviation=0", "classes=a,a"])
def test_options_that_cannot_be_read_are_refused(network: Path, options: str) -> None:
    with pytest.raises(ClassifierError):
        build_classifier(f"onnx:{network}?{options}")
