"""An estimator object of scikit-learn as a classifier, for callers in Python; the command line names its class."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from harness.classifiers.classifier import ClassifierDescription
from harness.classifiers.from_sklearn import FEATURES, SklearnClassifier, with_probabilities
from harness.classifiers.preprocessing import Preprocessing
from srmetrics.errors import ClassifierError

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_ALL = 1 << 20  # characters of an estimator's text: scikit-learn cuts it at 700 by default


@dataclass(frozen=True, slots=True)
class EstimatorCopies:
    """Gives unfitted copies of an estimator, seeded."""

    estimator: Any

    def __call__(self, seed: int) -> Any:
        """Return a copy all of whose random states, those of its steps too, are the seed."""
        from sklearn.base import clone

        copy = clone(self.estimator)
        seeded = [name for name in copy.get_params() if name.rpartition("__")[2] == "random_state"]
        return with_probabilities(copy.set_params(**dict.fromkeys(seeded, seed)))


def from_estimator(
    estimator: Any,
    name: str = "",
    *,
    features: str = "hog",
    preprocessing: Preprocessing | None = None,
) -> SklearnClassifier:
    """Make a classifier of a scikit-learn estimator, or of anything that follows its rules, such as a pipeline.

    Parameters
    ----------
    estimator : sklearn classifier
        Copied unfitted for each training: what it has learnt is not used. The seed of the repeat takes the place of
        its random states. One without probabilities is calibrated, as ``sklearn:`` says.
    name : str, optional
        What tables call it; its class by default.
    features : {"hog", "pixels"}
        What it sees of an image; standardised first.
    preprocessing : Preprocessing, optional
        Size and channels of the images.

    Returns
    -------
    SklearnClassifier

    Raises
    ------
    ClassifierError
        When it is no classifier, or there are no such features.

    Examples
    --------
    >>> from sklearn.svm import SVC
    >>> from_estimator(SVC(C=10)).description.spec
    'object:SVC(C=10)'
    """
    from sklearn.base import BaseEstimator, is_classifier

    if not isinstance(estimator, BaseEstimator) or not is_classifier(estimator):
        raise ClassifierError(
            "this is no classifier of scikit-learn", found=type(estimator).__name__, expected="such as SVC(C=10)"
        )
    if features not in FEATURES:
        raise ClassifierError("there are no such features", found=repr(features), expected=", ".join(FEATURES))
    seen = preprocessing or Preprocessing()
    # Where functions lie in memory says nothing, and would be another text in every process.
    text = _ADDRESS.sub("", " ".join(estimator.__repr__(N_CHAR_MAX=_ALL).split()))
    description = ClassifierDescription(
        name or type(estimator).__name__,
        f"object:{text}",
        seen.size,
        seen.channels,
        f"{seen.words}; {FEATURES[features][1]}; {text}",
    )
    return SklearnClassifier(description, EstimatorCopies(estimator), seen, features)
