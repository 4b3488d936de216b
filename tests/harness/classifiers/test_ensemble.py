"""An ensemble is the mean of its members; the fake is what its page says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness.classifiers.classifier import Classifier
from harness.classifiers.fake import FakeClassifier
from harness.classifiers.spec import build_classifier
from srmetrics.errors import ClassifierError


def test_an_ensemble_gives_the_mean_of_its_members_probabilities(striped: Callable[..., Any]) -> None:
    specs = ("default", "fake", "sklearn:neighbors.KNeighborsClassifier")
    data, images = striped(20), striped(7, seed=1)[0]
    ensemble = build_classifier("all=ensemble:" + "+".join(specs))
    ensemble.fit(*data, 4)
    members = [build_classifier(spec) for spec in specs]
    for member in members:
        member.fit(*data, 4)
    expected = np.mean([member.predict_proba(images) for member in members], axis=0)
    # Three numbers summed in another order.
    np.testing.assert_allclose(expected, ensemble.predict_proba(images), rtol=1e-15)
    assert ("all", True) == (ensemble.description.name, ensemble.description.trainable)


def test_members_of_different_sizes_are_refused() -> None:
    with pytest.raises(ClassifierError, match=r"default: \(32, 32\); fake: the HR size.*one \?size="):
        build_classifier("ensemble:default?size=32+fake")
    assert (32, 32) == build_classifier("ensemble:default?size=32+fake?size=32").description.input_size


@pytest.mark.parametrize("which", ["", "default", "+"])
def test_an_ensemble_needs_two(which: str) -> None:
    with pytest.raises(ClassifierError, match="needs two members"):
        build_classifier(f"ensemble:{which}")


def test_the_fake_knows_classes_by_their_mean_brightness() -> None:
    fake = FakeClassifier()
    images = [np.full((4, 4), value, np.uint8) for value in (0, 51, 204, 255)]
    fake.fit(images, ["dark", "dark", "light", "light"], 7)
    assert {"dark": pytest.approx(0.1), "light": pytest.approx(0.9)} == fake.centres
    assert 7 == fake.seed
    at_half, near_dark = fake.predict_proba([np.full((4, 4), value) for value in (0.5, 0.2)])
    np.testing.assert_allclose([0.5, 0.5], at_half, atol=1e-7)
    assert near_dark[0] > 0.5
    assert isinstance(fake, Classifier)


def test_the_constant_fake_says_the_first_class() -> None:
    fake = build_classifier("fake:constant")
    fake.fit([np.zeros((2, 2), np.uint8)] * 3, ["b", "a", "c"], 0)
    np.testing.assert_array_equal([[1.0, 0.0, 0.0]] * 2, fake.predict_proba([np.ones((2, 2))] * 2))
