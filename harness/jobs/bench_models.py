"""The upscalers and classifiers of a bench: made from their specs, or given by a caller in Python as objects."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from harness.classifiers.classifier import Classifier
from harness.classifiers.spec import Permissions, build_classifier, parse_spec
from harness.engine.plain import to_plain
from harness.models import DescribedUpscaler, ImageFacts, LoadSettings, Upscaler, checked_description, load_upscaler
from srmetrics.errors import UsageError

OBJECT = "object"
"""The kind that stands in a study, and so in the run's record, for what was given as an object."""


@dataclass(frozen=True, slots=True)
class GivenObjects:
    """What a caller gave as objects, by the names that tables call them."""

    upscalers: Mapping[str, Upscaler] = field(default_factory=dict)
    classifiers: Mapping[str, Classifier] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Upscalers:
    """The methods of a bench."""

    specs: Mapping[str, str]
    """Method to its spec; ``NAME=object:CLASS`` for what was given."""
    settings: LoadSettings
    given: Mapping[str, Upscaler]

    @property
    def objects(self) -> Mapping[str, Upscaler]:
        """Those that were given, by method."""
        return _of_kind_object(self.specs, self.given)

    def load(self, method: str) -> Upscaler:
        """Make one from its spec, or return the one that was given, under its method's name.

        Raises
        ------
        SrmetricsError
            As `load_upscaler`.
        """
        upscaler = self.objects.get(method)
        if upscaler is None:
            return load_upscaler(self.specs[method], self.settings)
        described = checked_description(upscaler, method, self.settings.scale)
        return DescribedUpscaler(upscaler, replace(described, name=method))


@dataclass(frozen=True, slots=True)
class Classifiers:
    """The classifiers of a bench."""

    specs: Mapping[str, str]
    """By the name in tables; ``NAME=object:CLASS`` for what was given."""
    permissions: Permissions
    given: Mapping[str, Classifier]

    @property
    def objects(self) -> Mapping[str, Classifier]:
        """Those that were given, by name."""
        return _of_kind_object(self.specs, self.given)

    def is_foreign(self, name: str) -> bool:
        """Return whether one is a user's program, which may raise anything."""
        return name in self.objects or parse_spec(self.specs[name])[2] == "python"

    def build(self, name: str) -> Classifier:
        """Make one from its spec, or return the one that was given: trainings copy it.

        Raises
        ------
        SrmetricsError
            As `build_classifier`.
        """
        classifier = self.objects.get(name)
        return build_classifier(self.specs[name], self.permissions) if classifier is None else classifier


def descriptions_of_objects(upscalers: Upscalers, classifiers: Classifiers) -> dict[str, object]:
    """Return what a run records of the objects it was given: all that they say of themselves; nothing without any."""
    if not upscalers.objects and not classifiers.objects:
        return {}
    return {
        "objects": {
            "upscalers": {name: to_plain(one.description) for name, one in upscalers.objects.items()},
            "classifiers": {name: to_plain(one.description) for name, one in classifiers.objects.items()},
        }
    }


def refuse_what_cannot_travel(upscalers: Upscalers, classifiers: Classifiers, workers: int, dask: str | None) -> None:
    """Look before anything runs whether objects can go to the processes that are to use them.

    Raises
    ------
    UsageError
        Naming the first that cannot.
    """
    dumps: Callable[[object], bytes] = pickle.dumps
    there: dict[str, object] = dict(classifiers.objects) if workers > 1 or dask is not None else {}
    if dask is not None:  # without, upscalers work on threads
        there |= upscalers.objects
        with suppress(ImportError):  # that Dask is not installed is said elsewhere
            import cloudpickle

            dumps = cloudpickle.dumps
    for name, one in there.items():
        try:
            dumps(one)
        except Exception as error:
            raise UsageError(
                f"the object {name!r} cannot be sent to other processes",
                found=f"{type(error).__name__}: {error}",
                way_out="Define its class in a module that they can import"
                + (", or give workers=1" if dask is None else ""),
            ) from error


Given = TypeVar("Given")


def _of_kind_object(specs: Mapping[str, str], given: Mapping[str, Given]) -> dict[str, Given]:
    # A study's stand-ins for --smoke may bear the names of objects, and go before them.
    return {name: one for name, one in given.items() if specs.get(name, "").startswith(f"{name}={OBJECT}:")}


class OneAtATime:
    """An upscaler that several threads may call: each waits for the one before it.

    Parameters
    ----------
    upscaler : Upscaler
        One object for all threads, since nobody knows whether it can be copied.
    """

    def __init__(self, upscaler: Upscaler) -> None:
        self._upscaler = upscaler
        self._turn = threading.Lock()

    @property
    def description(self) -> Any:
        """What the upscaler says of itself."""
        return self._upscaler.description

    def upscale(self, image: Any, facts: ImageFacts) -> Any:
        """Upscale one image when its turn has come, as `Upscaler.upscale`."""
        with self._turn:
            return self._upscaler.upscale(image, facts)

    def __reduce__(self) -> tuple[type[OneAtATime], tuple[Upscaler]]:
        """Travel without the lock: another process has turns of its own."""
        return OneAtATime, (self._upscaler,)
