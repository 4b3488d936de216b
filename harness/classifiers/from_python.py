"""``python:module:factory``: a classifier that a user's own program makes. It runs that program."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

from harness.classifiers.classifier import Classifier
from harness.classifiers.spec import Request
from srmetrics.errors import ClassifierError, SrmetricsError


def build(request: Request) -> Classifier:
    """Import the module and call the factory with the spec's options, each read as a Python literal.

    Raises
    ------
    ClassifierError
        When there is no such module or factory, the options are not its parameters, or it fails.
    """
    module_name, _, path = request.which.partition(":")
    if not module_name or not path:
        raise ClassifierError(
            "python: names a module and a factory", found=repr(request.spec), expected="'python:module:factory'"
        )
    factory = _find(module_name, path)
    arguments = request.options.rest()
    try:
        inspect.signature(factory).bind(**arguments)
    except TypeError as error:
        raise ClassifierError(
            f"{request.which} does not take these options",
            found=", ".join(f"{name}={value!r}" for name, value in arguments.items()) or "none",
            expected=f"{path}{inspect.signature(factory)}",
            way_out=str(error),
        ) from error
    except ValueError:
        pass  # a factory in C may hide its signature; calling it will say what is wrong
    try:
        made: Classifier = factory(**arguments)
    except SrmetricsError:
        raise
    except Exception as error:
        # The user's program: whatever it raises has to name it.
        raise ClassifierError(f"{request.which} failed", found=f"{type(error).__name__}: {error}") from error
    return made


def _find(module_name: str, path: str) -> Any:
    try:
        found: Any = import_module(module_name)
    except Exception as error:
        # As for the factory: importing runs the user's program.
        raise ClassifierError(
            f"the module {module_name!r} cannot be imported",
            found=f"{type(error).__name__}: {error}",
            way_out="Install it, or put its folder on PYTHONPATH",
        ) from error
    for part in path.split("."):
        if not hasattr(found, part):
            public = [name for name in dir(found) if not name.startswith("_")][:12]
            raise ClassifierError(f"{module_name!r} has no {path!r}", found=", ".join(public) or "nothing public")
        found = getattr(found, part)
    if not callable(found):
        raise ClassifierError(f"{module_name}:{path} is no factory", found=type(found).__name__)
    return found
