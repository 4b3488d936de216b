"""A study in Python whose upscalers and classifiers are objects beside specs: the objects are put aside, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.classifiers.classifier import Classifier
from harness.classifiers.from_estimator import from_estimator
from harness.classifiers.spec import parse_spec as parse_classifier
from harness.jobs.bench_models import OBJECT, GivenObjects, OneAtATime
from harness.models import Upscaler, checked_description
from harness.models import parse_spec as parse_upscaler
from srmetrics.errors import ClassifierError, UsageError


def take_objects(document: Mapping[str, object]) -> tuple[dict[str, object], GivenObjects]:
    """Return a study of texts alone, and the objects that it held.

    Parameters
    ----------
    document : mapping
        The study's fields. ``upscalers``, and ``classifiers`` of ``classification``, are lists of specs and objects,
        or mappings from names to these.

    Raises
    ------
    ModelError, ClassifierError
        When an object is neither.
    UsageError
        When two objects have one name, or a name cannot stand in a spec.
    """
    study = dict(document)
    upscalers: dict[str, Any] = {}
    classifiers: dict[str, Any] = {}
    if "upscalers" in study:
        study["upscalers"] = _texts(study["upscalers"], upscalers, _as_upscaler, _renamed_upscaler)
    asked = study.get("classification")
    if isinstance(asked, Mapping) and "classifiers" in asked:
        texts = _texts(asked["classifiers"], classifiers, _as_classifier, _renamed_classifier)
        study["classification"] = {**asked, "classifiers": texts}
    return study, GivenObjects(upscalers, classifiers)


def _texts(
    asked: object,
    objects: dict[str, Any],
    adapt: Callable[[object, str], tuple[str, object]],
    rename: Callable[[str, str], str],
) -> object:
    """Return the specs of a list or mapping, with a text for each object, which is added to the objects."""
    if isinstance(asked, Mapping):
        pairs = [(str(name), one) for name, one in asked.items()]
    elif isinstance(asked, list | tuple):
        pairs = [("", one) for one in asked]
    else:
        return asked  # The study's check says what is wrong with it.
    texts = []
    for name, one in pairs:
        if isinstance(one, str):
            texts.append(rename(name, one) if name else one)
            continue
        called, adapted = adapt(one, name)
        if not called or set(called) & set("=:?/"):
            raise UsageError(
                "an object cannot have this name",
                found=repr(called),
                expected="a name without = : ? and /",
                way_out="Name it: {'name': object}",
            )
        if called in objects:
            raise UsageError(
                "two objects have one name", found=repr(called), way_out="Name them: {'a': object, 'b': object}"
            )
        objects[called] = adapted
        texts.append(f"{called}={OBJECT}:{type(one).__name__}")
    return texts


def _as_upscaler(one: object, name: str) -> tuple[str, object]:
    described = checked_description(one, name or type(one).__name__)
    assert isinstance(one, Upscaler)  # as was checked
    return name or described.name, OneAtATime(one)


def _as_classifier(one: object, name: str) -> tuple[str, object]:
    if not isinstance(one, Classifier):
        if not hasattr(one, "get_params"):
            raise ClassifierError(
                f"{name or type(one).__name__!r} is no classifier",
                found=type(one).__name__,
                expected="an object with description, fit(images, labels, seed) and predict_proba(images), "
                "or an estimator of scikit-learn",
            )
        one = from_estimator(one, name)
    return name or one.description.name, one


def _renamed_upscaler(name: str, text: str) -> str:
    return f"{name}={parse_upscaler(text)}"


def _renamed_classifier(name: str, text: str) -> str:
    return f"{name}={parse_classifier(text)[1]}"
