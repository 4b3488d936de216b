"""The options behind a classifier's ``?``: read one by one, none misspelt, none left over."""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from typing import Any

from harness.models.spec import literal
from srmetrics.errors import ClassifierError


class Options:
    """The ``key=value`` pairs of one spec; an adapter takes each that it knows and closes the rest.

    Parameters
    ----------
    values : mapping of str to str
    spec : str
        Named in errors.
    """

    def __init__(self, values: Mapping[str, str], spec: str) -> None:
        self._values = dict(values)
        self._known: list[str] = []
        self._spec = spec

    def text(self, key: str, default: str | None = None) -> str | None:
        """Take an option as it is."""
        self._known.append(key)
        return self._values.pop(key, default)

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        """Take one of several words; the first is the default."""
        value = self.text(key, choices[0])
        if value not in choices:
            raise self._wrong(key, value, "one of " + ", ".join(choices))
        return str(value)

    def whole(self, key: str, default: int, *, least: int = 1) -> int:
        """Take a whole number from `least` up."""
        value = self.text(key)
        if value is None:
            return default
        try:
            number = int(value)
        except ValueError:
            number = least - 1
        if number < least:
            raise self._wrong(key, value, f"a whole number from {least} up")
        return number

    def number(self, key: str, default: float) -> float:
        """Take a finite number, 0 or more."""
        value = self.text(key)
        if value is None:
            return default
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and number >= 0):
            raise self._wrong(key, value, "a number, 0 or more")
        return number

    def size(self) -> tuple[int, int] | None:
        """Take ``size``: ``96`` for a square, ``HEIGHTxWIDTH`` for a rectangle, ``hr`` (default) for the HR size."""
        value = self.text("size", "hr")
        if value == "hr":
            return None
        try:
            sides = [int(side) for side in str(value).split("x")]
        except ValueError:
            sides = []
        if len(sides) not in (1, 2) or min(sides) < 1:
            raise self._wrong("size", value, "pixels as in 96, or height and width as in 120x96, or hr")
        return sides[0], sides[-1]

    def channels(self, default: str = "keep") -> int | None:
        """Take ``channels``: 1, 3, or ``keep`` for as many as the images have."""
        value = self.text("channels", default)
        if value not in ("keep", "1", "3"):
            raise self._wrong("channels", value, "1, 3 or keep")
        return None if value == "keep" else int(value)

    def rest(self) -> dict[str, Any]:
        """Take all that is left, each as a Python literal where it is one: numbers, true, false, none, words."""
        left, self._values = self._values, {}
        return {key: literal(value) for key, value in left.items()}

    def close(self) -> None:
        """Refuse what was not taken, suggesting the nearest option.

        Raises
        ------
        ClassifierError
        """
        for key in self._values:
            near = difflib.get_close_matches(key, self._known, n=1)
            raise ClassifierError(
                f"the classifier {self._spec!r} has no such option",
                found=repr(key),
                expected="one of " + ", ".join(self._known) if self._known else "no options",
                way_out=f"Did you mean {near[0]!r}?" if near else None,
            )

    def _wrong(self, key: str, value: object, expected: str) -> ClassifierError:
        return ClassifierError(
            f"the option {key!r} of {self._spec!r} cannot be read", found=repr(value), expected=expected
        )
