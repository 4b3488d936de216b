"""Upscalers as text: ``name=kind:rest?option=value&option=value``, and the options behind the question mark."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from harness.models.meant import WEIGHTS_SUFFIXES, kind_for
from srmetrics.errors import ModelError

_FORM = re.compile(r"(?:(?P<name>[^=:?]+)=)?(?P<kind>[A-Za-z][\w-]*)(?::(?P<rest>[^?]*))?(?:\?(?P<options>.*))?", re.S)


@dataclass(frozen=True, slots=True)
class UpscalerSpec:
    """Which upscaler is meant."""

    name: str
    """What tables call it."""
    kind: str
    """The adapter: ``bicubic``, ``spandrel``, ``onnx``, ..."""
    rest: str = ""
    """What the adapter works on: a file, a folder, an architecture."""
    options: tuple[tuple[str, str], ...] = ()
    """Names and values, in the order written."""

    def __str__(self) -> str:
        """Return the text without the name: ``parse_spec(f"{name}={spec}") == spec``."""
        options = "&".join(f"{name}={value}" for name, value in self.options)
        return self.kind + (f":{self.rest}" if self.rest else "") + (f"?{options}" if options else "")


def parse_spec(text: str) -> UpscalerSpec:
    """Read an upscaler's spec.

    Parameters
    ----------
    text : str
        ``kind``, ``kind:rest`` or either with ``?option=value&option=value``, and ``name=`` before it. Nothing is
        decoded: ``rest`` cannot hold a question mark, nor a value an ampersand.

    Returns
    -------
    UpscalerSpec
        Where no name is given, it is that of the file, folder or architecture, or the kind; with ``+`` behind it for
        a self-ensemble, as its papers write it.

    Raises
    ------
    ModelError
        When the text has another form, or an option stands twice.

    Examples
    --------
    >>> parse_spec("esr=spandrel:weights/x4.pth?tile=256")
    UpscalerSpec(name='esr', kind='spandrel', rest='weights/x4.pth', options=(('tile', '256'),))
    >>> parse_spec("bicubic").name, parse_spec("onnx:models/espcn.onnx").name
    ('bicubic', 'espcn')
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise ModelError(
            "this does not name an upscaler",
            found=repr(text),
            expected="kind, kind:rest or name=kind:rest?option=value",
            way_out=kind_for(text),
        )
    kind, rest = found["kind"], (found["rest"] or "").strip()
    options: dict[str, str] = {}
    for part in (found["options"] or "").split("&") if found["options"] else ():
        name, sign, value = part.partition("=")
        if not sign or not name:
            raise ModelError(f"an option of {kind} has no value", found=repr(part), expected="option=value")
        if name in options:
            raise ModelError(f"an option of {kind} stands there twice", found=repr(name))
        options[name] = value
    ensemble = "+" if "self_ensemble" in options else ""
    name = (found["name"] or "").strip() or _name_of(kind, rest) + ensemble
    return UpscalerSpec(name, kind, rest, tuple(options.items()))


def _name_of(kind: str, rest: str) -> str:
    last = re.split(r"[/\\:]", rest.rstrip("/\\"))[-1]
    path = PurePath(last)
    return (path.stem if path.suffix.lower() in WEIGHTS_SUFFIXES else last) or kind


class Options:
    """The options of one spec, each taken once; what nobody took is an error.

    Parameters
    ----------
    options : sequence of (str, str)
        Names and values.
    owner : str
        Whose they are, for messages: ``onnx``.
    """

    def __init__(self, options: Sequence[tuple[str, str]], owner: str) -> None:
        self._left = dict(options)
        self._known: list[str] = []
        self._owner = owner

    def text(self, name: str, default: str | None = None) -> str | None:
        """Take an option as it stands."""
        self._known.append(name)
        return self._left.pop(name, default)

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> str | None:
        """Take an option that is one of several words."""
        value = self.text(name, default)
        if value is not None and value not in choices:
            raise self.error(name, value, " or ".join(choices))
        return value

    def integer(self, name: str, default: int | None = None, *, minimum: int = 0) -> int | None:
        """Take a whole number."""
        value = self.text(name)
        if value is None:
            return default
        if not re.fullmatch(r"\d{1,9}", value) or int(value) < minimum:
            raise self.error(name, value, f"a whole number from {minimum}")
        return int(value)

    def span(self, name: str, default: tuple[float, float]) -> tuple[float, float]:
        """Take two numbers, the smaller first: ``0:255``."""
        value = self.text(name)
        if value is None:
            return default
        try:
            low, high = (float(part) for part in value.split(":"))
        except ValueError:
            raise self.error(name, value, "two numbers, such as 0:255") from None
        if not -1e9 < low < high < 1e9:
            raise self.error(name, value, "two numbers, the smaller first")
        return low, high

    def remaining(self) -> dict[str, Any]:
        """Take all that is left, each as a Python literal where it is one: numbers, true, false, none, ``6,6,6``."""
        taken = {name: literal(value) for name, value in self._left.items()}
        self._left.clear()
        return taken

    def close(self) -> None:
        """Look that every option was taken.

        Raises
        ------
        ModelError
            Naming the first that was not, and a near one.
        """
        for name in self._left:
            near = difflib.get_close_matches(name, self._known, n=1)
            raise ModelError(
                f"{self._owner} has no such option",
                found=repr(name),
                expected=", ".join(sorted(self._known)) or "none",
                way_out=f"Did you mean {near[0]!r}?" if near else None,
            )

    def error(self, name: str, value: str, expected: str) -> ModelError:
        """Return the error for a value that an option cannot have."""
        return ModelError(f"{self._owner}: {name}= has no such value", found=repr(value), expected=expected)


def literal(text: str) -> Any:
    """Return what a text means as a Python literal, or the text itself."""
    words = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return text
