"""Upscalers and classifiers given as objects: the same tables as by name, recorded, and refused when they changed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC
from small_study import tables, write_textures

import harness
from harness.classifiers import Classifier, ClassifierDescription, FakeClassifier, from_estimator
from harness.models import FakeUpscaler, FunctionUpscaler, LoadSettings, load_upscaler
from srmetrics.errors import ClassifierError, ModelError, UsageError


@pytest.fixture(scope="module")
def textures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_textures(tmp_path_factory.mktemp("given") / "textures", 4)


def study(upscalers: object, classifiers: object = None) -> dict[str, object]:
    asked: dict[str, object] = {
        "images": {"classes": "folders"},
        "degradation": {"recipe": "bicubic-matlab-x2@1"},
        "upscalers": upscalers,
    }
    return asked if classifiers is None else asked | {"classification": {"classifiers": classifiers, "repeats": 2}}


def bench(document: dict[str, object], images: Path, out: Path, **options: Any) -> Any:
    return harness.bench(document, images, out=out, measure_cost=False, **({"workers": 1} | options))


def nearest(image: NDArray[Any]) -> NDArray[Any]:
    return image.repeat(2, 0).repeat(2, 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_objects_give_the_tables_of_the_same_models_by_name(textures: Path, tmp_path: Path, workers: int) -> None:
    by_name = study(["nearest", "cubic=bicubic"], ["fake", "svc=sklearn:svm.SVC?C=10"])
    cubic = load_upscaler("bicubic", LoadSettings(scale=2))
    assert isinstance(FakeClassifier(), Classifier)
    objects = study({"nearest": "nearest", "cubic": cubic}, {"fake": FakeClassifier(), "svc": SVC(C=10)})
    bench(by_name, textures, tmp_path / "names")
    bench(objects, textures, tmp_path / "objects", workers=workers)
    assert tables(tmp_path / "names") == tables(tmp_path / "objects")


def test_the_run_records_what_objects_say_of_themselves(textures: Path, tmp_path: Path) -> None:
    bench(study([FunctionUpscaler(nearest, "mine", 2)], [LogisticRegression(C=0.5)]), textures, tmp_path)
    command = json.loads((tmp_path / "run.json").read_text())["command"]
    assert ["mine=object:FunctionUpscaler"] == command["study"]["upscalers"]
    assert "function nearest" == command["objects"]["upscalers"]["mine"]["spec"]
    said = command["objects"]["classifiers"]["LogisticRegression"]
    assert "object:LogisticRegression(C=0.5)" == said["spec"]
    assert said["preprocessing"].endswith("; LogisticRegression(C=0.5)")


@pytest.mark.parametrize(
    ("first", "second", "field_named"),
    [
        (study([FunctionUpscaler(nearest, "mine", 2)]),
         study([FunctionUpscaler(nearest, "mine", 2, trained_on="DIV2K")]),
         r"command\.objects\.upscalers\.mine\.trained_on"),
        (study(["nearest"], [SVC(C=1)]), study(["nearest"], [SVC(C=2)]),
         r"command\.objects\.classifiers\.SVC\.spec"),
    ],
)  # fmt: skip
def test_a_resume_with_an_object_that_says_another_thing_is_refused(
    textures: Path, tmp_path: Path, first: dict[str, object], second: dict[str, object], field_named: str
) -> None:
    done = bench(first, textures, tmp_path)
    before = tables(tmp_path)
    assert done.exit_code == bench(first, textures, tmp_path).exit_code
    with pytest.raises(UsageError, match=field_named):
        bench(second, textures, tmp_path)
    assert before == tables(tmp_path)


@dataclass
class Alone:
    """Fails where two threads call it at once."""

    description: Any = field(default_factory=lambda: FunctionUpscaler(nearest, "alone", 2).description)
    busy: threading.Lock = field(default_factory=threading.Lock)

    def upscale(self, image: NDArray[Any], facts: Any = None) -> NDArray[Any]:
        assert self.busy.acquire(blocking=False), "two threads at once"
        try:
            threading.Event().wait(0.002)
            return nearest(image)
        finally:
            self.busy.release()


def test_an_upscaler_object_is_called_from_one_thread_at_a_time(textures: Path, tmp_path: Path) -> None:
    assert 0 == bench(study([Alone()]), textures, tmp_path, workers=4).exit_code


class Stubborn:
    """A classifier whose program has a mistake, and that cannot be pickled."""

    description = ClassifierDescription("stubborn", "mine", None, None, "nothing")

    def __init__(self) -> None:
        self.hook = lambda: None

    def fit(self, images: Sequence[Any], labels: Sequence[str], seed: int) -> None:
        raise KeyError("a mistake")

    def predict_proba(self, images: Sequence[Any]) -> NDArray[np.float64]:
        raise NotImplementedError


def test_a_classifier_that_fails_costs_no_other_one_and_is_named(textures: Path, tmp_path: Path) -> None:
    result = bench(study(["nearest"], ["fake", Stubborn()]), textures, tmp_path)
    assert 3 == result.exit_code
    reasons = {one.reason for one in result.leaderboard.failures}
    assert any("the classifier 'stubborn' failed: KeyError: 'a mistake'" in reason for reason in reasons)
    assert {"fake"} == {arm.classifier for arm in result.classification.arms}


def test_what_cannot_travel_is_refused_before_anything_runs(textures: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'stubborn' cannot be sent to other processes.*workers=1"):
        bench(study(["nearest"], [Stubborn()]), textures, tmp_path / "out", workers=2)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("upscalers", "classifiers", "error", "said"),
    [
        ([object()], None, ModelError, "'object' is no upscaler"),
        ([FunctionUpscaler(nearest, "a", 4)], None, ModelError, "'a' makes images 4 times larger.*needs 2"),
        ([FakeUpscaler(2), FakeUpscaler(2)], None, UsageError, r"two objects have one name.*Name them: \{'a': object"),
        ({"a/b": FakeUpscaler(2)}, None, UsageError, "cannot have this name; found 'a/b'"),
        ({"lr": FakeUpscaler(2)}, None, UsageError, "cannot have this name; found 'lr'"),
        (["nearest"], [object()], ClassifierError, "'object' is no classifier"),
        (["nearest"], [RandomForestClassifier], ClassifierError, "no classifier"),
        (["nearest"], [MinMaxScaler()], ClassifierError, "no classifier of scikit-learn; found MinMaxScaler"),
        (["nearest"], [SVC(C=1), SVC(C=2)], UsageError, "two objects have one name; found 'SVC'"),
        (["mine=object:Baseline"], None, ModelError, "no such kind of upscaler; found 'object'"),
        (7, None, UsageError, "upscalers: Input should be a valid list"),
    ],
)  # fmt: skip
def test_what_is_no_object_of_a_bench_is_refused(
    textures: Path, tmp_path: Path, upscalers: object, classifiers: object, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        bench(study(upscalers, classifiers), textures, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_estimator_is_copied_unfitted_and_seeded_in_all_its_steps() -> None:
    images, labels = [np.full((8, 8), value, np.uint8) for value in range(0, 240, 20)], ["a", "b"] * 6
    forest = RandomForestClassifier(n_estimators=5, random_state=3)
    classifier = from_estimator(make_pipeline(MinMaxScaler(), forest), features="pixels")
    found = []
    for seed in (1, 1, 2):
        classifier.fit(images, labels, seed)
        found.append(classifier.predict_proba(images))
    np.testing.assert_array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])
    assert not hasattr(forest, "estimators_")
    assert 3 == forest.random_state


def test_an_estimators_description_is_the_same_in_every_process() -> None:
    class Told(LogisticRegression):
        def __init__(self, how: Any = nearest) -> None:
            super().__init__()
            self.how = how

    spec = from_estimator(Told(how=lambda: None)).description.spec
    assert " at 0x" not in spec
    assert spec.startswith("object:Told(how=<function ")


def test_a_mapping_names_specs_too(textures: Path, tmp_path: Path) -> None:
    bench(study({"blocks": "nearest"}, {"plain": "fake:constant"}), textures, tmp_path)
    command = json.loads((tmp_path / "run.json").read_text())["command"]
    assert ["blocks=nearest"] == command["study"]["upscalers"]
    assert ["plain=fake:constant"] == command["study"]["classification"]["classifiers"]
    assert "objects" not in command


def test_the_example_of_the_page_runs_as_it_stands(textures: Path, tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "bench.md"
    (example,) = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    (tmp_path / "study.py").write_text(example)
    (tmp_path / "cells").symlink_to(textures)
    done = subprocess.run(
        [sys.executable, "study.py"], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert 0 == done.returncode, done.stderr
    assert "Training svc · frozen · hr · repeat 2/2" in done.stdout
    assert "classification: usual, retrain" in done.stdout
    assert (tmp_path / "run" / "classification.csv").exists()
