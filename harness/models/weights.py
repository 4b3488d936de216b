"""Weights files: read as tensors only, so that nothing in them can run; what is no weights file is named."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.models.dependencies import require, require_torch
from harness.models.pickle_names import callables_named_in
from srmetrics.errors import WeightsError

# What training programs wrap their tensors in; the averaged ones first, which their authors publish results of.
_WRAPPERS = ("params_ema", "params-ema", "params", "model_state_dict", "state_dict", "model", "net", "generator")
_BEGINNINGS = (
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself", "Fetch it: git lfs pull"),
    (b"<!doctype html", "a web page", "Download the file itself, not the page about it"),
    (b"<html", "a web page", "Download the file itself, not the page about it"),
)
_MANGLED = b"\xef\xbf\xbd"  # U+FFFD in UTF-8: what a conversion to text leaves of a byte that is no text


def check_weights_file(file: str | Path) -> Path:
    """Return the path of a weights file that exists, or say what is there instead.

    Raises
    ------
    WeightsError
        When there is no file, or one that plainly holds no weights.
    """
    path = Path(file)
    if not str(file):
        raise WeightsError("no weights file is named", expected="a file behind the colon: spandrel:weights.pth")
    if path.is_dir():
        raise WeightsError("the weights are a folder", expected="a file", file=path)
    if not path.is_file():
        near = next(folder for folder in path.absolute().parents if folder.is_dir())
        raise WeightsError("there is no such weights file", way_out=f"Look at what lies in {near}", file=path)
    with path.open("rb") as stream:
        beginning = stream.read(256)
    if not beginning:
        raise WeightsError("the weights file is empty", way_out="Download it again", file=path)
    for start, what, way_out in _BEGINNINGS:
        if beginning.lower().startswith(start):
            raise WeightsError("the weights file holds no weights", found=what, way_out=way_out, file=path)
    if beginning.count(_MANGLED) > 1:
        raise WeightsError(
            "the weights file is corrupt: a program took it for text and replaced its bytes",
            found=f"{beginning.count(_MANGLED)} replacement characters in its first {len(beginning)} bytes",
            way_out="Download it again, in binary mode",
            file=path,
        )
    return path


def digest_of(file: str | Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with Path(file).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_tensors(file: str | Path, what_for: str) -> dict[str, Any]:
    """Read the tensors of a ``.pth``, ``.pt``, ``.ckpt`` or ``.safetensors`` file, and run nothing that is in it.

    Parameters
    ----------
    file : str or path
        The weights file.
    what_for : str
        Who needs torch, for the message when it is absent.

    Returns
    -------
    dict
        Whatever the file holds, on the CPU.

    Raises
    ------
    WeightsError
        When the file is absent, corrupt, a program, or a pickle that names anything but tensors and plain values.
        It is never tried again in a way that would run it.
    DependencyError
        When torch is absent or too old.
    """
    path = check_weights_file(file)
    torch = require_torch(what_for)
    try:
        if path.suffix.lower() == ".safetensors":
            loaded = require("safetensors.torch", "models", what_for).load_file(path, device="cpu")
        else:
            with warnings.catch_warnings():
                # It warns of pickles that it will not read, before it refuses them.
                warnings.simplefilter("ignore", category=UserWarning)
                loaded = torch.load(path, map_location="cpu", weights_only=True)
    except MemoryError:
        raise WeightsError("the weights do not fit into memory", file=path) from None
    except Exception as error:
        # On a mangled file the reader may stumble over anything: bad pickle codes, lengths, names, zip headers.
        raise _refusal(path, error) from error
    if not isinstance(loaded, Mapping):
        raise WeightsError(
            "the file holds no named weights",
            found=type(loaded).__name__,
            expected="a state_dict: tensors by name",
            file=path,
        )
    return dict(loaded)


def state_dict_of(loaded: Mapping[str, Any], file: str | Path, key: str | None = None) -> dict[str, Any]:
    """Find the tensors by name in what a training program saved.

    Parameters
    ----------
    loaded : mapping
        What `read_tensors` returned.
    file : str or path
        Where it came from, for the messages.
    key : str, optional
        Under which name the tensors stand; else ``params_ema`` is preferred to ``params``, and so on.

    Raises
    ------
    WeightsError
        When there are no tensors where they should be.
    """
    inner: Any = loaded
    if key is not None:
        if not isinstance(loaded.get(key), Mapping):
            raise WeightsError(
                f"there are no weights under {key!r}", found=", ".join(map(str, list(loaded)[:8])), file=file
            )
        inner = loaded[key]
    else:
        inner = next((loaded[name] for name in _WRAPPERS if isinstance(loaded.get(name), Mapping)), loaded)
    tensors = {str(name): each for name, each in inner.items() if hasattr(each, "shape")}
    if not tensors:
        raise WeightsError(
            "the file holds no named weights",
            found=", ".join(map(str, list(inner)[:8])) or "nothing",
            expected="a state_dict: tensors by name",
            file=file,
        )
    while all(name.startswith("module.") for name in tensors):
        tensors = {name.removeprefix("module."): each for name, each in tensors.items()}
    return tensors


def _refusal(path: Path, error: Exception) -> WeightsError:
    text = str(error)
    if "TorchScript" in text:
        return WeightsError(
            "the file is a TorchScript program, not weights",
            way_out="If you trust it: torchscript:FILE with --allow-code",
            file=path,
        )
    named = () if path.suffix.lower() == ".safetensors" else callables_named_in(path)
    if named:
        return WeightsError(
            "the weights file is refused: opening it would run what it names, and nothing of it was run",
            found=", ".join(named[:4]),
            expected="tensors and plain values only",
            way_out="Ask its authors for a state_dict or a .safetensors file",
            file=path,
        )
    first = (text.strip() or type(error).__name__).splitlines()[0]
    if "Weights only load failed" in first:
        inner = re.search(r"WeightsUnpickler error:\s*(.+)", text)
        first = inner.group(1) if inner else "its pickle cannot be read"
    return WeightsError(
        "the weights file cannot be read: it is corrupt, cut short, or of another kind",
        found=f"{type(error).__name__}: {first}",
        way_out="Write onnx:FILE" if path.suffix.lower() == ".onnx" else "Download it again, and compare its digest",
        file=path,
    )
