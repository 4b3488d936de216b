"""Classifiers by name: kinds, options, permissions, and kinds of other packages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness.classifiers.classifier import Classifier
from harness.classifiers.spec import KINDS, Permissions, build_classifier, parse_spec
from srmetrics.errors import ClassifierError, UsageError


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("default", ("default", "default", "default", "", {})),
        ("mine=default?size=64", ("mine", "default?size=64", "default", "", {"size": "64"})),
        ("sklearn:svm.SVC?C=10", ("svm.SVC", "sklearn:svm.SVC?C=10", "sklearn", "svm.SVC", {"C": "10"})),
        ("onnx:a/b/net.onnx", ("net", "onnx:a/b/net.onnx", "onnx", "a/b/net.onnx", {})),
        ("python:mod:make", ("make", "python:mod:make", "python", "mod:make", {})),
        (
            "both=ensemble:default?size=32+fake?size=32",
            ("both", "ensemble:default?size=32+fake?size=32", "ensemble", "default?size=32+fake?size=32", {}),
        ),
    ],
)
def test_a_spec_is_taken_apart(text: str, parts: tuple[str, str, str, str, dict[str, str]]) -> None:
    assert parts == parse_spec(text)


@pytest.mark.parametrize("query", ["size", "size=1&size=2", "=3", "a=1&&b=2"])
def test_malformed_options_are_refused(query: str) -> None:
    with pytest.raises(ClassifierError, match="key=value"):
        parse_spec(f"default?{query}")


def test_an_unknown_kind_suggests_a_near_one() -> None:
    with pytest.raises(ClassifierError, match="Did you mean 'torchvision'"):
        build_classifier("torchvison:resnet18")


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("resnet18?size=64", "Did you mean 'torchvision:resnet18?size=64', or timm's: 'timm:resnet18?size=64'?"),
        ("model.onnx", "write onnx:model.onnx."),
        ("net.pth", "?weights=net.pth"),
        ("SVC?C=10", "Did you mean 'sklearn:svm.SVC?C=10'?"),
        ("svm.svc", "Did you mean 'sklearn:svm.SVC'?"),
        ("RandomForestClassifier", "Did you mean 'sklearn:ensemble.RandomForestClassifier'?"),
        ("small_resnet", "Did you mean 'small-resnet'?"),
        ("Default", "Did you mean 'default'?"),
        ("zebra", "Networks are torchvision:NAME or timm:NAME"),
    ],
)
def test_a_network_class_or_file_without_its_kind_is_shown_with_it(spec: str, words: str) -> None:
    with pytest.raises(ClassifierError) as caught:
        build_classifier(spec)
    assert words in str(caught.value)


@pytest.mark.parametrize("spec", ["fak", "zebra"])
def test_what_is_for_tests_is_offered_to_nobody(spec: str) -> None:
    with pytest.raises(ClassifierError) as caught:
        build_classifier(spec)
    assert "fake" not in str(caught.value)


def test_a_misspelt_option_suggests_a_near_one() -> None:
    with pytest.raises(ClassifierError, match=r"no such option; found 'sise'.*Did you mean 'size'"):
        build_classifier("default?sise=3")


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("default?size=big", "pixels as in 96"),
        ("default?size=0", "pixels as in 96"),
        ("default?size=1x2x3", "pixels as in 96"),
        ("default?channels=2", "1, 3 or keep"),
        ("default:x", "has no variants"),
        ("fake:y", "no such fake"),
    ],
)
def test_options_that_cannot_be_read_are_refused(spec: str, words: str) -> None:
    with pytest.raises(ClassifierError, match=words):
        build_classifier(spec)


def test_a_name_is_what_tables_call_it() -> None:
    description = build_classifier("mine=default?size=64x48&channels=1").description
    assert ("mine", "default?size=64x48&channels=1") == (description.name, description.spec)
    assert ((64, 48), 1) == (description.input_size, description.channels)
    assert "64 x 48 pixels, bilinear" in description.preprocessing


def test_every_kind_is_in_the_table_once_with_an_example_of_its_own() -> None:
    for name, kind in KINDS.items():
        assert name == parse_spec(kind.example)[2]


def test_code_runs_only_when_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "users_program.py").write_text(
        "import pathlib\n"
        "pathlib.Path(__file__).with_name('ran').touch()\n"
        "from harness.classifiers.fake import FakeClassifier\n"
        "def make(constant=False):\n"
        "    return FakeClassifier(constant=constant)\n"
        "def wrong():\n"
        "    return 3\n"
        "def broken():\n"
        "    raise OSError('no luck')\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(UsageError, match="--allow-code"):
        build_classifier("python:users_program:make")
    assert not (tmp_path / "ran").exists()
    allowed = Permissions(allow_code=True)
    assert build_classifier("python:users_program:make?constant=True", allowed).constant is True  # type: ignore[attr-defined]
    for spec, words in [
        ("python:users_program:wrong", "did not make a classifier; found int"),
        ("python:users_program:broken", "OSError: no luck"),
        ("python:users_program:absent", "has no 'absent'"),
        ("python:users_program:make?constat=1", "does not take these options"),
        ("python:no_such_module_here:make", "cannot be imported"),
        ("python:users_program", "names a module and a factory"),
    ]:
        with pytest.raises(ClassifierError, match=words):
            build_classifier(spec, allowed)


def test_an_ensemble_may_not_smuggle_code_in() -> None:
    with pytest.raises(UsageError, match="--allow-code"):
        build_classifier("ensemble:fake+python:users_program:make")


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package that adds the kind ``plugged``, as pip leaves it."""
    (tmp_path / "plugged_package.py").write_text(
        "from harness.classifiers.fake import FakeClassifier\n"
        "def build(request):\n"
        "    return FakeClassifier(constant=request.options.choice('say', ('first', 'nearest')) == 'first')\n"
    )
    information = tmp_path / "plugged_package-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged-package\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[srmetrics.classifiers]\nplugged = plugged_package:build\n")
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("plug_in")
def test_another_package_adds_a_kind_that_is_imported_only_when_named() -> None:
    build_classifier("fake")
    assert "plugged_package" not in sys.modules
    assert isinstance(build_classifier("plugged?say=nearest"), Classifier)
    sys.modules.pop("plugged_package")


@pytest.mark.usefixtures("plug_in")
def test_a_plugged_kind_has_its_options_checked_and_its_name_suggested() -> None:
    with pytest.raises(ClassifierError, match="Did you mean 'say'"):
        build_classifier("plugged?sey=first")
    with pytest.raises(ClassifierError, match="Did you mean 'plugged'"):
        build_classifier("pluged")
    sys.modules.pop("plugged_package", None)
