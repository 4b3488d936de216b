"""Training and testing: ``retrain`` on each arm, or ``frozen`` after HR."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.classifiers.classifier import Classifier
from harness.classifiers.one_thread import one_thread
from harness.classifiers.plan import Plan, PlanOptions, plan_classification
from harness.classifiers.predictions import MODES, TEST, Block, Mode, PredictionRow
from harness.classifiers.preprocessing import Preprocessing
from harness.classifiers.progress import WatchesValidation, training_is_heard
from harness.classifiers.repeats import repeat_seed
from srmetrics.errors import ClassifierError

HR = "hr"
"""The arm of the references themselves."""
Arms = Mapping[str, Mapping[str, NDArray[Any]]]
"""Arm to key to image; an image may be loaded when it is asked for."""

_SUM_TOLERANCE = 1e-3  # a float32 softmax over many classes is off by about 1e-6


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work that can be done anywhere: a classifier, a mode, a repeat."""

    classifier: str
    """The name of the classifier in tables."""
    mode: Mode
    repeat: int


def tasks_of(classifiers: Iterable[str], modes: Sequence[Mode], plan: Plan) -> tuple[Task, ...]:
    """List the tasks of a plan."""
    return tuple(
        Task(classifier, mode, split.repeat) for classifier in classifiers for mode in modes for split in plan.splits
    )


def run_task(task: Task, classifier: Classifier, plan: Plan, arms: Arms) -> tuple[PredictionRow, ...]:
    """Train and test in one repeat; a pure function, so that any executor gives the same rows.

    Parameters
    ----------
    task : Task
    classifier : Classifier
        Untrained; a copy of it is trained.
    plan : Plan
    arms : mapping of str to mapping of str to ndarray
        The arms to test, each with every image of the plan's split. ``frozen`` needs ``hr`` among them;
        ``retrain`` may be given one arm at a time.

    Returns
    -------
    tuple of PredictionRow
        Of the test part, and of the validation part where there is one, arm by arm, in the order of the keys.

    Raises
    ------
    ClassifierError
        When an arm lacks an image, or the classifier cannot be trained or gives no probabilities.
    """
    description = classifier.description
    if task.mode not in MODES:
        raise ClassifierError("there is no such mode", found=repr(task.mode), expected=" or ".join(MODES))
    if task.mode == "retrain" and not description.trainable:
        raise ClassifierError(
            f"{description.spec!r} came trained and cannot be trained on an arm",
            expected="a classifier that learns",
            way_out="Ask for the mode 'frozen' only",
        )
    if task.mode == "frozen" and HR not in arms:
        raise ClassifierError("'frozen' trains on HR", found=", ".join(arms), expected=f"an arm {HR!r}")
    seen = Preprocessing(description.input_size or plan.hr_size, description.channels or plan.channels, plan.data_range)
    rows: list[PredictionRow] = []
    with one_thread():
        trained = None if task.mode == "retrain" else _trained(classifier, HR, arms[HR], seen, plan, task)
        for arm, images in arms.items():
            fitted = trained or _trained(classifier, arm, images, seen, plan, task)
            rows += _tested(fitted, arm, images, seen, plan, task)
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Classification:
    """What `classify` did."""

    plan: Plan
    rows: tuple[PredictionRow, ...]


def classify(
    arms: Arms,
    labels: Mapping[str, str],
    groups: Mapping[str, str] | None,
    classifiers: Mapping[str, Classifier],
    *,
    modes: Sequence[Mode] = MODES,
    options: PlanOptions | None = None,
) -> Classification:
    """Plan and run every task, one after the other.

    Parameters
    ----------
    arms : mapping of str to mapping of str to ndarray
        With ``hr``, whose images are planned by; all arms have the same keys.
    labels, groups : mapping of str to str
        By key.
    classifiers : mapping of str to Classifier
        By the names that tables call them.
    modes : sequence of str, optional
        Both by default; ``frozen`` alone is asked of a classifier that came trained.
    options : PlanOptions, optional

    Returns
    -------
    Classification

    Raises
    ------
    ClassifierError, SplitError, LeakageError
        As `plan_classification` and `run_task`.
    """
    if HR not in arms:
        raise ClassifierError("an arm is missing", found=", ".join(arms) or "no arm", expected=f"an arm {HR!r}")
    plan = plan_classification(arms[HR], labels, groups, options)
    rows: list[PredictionRow] = []
    for name, classifier in classifiers.items():
        for task in tasks_of([name], modes, plan):
            rows += run_task(task, classifier, plan, arms)
    return Classification(plan, tuple(rows))


def _trained(
    classifier: Classifier, arm: str, images: Mapping[str, NDArray[Any]], seen: Preprocessing, plan: Plan, task: Task
) -> Classifier:
    parts = plan.splits[task.repeat].parts
    keys, held = parts["train"], parts.get("validation", ())
    fresh = copy.deepcopy(classifier)
    if held and training_is_heard() and isinstance(fresh, WatchesValidation):
        fresh.watch(seen(_images_of(arm, images, held)), [plan.labels[key] for key in held])
    fresh.fit(
        seen(_images_of(arm, images, keys)),
        [plan.labels[key] for key in keys],
        repeat_seed(plan.seed, task.repeat),
    )
    return fresh


def _tested(
    fitted: Classifier, arm: str, images: Mapping[str, NDArray[Any]], seen: Preprocessing, plan: Plan, task: Task
) -> list[PredictionRow]:
    split = plan.splits[task.repeat]
    rows: list[PredictionRow] = []
    for part in ("validation", TEST):
        keys = split.parts.get(part, ())
        if not keys:
            continue
        probabilities = np.asarray(fitted.predict_proba(seen(_images_of(arm, images, keys))), dtype=np.float64)
        _check(probabilities, len(keys), len(plan.classes), task)
        block = Block(
            arm,
            task.classifier,
            task.mode,
            task.repeat,
            part,
            plan.classes,
            keys,
            tuple(plan.groups[key] for key in keys),
            tuple(plan.labels[key] for key in keys),
            probabilities,
            plan.audits[task.repeat].mark,
        )
        rows += block.rows()
    return rows


def _images_of(arm: str, images: Mapping[str, NDArray[Any]], keys: Sequence[str]) -> Iterable[NDArray[Any]]:
    missing = [key for key in keys if key not in images]
    if missing:
        raise ClassifierError(
            f"the arm {arm!r} lacks images",
            found=f"{len(missing)} of {len(keys)} missing, such as {missing[0]!r}",
            expected="every image that the others have",
            way_out="Plan with the images that all arms have",
        )
    return (images[key] for key in keys)


def _check(probabilities: NDArray[np.float64], n_images: int, n_classes: int, task: Task) -> None:
    where = f"the classifier {task.classifier!r} gave no probabilities"
    if probabilities.shape != (n_images, n_classes):
        raise ClassifierError(where, found=f"shape {probabilities.shape}", expected=f"({n_images}, {n_classes})")
    off = np.abs(probabilities.sum(axis=1) - 1)
    if not (np.isfinite(probabilities).all() and (probabilities >= 0).all() and (off < _SUM_TOLERANCE).all()):
        raise ClassifierError(
            where,
            found=f"values from {probabilities.min():g} to {probabilities.max():g}, sums off by up to {off.max():g}",
            expected="rows of numbers from 0 to 1 that sum to 1",
        )
