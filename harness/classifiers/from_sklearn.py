"""Classifiers of scikit-learn on hand-made features: the default one, and ``sklearn:module.Class``.

Estimators are named and built here, with plain numbers and words as parameters. Pickled ones are never loaded.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.classifier import ClassifierDescription, Image
from harness.classifiers.feature_memory import remembered
from harness.classifiers.features import hog_and_colours
from harness.classifiers.preprocessing import Preprocessing, as_batch
from harness.classifiers.spec import Request
from srmetrics.errors import ClassifierError

_CALIBRATION_FOLDS = 3
_MODULES = (
    *("linear_model", "svm", "ensemble", "neighbors", "tree", "naive_bayes", "neural_network"),
    *("discriminant_analysis", "gaussian_process"),
)
"""Where scikit-learn keeps most of its classifiers."""


def _hog(image: NDArray[np.float32]) -> NDArray[np.float64]:
    return remembered(hog_and_colours, image)


def _pixels(image: NDArray[np.float32]) -> NDArray[np.float64]:
    return image.astype(np.float64).ravel()


FEATURES: dict[str, tuple[Callable[[NDArray[np.float32]], NDArray[np.float64]], str]] = {
    "hog": (_hog, "HOG and colour histograms, standardised"),
    "pixels": (_pixels, "pixel values, standardised"),
}
"""What estimators see of an image, by name: how it is computed, and in words."""


@dataclass(slots=True)
class SklearnClassifier:
    """An estimator of scikit-learn behind standardised features."""

    description: ClassifierDescription
    make_estimator: Callable[[int], Any] = field(repr=False)
    """Gives an estimator for a seed."""
    preprocessing: Preprocessing
    features: str = "hog"
    _pipeline: Any = field(default=None, repr=False)

    def fit(self, images: Sequence[Image], labels: Sequence[str], seed: int) -> None:
        """Train from nothing, as `Classifier.fit`."""
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        pipeline = make_pipeline(StandardScaler(), self.make_estimator(seed))
        features = self._features_of(images)
        try:
            self._pipeline = pipeline.fit(features, np.asarray(labels, dtype=np.str_))
        except ValueError as error:
            raise ClassifierError(f"scikit-learn could not train {self.description.spec!r}: {error}") from error

    def predict_proba(self, images: Sequence[Image]) -> NDArray[np.float64]:
        """Return probabilities, as `Classifier.predict_proba`."""
        if self._pipeline is None:
            raise ClassifierError("the classifier was not trained", way_out="Call fit first")
        probabilities: NDArray[np.float64] = self._pipeline.predict_proba(self._features_of(images))
        return probabilities.astype(np.float64, copy=False)

    def _features_of(self, images: Sequence[Image]) -> NDArray[np.float64]:
        extract = FEATURES[self.features][0]
        return np.stack([extract(image) for image in as_batch(images, self.preprocessing)])


@dataclass(frozen=True, slots=True)
class EstimatorFactory:
    """Builds one class of scikit-learn with fixed parameters, and the seed where it takes one."""

    path: str
    """``linear_model.LogisticRegression``."""
    parameters: tuple[tuple[str, Any], ...] = ()

    def __call__(self, seed: int) -> Any:
        """Return an estimator."""
        kind = sklearn_class(self.path)
        parameters = dict(self.parameters)
        if "random_state" in inspect.signature(kind).parameters:
            parameters["random_state"] = seed
        return with_probabilities(kind(**parameters))


def with_probabilities(estimator: Any) -> Any:
    """Return an estimator that gives probabilities: itself, or calibrated over folds of the training part."""
    if hasattr(estimator, "predict_proba"):
        return estimator
    from sklearn.calibration import CalibratedClassifierCV

    return CalibratedClassifierCV(estimator, cv=_CALIBRATION_FOLDS, ensemble=False)


def build_default(request: Request) -> SklearnClassifier:
    """Make ``default``: HOG and colour histograms, logistic regression; no torch."""
    request.refuse_variants()
    factory = EstimatorFactory("linear_model.LogisticRegression", (("C", 0.1), ("max_iter", 2000)))
    return _assemble(request, factory, "hog", "logistic regression")


def build(request: Request) -> SklearnClassifier:
    """Make ``sklearn:module.Class?parameter=value``."""
    features = request.options.choice("features", tuple(FEATURES))
    size, channels = request.options.size(), request.options.channels()
    kind = sklearn_class(request.which)
    known = [name for name in inspect.signature(kind).parameters if name != "random_state"]
    parameters = []
    for name, value in request.options.rest().items():
        if name not in known:
            near = difflib.get_close_matches(name, [*known, "features", "size", "channels"], n=1)
            raise ClassifierError(
                f"{request.which} of scikit-learn has no such parameter",
                found=repr(name),
                expected="features, size, channels, or one of " + ", ".join(known),
                way_out=f"Did you mean {near[0]!r}?" if near else "The seed comes from the repeat",
            )
        parameters.append((name, value))
    factory = EstimatorFactory(request.which, tuple(parameters))
    what = kind.__name__
    try:
        if not hasattr(kind(**dict(parameters)), "predict_proba"):
            what += f", its decisions made probabilities over {_CALIBRATION_FOLDS} folds of the training part"
    except (TypeError, ValueError) as error:
        raise ClassifierError(f"{request.spec!r} cannot be built: {error}") from error
    return _assemble(request, factory, features, what, Preprocessing(size, channels))


def sklearn_class(path: str) -> type:
    """Return a classifier class that scikit-learn itself defines.

    Raises
    ------
    ClassifierError
        When the path leads to anything else.
    """
    from sklearn.base import ClassifierMixin

    module, _, name = path.rpartition(".")
    expected = "a classifier, as in 'sklearn:linear_model.LogisticRegression'"
    if not module or not all(part.isidentifier() and not part.startswith("_") for part in path.split(".")):
        meant = class_named(path)
        raise ClassifierError(
            "this names no class of scikit-learn",
            found=repr(path),
            expected=expected,
            way_out=f"Did you mean {meant!r}?" if meant else None,
        )
    try:
        found_in = import_module(f"sklearn.{module}")
    except ImportError:
        found_in = None
    found = getattr(found_in, name, None)
    if not (inspect.isclass(found) and found.__module__.startswith("sklearn.")):
        near = difflib.get_close_matches(name, _classifiers_in(found_in), n=1)
        way_out = f"Did you mean {f'{module}.{near[0]}'!r}?" if near else None
        raise ClassifierError("scikit-learn has no such class", found=repr(path), expected=expected, way_out=way_out)
    if not issubclass(found, ClassifierMixin):
        raise ClassifierError(f"{path} is no classifier", expected=expected)
    return found


def class_named(word: str) -> str | None:
    """Return ``module.Class`` for a classifier of scikit-learn's main modules, known by its class; None for others.

    Examples
    --------
    >>> class_named("SVC"), class_named("sklearn.ensemble.randomforestclassifier"), class_named("tree.SVC")
    ('svm.SVC', 'ensemble.RandomForestClassifier', None)
    """
    *modules, wanted = word.lower().removeprefix("sklearn.").split(".")
    for module in _MODULES:
        if modules in ([], [module]):
            for name in _classifiers_in(import_module(f"sklearn.{module}")):
                if name.lower() == wanted:
                    return f"{module}.{name}"
    return None


def _classifiers_in(module: object) -> list[str]:
    from sklearn.base import ClassifierMixin

    found = {name: getattr(module, name) for name in dir(module)}
    return [name for name, one in found.items() if inspect.isclass(one) and issubclass(one, ClassifierMixin)]


def _assemble(
    request: Request, factory: EstimatorFactory, features: str, what: str, preprocessing: Preprocessing | None = None
) -> SklearnClassifier:
    seen = preprocessing or Preprocessing(request.options.size(), request.options.channels())
    words = f"{seen.words}; {FEATURES[features][1]}; {what}"
    description = ClassifierDescription(request.name, request.spec, seen.size, seen.channels, words)
    return SklearnClassifier(description, factory, seen, features)
