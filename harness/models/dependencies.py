"""Optional packages: imported where they are needed, and named with the way to install them where they are not."""

from __future__ import annotations

import re
from importlib import import_module
from types import ModuleType

from srmetrics.errors import DependencyError


def require(module: str, extra: str, what_for: str) -> ModuleType:
    """Import a module of an optional package.

    Parameters
    ----------
    module : str
        Such as ``torch`` or ``basicsr.archs.rcan_arch``.
    extra : str
        The extra of srmetrics that installs it.
    what_for : str
        What needs it, for the message: ``spandrel: upscalers``.

    Raises
    ------
    DependencyError
        When the package is absent, or present and broken.
    """
    package = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        absent = (error.name or package).partition(".")[0]
        raise DependencyError(
            f"{what_for} need {absent}, which is not installed"
            if absent == package
            else f"{what_for} need {package}, which needs {error.name}, which is not installed",
            way_out=_way_out(package, extra),
        ) from error
    except (ImportError, OSError) as error:
        raise DependencyError(
            f"{what_for} need {package}, which is installed but cannot be imported",
            found=f"{type(error).__name__}: {error}",
            way_out=_way_out(package, extra),
        ) from error


def require_torch(what_for: str) -> ModuleType:
    """Import torch, in a release whose weights-only loading is sound.

    Raises
    ------
    DependencyError
        When it is absent, broken, or older than 2.10.
    """
    torch = require("torch", "torch", what_for)
    version = str(torch.__version__)
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers < (2, 10):
        # Earlier releases had ways to run code from a file that was loaded with weights_only=True.
        raise DependencyError(
            f"{what_for} need a newer torch",
            found=version,
            expected="2.10 or later, which loads weights safely",
            way_out="Install it: pip install -U 'srmetrics[torch]'",
        )
    return torch


def _way_out(package: str, extra: str) -> str:
    if package == "basicsr":
        # The package called basicsr asks torchvision for a module that it no longer has; basicsr-fixed does not.
        return f"Install the mended one: pip uninstall basicsr; pip install 'srmetrics[{extra}]'"
    return f"Install it: pip install 'srmetrics[{extra}]'"
