"""Tasks are pure: the plan, the classifier and the arms say every number."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from degradations.imresize import imresize
from harness.classifiers.fake import FakeClassifier
from harness.classifiers.modes import Task, classify, run_task, tasks_of
from harness.classifiers.plan import PlanOptions, plan_classification
from harness.classifiers.predictions import blocks_of
from harness.classifiers.spec import build_classifier
from harness.classifiers.splits import Fractions
from srmetrics.errors import ClassifierError, LeakageError, SplitError

Images = dict[str, NDArray[np.uint8]]


@pytest.fixture
def cells(striped: Callable[..., Any]) -> tuple[dict[str, Images], dict[str, str]]:
    """Thirty images in two arms, HR and x2 LR, and their labels."""
    images, labels = striped(30, size=24)
    keys = [f"{number:02d}" for number in range(30)]
    hr = dict(zip(keys, images, strict=True))
    arms = {"hr": hr, "lr": {key: imresize(image, 0.5) for key, image in hr.items()}}
    return arms, dict(zip(keys, labels, strict=True))


class Watching(FakeClassifier):
    """A fake that remembers what it was shown."""

    shown: list[tuple[str, list[tuple[int, ...]], float]]

    def __deepcopy__(self, memo: object) -> Watching:
        return self

    def fit(self, images: Any, labels: Any, seed: int) -> None:
        self.shown.append(("fit", [image.shape for image in images], float(np.sum([image.sum() for image in images]))))
        FakeClassifier.fit(self, images, labels, seed)

    def predict_proba(self, images: Any) -> Any:
        self.shown.append(("ask", [image.shape for image in images], 0.0))
        return FakeClassifier.predict_proba(self, images)


def _watching() -> Watching:
    watching = Watching()
    object.__setattr__(watching, "shown", [])
    return watching


def test_frozen_trains_once_on_hr_and_retrain_on_each_arm(cells: Any) -> None:
    arms, labels = cells
    plan = plan_classification(arms["hr"], labels, options=PlanOptions(repeats=1))
    shown = {}
    for mode in ("frozen", "retrain"):
        watching = _watching()
        run_task(Task("fake", mode, 0), watching, plan, arms)
        shown[mode] = watching.shown
    assert ["fit", "ask", "ask"] == [what for what, _, _ in shown["frozen"]]
    assert ["fit", "ask", "fit", "ask"] == [what for what, _, _ in shown["retrain"]]
    assert shown["frozen"][0] == shown["retrain"][0]
    assert shown["retrain"][0][2] != shown["retrain"][2][2]


def test_every_arm_is_resized_to_the_hr_size_before_the_classifier_sees_it(cells: Any) -> None:
    arms, labels = cells
    watching = _watching()
    run_task(Task("fake", "retrain", 0), watching, plan_classification(arms["hr"], labels), {"lr": arms["lr"]})
    assert {(24, 24, 1)} == {shape for _, shapes, _ in watching.shown for shape in shapes}


def test_frozen_and_retrain_agree_on_hr(cells: Any) -> None:
    arms, labels = cells
    rows = classify(arms, labels, None, {"fake": FakeClassifier()}, options=PlanOptions(repeats=2)).rows
    of_hr = [block for block in blocks_of(rows) if block.arm == "hr"]
    by_mode = {
        mode: [(block.keys, block.probabilities.tolist()) for block in of_hr if block.mode == mode]
        for mode in ("frozen", "retrain")
    }
    assert 2 == len(by_mode["frozen"])
    assert by_mode["frozen"] == by_mode["retrain"]


def test_any_order_of_the_images_gives_the_same_rows(cells: Any) -> None:
    arms, labels = cells
    keys = list(labels)
    random.Random(1).shuffle(keys)
    classifiers = {"default": build_classifier("default")}
    options = PlanOptions(repeats=2)
    first = classify(arms, labels, None, classifiers, options=options)
    shuffled = {arm: {key: images[key] for key in keys} for arm, images in arms.items()}
    second = classify(shuffled, {key: labels[key] for key in keys}, None, classifiers, options=options)
    assert first.rows == second.rows
    assert first.plan == second.plan


def test_tasks_in_threads_give_the_same_rows_as_one_after_the_other(cells: Any) -> None:
    arms, labels = cells
    plan = plan_classification(arms["hr"], labels, options=PlanOptions(repeats=3))
    classifier = build_classifier("default")
    tasks = tasks_of(["default"], ["retrain", "frozen"], plan)
    assert 6 == len(tasks)
    alone = [run_task(task, classifier, plan, arms) for task in tasks]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda task: run_task(task, classifier, plan, arms), tasks))
    assert alone == together


def test_retrain_of_one_arm_is_the_same_alone(cells: Any) -> None:
    arms, labels = cells
    plan = plan_classification(arms["hr"], labels)
    task = Task("fake", "retrain", 1)
    together = run_task(task, FakeClassifier(), plan, arms)
    alone = run_task(task, FakeClassifier(), plan, {"hr": arms["hr"]}) + run_task(
        task, FakeClassifier(), plan, {"lr": arms["lr"]}
    )
    assert together == alone


def test_repeats_seed_split_and_training_and_all_arms_share_them(cells: Any) -> None:
    arms, labels = cells
    plan = plan_classification(arms["hr"], labels, options=PlanOptions(repeats=3))
    seeds = set()
    for repeat in range(3):
        watching = _watching()
        rows = run_task(Task("fake", "retrain", repeat), watching, plan, arms)
        seeds.add(watching.seed)
        assert {plan.splits[repeat].parts["test"]} == {
            tuple(row.image for row in rows if row.arm == arm) for arm in arms
        }
    assert 3 == len(seeds)
    assert 3 == len({split.parts["test"] for split in plan.splits})


def test_rows_carry_probabilities_groups_and_the_validation_part(cells: Any) -> None:
    arms, labels = cells
    groups = {key: f"patient {int(key) // 2}" for key in labels}
    options = PlanOptions(repeats=1, fractions=Fractions(0.6, 0.2, 0.2))
    result = classify(arms, labels, groups, {"fake": FakeClassifier()}, modes=["retrain"], options=options)
    assert {"validation", "test"} == {row.split for row in result.rows}
    for row in result.rows:
        assert (groups[row.image], labels[row.image]) == (row.group, row.label)
        assert ["across", "down"] == list(row.probabilities)
        assert math.isclose(1, sum(row.probabilities.values()))
        assert row.predicted == max(row.probabilities, key=lambda name: row.probabilities[name])


def test_images_may_be_loaded_one_at_a_time(cells: Any) -> None:
    arms, labels = cells

    class Lazy(Mapping[str, NDArray[np.uint8]]):
        def __init__(self, images: Images) -> None:
            self.images, self.loaded = images, 0

        def __getitem__(self, key: str) -> NDArray[np.uint8]:
            self.loaded += 1
            return self.images[key].copy()

        def __contains__(self, key: object) -> bool:
            return key in self.images

        def __iter__(self) -> Iterator[str]:
            return iter(self.images)

        def __len__(self) -> int:
            return len(self.images)

    lazy = {arm: Lazy(images) for arm, images in arms.items()}
    options = PlanOptions(repeats=1)
    eager = classify(arms, labels, None, {"fake": FakeClassifier()}, options=options)
    assert eager.rows == classify(lazy, labels, None, {"fake": FakeClassifier()}, options=options).rows
    assert 30 <= lazy["lr"].loaded <= 60  # retrain shows every image, frozen the test part


def test_planted_duplicates_stop_the_plan_and_are_named(cells: Any) -> None:
    arms, labels = cells
    planted = dict(arms["hr"])
    for number in range(0, 10, 2):  # five copies: one of them is on the other side in some repeat
        planted[f"{number + 20:02d}"] = np.rot90(planted[f"{number:02d}"], 2)
    with pytest.raises(LeakageError, match=r"identical images on both sides.*'0(\d)' in (\w+) and '2\1' in (?!\2)\w+ "):
        plan_classification(planted, labels)
    plan = plan_classification(planted, labels, options=PlanOptions(deduplicate=True))
    assert {f"{number + 20:02d}": f"{number:02d}" for number in range(0, 10, 2)} == dict(plan.dropped)
    assert not set(plan.dropped) & {key for split in plan.splits for keys in split.parts.values() for key in keys}
    assert any("'20' was left out: the same pixels as '00'" == said for said in plan.warnings())


def test_allowed_leakage_marks_every_row_of_its_repeat(cells: Any) -> None:
    arms, labels = cells
    hr = dict(arms["hr"])
    for number in range(0, 10, 2):
        hr[f"{number + 20:02d}"] = hr[f"{number:02d}"]
    options = PlanOptions(allow_leakage=True)
    result = classify({"hr": hr}, labels, None, {"fake": FakeClassifier()}, modes=["retrain"], options=options)
    for audit in result.plan.audits:
        assert {audit.mark} == {row.leakage for row in result.rows if row.repeat == audit.repeat}
    assert any(audit.mark.endswith("identical pairs") for audit in result.plan.audits)


@pytest.mark.parametrize("way", [PlanOptions(), PlanOptions(deduplicate=True), PlanOptions(allow_leakage=True)])
def test_equal_pixels_under_two_labels_always_stop(cells: Any, way: PlanOptions) -> None:
    arms, labels = cells
    hr = arms["hr"] | {"01": arms["hr"]["00"]}
    with pytest.raises(LeakageError, match="two labels"):
        plan_classification(hr, labels, options=way)


def test_a_copy_of_what_sr_was_trained_on_stays_in_its_part_when_deduplicated(cells: Any) -> None:
    arms, labels = cells
    hr = arms["hr"] | {"20": arms["hr"]["00"]}
    options = PlanOptions(deduplicate=True, sr_train=frozenset({"20", "21"}))
    assert ("00", "21") == plan_classification(hr, labels, options=options).splits[0].parts["sr_train"]


def test_a_class_that_one_repeat_cannot_split_is_left_out_of_all(cells: Any) -> None:
    arms, labels = cells
    rare = labels | {"00": "rare"}
    plan = plan_classification(arms["hr"], rare)
    assert ({"rare": "1 image for 2 parts"}, ("across", "down")) == (dict(plan.unsplittable), plan.classes)
    assert "class 'rare' is unsplittable: 1 image for 2 parts" in plan.warnings()


def test_the_hr_size_is_that_of_most_images(cells: Any) -> None:
    arms, labels = cells
    hr = arms["hr"] | {"00": imresize(arms["hr"]["00"], 2)}
    assert ((24, 24), 1) == (
        plan_classification(hr, labels).hr_size,
        plan_classification(hr, labels).channels,
    )


def test_missing_images_and_labels_are_named(cells: Any) -> None:
    arms, labels = cells
    with pytest.raises(SplitError, match="no label; found 1, such as '29'"):
        plan_classification(arms["hr"], {key: label for key, label in labels.items() if key != "29"})
    with pytest.raises(SplitError, match="no image; found 1, such as 'zz'"):
        plan_classification(arms["hr"], labels | {"zz": "down"})
    lacking = {"hr": arms["hr"], "lr": {key: arms["lr"][key] for key in list(labels)[:9]}}
    with pytest.raises(ClassifierError, match="the arm 'lr' lacks images"):
        classify(lacking, labels, None, {"fake": FakeClassifier()})
    with pytest.raises(ClassifierError, match="'frozen' trains on HR"):
        run_task(
            Task("fake", "frozen", 0), FakeClassifier(), plan_classification(arms["hr"], labels), {"lr": arms["lr"]}
        )


@pytest.mark.parametrize("answer", ["nan", "negative", "short", "unnormalised"])
def test_what_is_no_probability_is_refused(cells: Any, answer: str) -> None:
    arms, labels = cells

    class Wrong(FakeClassifier):
        def predict_proba(self, images: Any) -> Any:
            right = FakeClassifier.predict_proba(self, images)
            return {
                "nan": right * np.nan,
                "negative": np.tile([1.5, -0.5], (len(right), 1)),
                "short": right[1:],
                "unnormalised": right * 1.1,
            }[answer]

    with pytest.raises(ClassifierError, match="'fake' gave no probabilities"):
        classify(arms, labels, None, {"fake": Wrong()})


def test_data_of_twelve_bits_in_sixteen_are_seen_alike(cells: Any) -> None:
    arms, labels = cells
    deep = {arm: {key: image.astype(np.uint16) * 16 for key, image in images.items()} for arm, images in arms.items()}
    options = PlanOptions(repeats=1, data_range=255 * 16)
    first = classify(arms, labels, None, {"fake": FakeClassifier()}, options=PlanOptions(repeats=1))
    second = classify(deep, labels, None, {"fake": FakeClassifier()}, options=options)
    assert [(row.image, row.predicted) for row in first.rows] == [(row.image, row.predicted) for row in second.rows]
