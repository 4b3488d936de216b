"""``python:module:factory``: an upscaler that a user's own program makes. It runs that program."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

from harness.models.kinds import Request
from harness.models.upscaler import Upscaler
from srmetrics.errors import ModelError, SrmetricsError


def load(request: Request) -> Upscaler:
    """Import the module, call the factory with the spec's options, and return the upscaler that it returns.

    Raises
    ------
    ModelError
        When there is no such module or factory, the options are not its parameters, or it fails.
    """
    where = request.spec.rest
    module_name, _, path = where.partition(":")
    if not module_name or not path:
        raise ModelError("python: names a module and a factory", found=f"python:{where}", expected="python:module:name")
    factory = _find(module_name, path)
    arguments = request.options.remaining()
    try:
        inspect.signature(factory).bind(**arguments)
    except TypeError as error:
        raise ModelError(
            f"{where} does not take these options",
            found=", ".join(f"{name}={value!r}" for name, value in arguments.items()) or "none",
            expected=f"{path}{inspect.signature(factory)}",
            way_out=str(error),
        ) from error
    except ValueError:
        pass  # a factory in C may hide its signature; calling it will say what is wrong
    try:
        made: Upscaler = factory(**arguments)
    except SrmetricsError:
        raise
    except Exception as error:
        # The user's program: whatever it raises has to name it.
        raise ModelError(f"{where} failed", found=f"{type(error).__name__}: {error}") from error
    return made


def _find(module_name: str, path: str) -> Any:
    try:
        found: Any = import_module(module_name)
    except ModuleNotFoundError as error:
        absent = error.name or module_name
        own = module_name == absent or module_name.startswith(absent + ".")
        raise ModelError(
            f"there is no module {module_name!r}" if own else f"the module {module_name!r} needs another",
            found=None if own else f"no module {absent!r}",
            way_out="Install it, or put its folder on PYTHONPATH" if own else f"Install {absent}",
        ) from error
    except Exception as error:
        # As for the factory: importing runs the user's program.
        raise ModelError(
            f"the module {module_name!r} cannot be imported", found=f"{type(error).__name__}: {error}"
        ) from error
    for part in path.split("."):
        if not hasattr(found, part):
            raise ModelError(f"{module_name!r} has no {path!r}", found=", ".join(_public(found)) or "nothing public")
        found = getattr(found, part)
    if not callable(found):
        raise ModelError(f"{module_name}:{path} is no function", found=type(found).__name__, expected="a factory")
    return found


def _public(owner: object) -> list[str]:
    return [name for name in dir(owner) if not name.startswith("_")][:12]
