"""Classifiers by name: ``[NAME=]KIND[:WHICH][?key=value&key=value]``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points

from harness.classifiers.classifier import Classifier
from harness.classifiers.options import Options
from srmetrics.errors import ClassifierError, DependencyError, UsageError

ENTRY_POINTS = "srmetrics.classifiers"
"""Where other packages name kinds: each a callable that takes a `Request` and returns a classifier."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of classifier."""

    name: str
    builder: str
    """``module:function``, imported when the kind is named."""
    example: str
    summary: str
    needs_code: bool = False
    """Whether it runs a program that the user named."""
    for_tests: bool = False
    """Whether it is only for tests: it works, and is offered to nobody."""


_HOME = "harness.classifiers"
_BUILT_IN: tuple[Kind, ...] = (
    Kind("default", f"{_HOME}.from_sklearn:build_default", "default", "HOG and colours, logistic regression"),
    Kind("sklearn", f"{_HOME}.from_sklearn:build", "sklearn:svm.SVC?C=10", "a classifier of scikit-learn"),
    Kind("small-resnet", f"{_HOME}.small_resnet:build", "small-resnet?epochs=5", "a small one-channel ResNet"),
    Kind("torchvision", f"{_HOME}.from_torchvision:build", "torchvision:resnet18?size=64", "a torchvision network"),
    Kind("timm", f"{_HOME}.from_timm:build", "timm:resnet10t", "a timm network"),
    Kind("onnx", f"{_HOME}.from_onnx:build", "onnx:model.onnx", "a trained network in a file; frozen only"),
    Kind("python", f"{_HOME}.from_python:build", "python:module:factory", "your own program", needs_code=True),
    Kind("ensemble", f"{_HOME}.ensemble:build", "ensemble:default+small-resnet", "the mean of several"),
    Kind("fake", f"{_HOME}.fake:build", "fake", "nearest mean colour, for tests", for_tests=True),
)

_TORCHVISION = (
    *("alexnet", "convnext", "densenet", "efficientnet", "googlenet", "inception", "maxvit", "mnasnet", "mobilenet"),
    *("regnet", "resnet", "resnext", "shufflenet", "squeezenet", "swin", "vgg", "vit_", "wide_resnet"),
)
"""How torchvision's classification networks begin; most are in timm too. It need not be installed to name them."""

KINDS: dict[str, Kind] = {kind.name: kind for kind in _BUILT_IN}
if len(KINDS) != len(_BUILT_IN):
    raise RuntimeError("two kinds of classifiers have one name")


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a run allows its classifiers, and where they run."""

    device: str = "cpu"
    """``cpu``, ``cuda`` or ``cuda:N``."""
    allow_download: bool = False
    allow_code: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What a builder is given."""

    name: str
    spec: str
    which: str
    """What stands between the kind's colon and the question mark; may be empty."""
    options: Options
    permissions: Permissions

    def refuse_variants(self) -> None:
        """Stop where something stands behind the colon of a kind that is only one classifier."""
        if self.which:
            kind = self.spec.partition(":")[0]
            raise ClassifierError(f"{kind} has no variants", found=repr(self.spec), expected=repr(kind))


def build_classifier(text: str, permissions: Permissions | None = None) -> Classifier:
    """Make an untrained classifier from its spec.

    Parameters
    ----------
    text : str
        ``default``, ``mine=torchvision:resnet18?size=64&epochs=5``, ...
    permissions : Permissions, optional
        The CPU, no downloads and no code by default.

    Raises
    ------
    ClassifierError
        When the spec names no kind, or the kind refuses it; near names are suggested.
    DependencyError
        When a package is not installed.
    """
    name, spec, kind, which, values = parse_spec(text)
    allowed = permissions or Permissions()
    if kind in KINDS and KINDS[kind].needs_code and not allowed.allow_code:
        raise UsageError(
            f"{kind}: classifiers are programs, and this run may not run any that a spec names",
            found=spec,
            way_out="If you trust it, add --allow-code (allow_code=True)",
        )
    builder = _builder(kind, spec)
    request = Request(name, spec, which, Options(values, spec), allowed)
    classifier = builder(request)
    request.options.close()
    if not isinstance(classifier, Classifier):
        raise ClassifierError(
            f"{spec!r} did not make a classifier",
            found=type(classifier).__name__,
            expected="an object with description, fit(images, labels, seed) and predict_proba(images)",
        )
    return classifier


def parse_spec(text: str) -> tuple[str, str, str, str, dict[str, str]]:
    """Take a spec apart into name, spec without name, kind, which and options.

    Examples
    --------
    >>> parse_spec("mine=torchvision:resnet18?size=64")
    ('mine', 'torchvision:resnet18?size=64', 'torchvision', 'resnet18', {'size': '64'})
    >>> parse_spec("torchvision:resnet18")[0]
    'resnet18'
    """
    named = re.match(r"([^=:?]+)=(.+)", text)
    name, spec = (named[1].strip(), named[2].strip()) if named else ("", text.strip())
    # An ensemble's members have options of their own, and it has none.
    head, _, query = (spec, "", "") if spec.startswith("ensemble:") else spec.partition("?")
    kind, _, which = head.partition(":")
    values: dict[str, str] = {}
    for pair in query.split("&") if query else ():
        key, equals, value = pair.partition("=")
        if not key or not equals or key in values:
            raise ClassifierError(
                f"the options of {spec!r} cannot be read",
                found=repr(pair),
                expected="key=value pairs joined by &, each key once",
            )
        values[key] = value
    return name or _name_of(kind, which), spec, kind, which, values


def _name_of(kind: str, which: str) -> str:
    """Return the name that tables use where none is given: of the network, class or file, or the kind."""
    if kind == "ensemble":
        return kind
    last = re.split(r"[/\\:]", which.rstrip("/\\"))[-1]
    return last.removesuffix(".onnx") or kind


def _builder(kind: str, spec: str) -> Callable[[Request], Classifier]:
    if kind in KINDS:
        module, _, function = KINDS[kind].builder.partition(":")
        try:
            built_in: Callable[[Request], Classifier] = getattr(import_module(module), function)
        except ModuleNotFoundError as error:  # small-resnet is written in torch
            raise DependencyError(
                f"{kind} needs {error.name}, which is not installed",
                way_out="Install it: pip install 'srmetrics[torch]'",
            ) from error
        return built_in
    plugged = entry_points(group=ENTRY_POINTS)
    matches = [entry for entry in plugged if entry.name == kind]
    if len({entry.value for entry in matches}) > 1:
        raise ClassifierError(
            f"two installed packages name a kind of classifier {kind!r}",
            found=", ".join(entry.value for entry in matches),
            way_out="Uninstall one of them",
        )
    if matches:
        loaded: Callable[[Request], Classifier] = matches[0].load()
        return loaded
    names = [each.name for each in KINDS.values() if not each.for_tests]
    names += sorted({entry.name for entry in plugged})
    raise ClassifierError(
        "there is no such kind of classifier",
        found=repr(kind),
        expected="one of " + ", ".join(names),
        way_out=_meant(kind, spec, names),
    )


def _meant(kind: str, spec: str, names: list[str]) -> str:
    """Return what a spec of no kind may have meant: a file, a class or a network without its kind, or another kind."""
    word = spec.partition("?")[0]
    if word.lower().endswith(".onnx"):
        return f"For such a file, write onnx:{spec}"
    if word.lower().endswith((".pth", ".pt", ".safetensors", ".ckpt")):
        return f"Weights go with their network: torchvision:resnet18?weights={word}, or timm:NAME?weights={word}"
    from harness.classifiers.from_sklearn import class_named

    written = class_named(word)
    if written is not None:
        return f"Did you mean {'sklearn:' + spec.replace(word, written, 1)!r}?"
    if word.lower().startswith(_TORCHVISION):
        return f"Did you mean {'torchvision:' + spec!r}, or timm's: {'timm:' + spec!r}?"
    near = difflib.get_close_matches(kind.lower(), names, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return "Networks are torchvision:NAME or timm:NAME, estimators sklearn:module.Class; or take 'default'"
