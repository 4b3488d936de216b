"""Recipes as YAML text: validated whole before anything runs, every refusal with its line."""

from __future__ import annotations

import dataclasses
import difflib
import typing
from collections.abc import Iterable
from functools import cache
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from degradations.recipe import Recipe, plain_step
from degradations.step import Step
from degradations.steps import KINDS
from srmetrics.errors import RecipeError, StepError

Place = tuple[str | int, ...]  # where in the document: ("steps", 2, "sigma")

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


_LONG_TEXT = 80
_LONGEST = 1 << 16  # characters; the longest named recipe has a tenth of that


class _Header(BaseModel):
    """The fields of a recipe file besides its steps."""

    model_config = _STRICT

    name: str
    version: int
    scale: int
    steps: list[Any] = Field(min_length=1)
    citation: str = ""
    text: str = ""


class _Dumper(yaml.SafeDumper):
    """Writes long texts folded over lines, and lists of plain values on one."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        """Write a string."""
        style = ">" if len(text) > _LONG_TEXT and text.isprintable() else None
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    def represent_items(self, items: list[Any]) -> yaml.SequenceNode:
        """Write a list."""
        flow = bool(items) and not any(isinstance(item, dict | list) for item in items)
        return self.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=flow)


_Dumper.add_representer(str, _Dumper.represent_text)
_Dumper.add_representer(list, _Dumper.represent_items)


def recipe_to_yaml(recipe: Recipe) -> str:
    """Write a recipe as the YAML text that :func:`recipe_from_yaml` reads back to an equal recipe."""
    document = {
        "name": recipe.name,
        "version": recipe.version,
        "scale": recipe.scale,
        "citation": recipe.citation,
        "text": recipe.text,
        "steps": [plain_step(step) for step in recipe.steps],
    }
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def recipe_from_yaml(text: str, source: str = "recipe") -> Recipe:
    """Read a recipe that a user wrote.

    Parameters
    ----------
    text : str
        YAML with ``name``, ``version``, ``scale``, ``steps`` (a list of mappings with ``kind`` and that
        kind's fields), and optionally ``citation`` and ``text``.
    source : str
        The file's name, for errors.

    Raises
    ------
    RecipeError
        If the text is not YAML, or a field is unknown, missing, of another type or out of range; the message
        names the field and its line.
    """
    if len(text) > _LONGEST:
        raise RecipeError("too long to be a recipe", found=f"{len(text)} characters", file=source)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            # A few nested aliases can stand for gigabytes.
            raise RecipeError("aliases (*name) are not allowed in a recipe", way_out="Write the value out")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if not isinstance(root, yaml.MappingNode):
            raise RecipeError("a recipe file is a mapping", expected="name, version, scale and steps")
        lines = _lines(root)
        document = yaml.safe_load(text)
    except RecipeError as error:
        raise error.in_file(source) from None
    except RecursionError as error:
        raise RecipeError("the recipe is nested too deeply", file=source) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise RecipeError(f"{where}not valid YAML ({problem})", file=source) from error
    reader = _Reader(source, lines)
    header = reader.validated(_Header, document, ())
    steps = tuple(reader.step(each, ("steps", number)) for number, each in enumerate(header.steps))
    try:
        return Recipe(header.name, header.version, header.scale, steps, header.citation, header.text)
    except RecipeError as error:
        raise error.in_file(source) from None


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    source: str
    lines: dict[Place, int]

    def step(self, plain: Any, place: Place) -> Step:
        if not isinstance(plain, dict) or "kind" not in plain:
            raise self.error("a step is a mapping with a kind", place, found=repr(plain))
        kind, fields = plain["kind"], {name: each for name, each in plain.items() if name != "kind"}
        if not isinstance(kind, str) or kind not in KINDS:
            raise self.error("unknown kind of step", (*place, "kind"), repr(kind), ", ".join(KINDS), _near(kind, KINDS))
        cls = KINDS[kind]
        for name, nested in _nested_fields(cls).items():
            if name in fields and nested == "one":
                fields[name] = self.step(fields[name], (*place, name))
            elif name in fields and isinstance(fields[name], list):
                fields[name] = tuple(
                    self.step(each, (*place, name, number)) for number, each in enumerate(fields[name])
                )
        checked = self.validated(_model(cls), fields, place)
        try:
            return cls(**{name: getattr(checked, name) for name in type(checked).model_fields})
        except StepError as error:
            raise self.error(error.what, place, error.found, error.expected) from error

    def validated(self, model: type[Any], plain: Any, place: Place) -> Any:
        try:
            return model.model_validate(plain)
        except ValidationError as invalid:
            # A misspelt field is both unknown and missing: the unknown one is what the user looks for.
            first = min(invalid.errors(), key=lambda each: each["type"] != "extra_forbidden")
            if first["type"] == "extra_forbidden":
                known, near = model.model_fields, _near(first["loc"][-1], model.model_fields)
                raise self.error("unknown field", (*place, *first["loc"]), None, ", ".join(known), near) from invalid
            found = None if first["type"] == "missing" else repr(first["input"])
            raise self.error(first["msg"], (*place, *first["loc"]), found) from invalid

    def error(
        self, what: str, place: Place, found: object = None, expected: str | None = None, way_out: str | None = None
    ) -> RecipeError:
        line = next((self.lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in self.lines), 1)
        dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
        at = f"line {line}, {dotted}" if dotted else f"line {line}"
        return RecipeError(f"{at}: {what}", found=found, expected=expected, way_out=way_out, file=self.source)


def _near(word: object, known: Iterable[str]) -> str | None:
    near = difflib.get_close_matches(str(word).lower(), known, n=1)
    return f"Did you mean {near[0]!r}?" if near else None


@cache
def _nested_fields(cls: type[Step]) -> dict[str, str]:
    """Say which fields of a step hold other steps: ``one``, or ``several`` in a tuple."""
    hints = typing.get_type_hints(cls)
    several = tuple[Step, ...]
    return {name: "one" if hint is Step else "several" for name, hint in hints.items() if hint in (Step, several)}


@cache
def _model(cls: type[Step]) -> type[BaseModel]:
    hints = typing.get_type_hints(cls)
    nested = _nested_fields(cls)
    fields: dict[str, Any] = {}
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]  # steps are dataclasses
        default = ... if field.default is dataclasses.MISSING else field.default
        hint = Any if field.name in nested else _lists_for_tuples(hints[field.name])
        fields[field.name] = (hint, default)
    return create_model(cls.__name__, __config__=_STRICT, **fields)


def _lists_for_tuples(hint: Any) -> Any:
    """Let YAML's lists stand for tuples, which strict validation would refuse."""
    if typing.get_origin(hint) is tuple:
        return typing.Annotated[hint, Field(strict=False)]
    arguments = typing.get_args(hint)
    if arguments and typing.get_origin(hint) is not typing.Literal:
        joined = _lists_for_tuples(arguments[0])
        for each in arguments[1:]:
            joined = joined | _lists_for_tuples(each)
        return joined
    return hint


def _lines(node: yaml.Node, place: Place = ()) -> dict[Place, int]:
    lines = {place: node.start_mark.line + 1}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise RecipeError(f"line {key.start_mark.line + 1}: a field's name is one word")
            inner = (*place, key.value)
            if inner in lines:
                raise RecipeError(f"line {key.start_mark.line + 1}: {key.value} stands here a second time")
            lines |= _lines(value, inner)
            lines[inner] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines |= _lines(value, (*place, number))
    return lines
