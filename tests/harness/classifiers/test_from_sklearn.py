"""The default classifier and scikit-learn's own: what they learn, what they refuse, how they repeat."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from harness.classifiers.features import hog_and_colours
from harness.classifiers.spec import build_classifier
from srmetrics.errors import ClassifierError


@pytest.mark.parametrize("channels", [1, 3])
def test_the_default_learns_the_direction_of_stripes(striped: Callable[..., Any], channels: int) -> None:
    classifier = build_classifier("default")
    classifier.fit(*striped(40, channels=channels), 0)
    images, labels = striped(20, channels=channels, seed=1)
    probabilities = classifier.predict_proba(images)
    assert labels == [("across", "down")[at] for at in probabilities.argmax(axis=1)]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-12)


def test_the_default_is_scikit_learns_pipeline_on_these_features(striped: Callable[..., Any]) -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    images, labels = striped(24)
    features = [hog_and_colours(image[..., None].astype(np.float32) / np.float32(255)) for image in images]
    oracle = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000)).fit(features, labels)
    classifier = build_classifier("default")
    classifier.fit(images, labels, 5)
    np.testing.assert_array_equal(oracle.predict_proba(features), classifier.predict_proba(images))


def test_colours_are_shares_of_pixels() -> None:
    image = np.zeros((12, 12, 3), np.float32)
    image[:, :6] = (1.0, 0.5, 0.0)
    features = hog_and_colours(image)
    red, green, blue, joint = features[-112:-96], features[-96:-80], features[-80:-64], features[-64:]
    half = np.sqrt(0.5)
    assert (half, half) == (red[0], red[15])
    assert (half, half) == (green[0], green[8])
    assert 1.0 == blue[0]
    # Red in the last of four bins, green in the third, blue in the first: (3 * 4 + 2) * 4.
    assert (half, half) == (joint[0], joint[56])
    assert 7 == np.count_nonzero(features[-112:])


@pytest.mark.parametrize(
    "spec",
    [
        "sklearn:ensemble.RandomForestClassifier?n_estimators=20&max_depth=4",
        "sklearn:neighbors.KNeighborsClassifier?n_neighbors=3&features=pixels",
        "sklearn:svm.SVC?C=10",
        "sklearn:linear_model.LogisticRegression?C=0.5",
    ],
)
def test_classifiers_of_scikit_learn_learn_and_repeat_themselves(striped: Callable[..., Any], spec: str) -> None:
    train, test = striped(30), striped(10, seed=1)
    first, second = (pickle.loads(pickle.dumps(build_classifier(spec))) for _ in range(2))
    first.fit(*train, 3)
    second.fit(*striped(12, seed=9), 1)  # forgotten by the next
    second.fit(*train, 3)
    probabilities = first.predict_proba(test[0])
    np.testing.assert_array_equal(probabilities, second.predict_proba(test[0]))
    assert test[1] == [("across", "down")[at] for at in probabilities.argmax(axis=1)]


def test_the_seed_reaches_the_estimator(striped: Callable[..., Any]) -> None:
    images, labels = striped(20)
    labels[0] = "down"
    classifier = build_classifier("sklearn:ensemble.RandomForestClassifier?n_estimators=5&features=pixels")
    found = []
    for seed in (0, 1):
        classifier.fit(images, labels, seed)
        found.append(classifier.predict_proba(images))
    assert not np.array_equal(*found)


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("", "names no class"),
        ("LogisticRegression", r"names no class.*Did you mean 'linear_model\.LogisticRegression'\?"),
        ("svm.SCV", r"has no such class.*Did you mean 'svm\.SVC'\?"),
        ("linear_model._base.x", "names no class"),
        ("linear_model.Logistic", "has no such class"),
        ("no_module.X", "has no such class"),
        ("utils.os", "has no such class"),
        ("linear_model.LinearRegression", "is no classifier"),
        ("externals.joblib.load", "has no such class"),
        ("ensemble.VotingClassifier", "cannot be built"),
    ],
)
def test_what_is_no_classifier_of_scikit_learn_is_refused(which: str, words: str) -> None:
    with pytest.raises(ClassifierError, match=words):
        build_classifier(f"sklearn:{which}")


def test_a_misspelt_parameter_suggests_a_near_one() -> None:
    with pytest.raises(ClassifierError, match="Did you mean 'n_estimators'"):
        build_classifier("sklearn:ensemble.RandomForestClassifier?n_estimator=5")


def test_a_parameter_that_scikit_learn_refuses_names_the_spec(striped: Callable[..., Any]) -> None:
    classifier = build_classifier("sklearn:linear_model.LogisticRegression?C=-1")
    with pytest.raises(ClassifierError, match=r"could not train 'sklearn:linear_model\.LogisticRegression\?C=-1'"):
        classifier.fit(*striped(8), 0)


def test_a_classifier_that_was_not_trained_says_so(striped: Callable[..., Any]) -> None:
    for spec in ("default", "fake"):
        with pytest.raises(ClassifierError, match="not trained"):
            build_classifier(spec).predict_proba(striped(2)[0])


def test_images_that_are_too_small_name_the_option_that_mends_it() -> None:
    with pytest.raises(ClassifierError, match="size=32"):
        build_classifier("default").fit([np.zeros((8, 8), np.uint8)] * 2, ["a", "b"], 0)
