"""What a study asks for: images, degradation, upscalers, scoring, classification; and its YAML file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.classifiers.classifier import ClassifierDescription
from harness.classifiers.predictions import MODES, Mode
from srmetrics.errors import FileError, UsageError

Place = tuple[str | int, ...]  # where in the document: ("classification", "repeats")

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)
_LONGEST = 1 << 16  # characters; the longest study that ships has a thirtieth of that

_TRY_ONE = "Try one that ships: `srmetrics bench wbc-realesrgan-x4 --smoke --out smoke/`"

SHIPPED = Path(__file__).parent.parent / "studies"
"""The folder of the studies that ship."""


class Images(BaseModel):
    """Which files are images, and what is known of them. Paths are relative to the images' folder."""

    model_config = _STRICT

    pattern: str = ""
    """Which files of the folder, such as ``*.bmp``; all images by default."""
    classes: str = "none"
    """``none``, ``folders`` (the first folder of each path), ``brain-tumour-mat``, or a CSV of labels."""
    class_names: dict[str, str] = Field(default_factory=dict)
    """What labels are called, such as ``"1": neutrophil``."""
    masks: str | None = None
    """A pattern of mask files, a folder of them, or ``auto:otsu``."""
    regions: dict[int, str] = Field(default_factory=dict)
    """Names of the values of label maps."""
    boundary: int | None = Field(default=None, ge=1)
    """Also score a band of so many pixels on both sides of edges."""
    group_by: str | None = None
    """A CSV ``image,group`` or a regular expression with one group, as in ``srmetrics compare``."""
    convert: Literal["none", "minmax8"] = "none"
    """``minmax8``: each image's own smallest and largest value become 0 and 255 of 8 bits."""


class Degradation(BaseModel):
    """How low-resolution images are made."""

    model_config = _STRICT

    recipe: str
    """A recipe's name, or its YAML file."""
    seed: int = Field(default=0, ge=0)


class Scoring(BaseModel):
    """Under which convention outputs are compared with references."""

    model_config = _STRICT

    protocol: str = "native"
    metrics: list[str] = Field(default_factory=lambda: ["psnr", "ssim"], min_length=1)
    masking: str | None = None
    average: Literal["image", "group"] = "image"
    baseline: str | None = None
    """A method that all others are tested against too."""


class Classification(BaseModel):
    """Which classifiers are trained and tested, and how images are divided."""

    model_config = _STRICT

    classifiers: list[str] = Field(min_length=1)
    modes: list[Mode] = Field(default_factory=lambda: list(MODES), min_length=1)
    repeats: int = Field(default=5, ge=1)
    seed: int = Field(default=0, ge=0)
    train: float = 0.8
    validation: float = 0.0
    test: float = 0.2
    sr_train: float | list[str] | None = None
    """What the super-resolution models were trained on: a share to set aside, or images by their keys."""
    deduplicate: bool = False


class Smoke(BaseModel):
    """What ``--smoke`` puts in place of what needs weights or hours."""

    model_config = _STRICT

    upscalers: list[str] | None = None
    classifiers: list[str] | None = None
    channels: Literal[1, 3] = 3
    """Of the images that are generated."""


class Study(BaseModel):
    """A whole study; nothing in it runs a program."""

    model_config = _STRICT

    name: str = ""
    """What tables call the data set; the images' folder by default."""
    about: str = ""
    """What the study asks, and whose it is."""
    images: Images = Field(default_factory=Images)
    degradation: Degradation
    upscalers: list[str] = Field(min_length=1)
    scoring: Scoring = Field(default_factory=Scoring)
    classification: Classification | None = None
    smoke: Smoke = Field(default_factory=Smoke)

    def for_smoke(self) -> Study:
        """Return the study as ``--smoke`` runs it: its stand-ins, two repeats, on images that are generated."""
        changes: dict[str, Any] = {"upscalers": self.smoke.upscalers or self.upscalers}
        if self.classification is not None:
            classifiers = self.smoke.classifiers or self.classification.classifiers
            changes["classification"] = self.classification.model_copy(
                update={"classifiers": classifiers, "repeats": min(2, self.classification.repeats)}
            )
        return self.model_copy(update=changes)


def study_named(name: str) -> Study:
    """Return a study from its YAML file, or one that ships, by its name.

    Raises
    ------
    FileError
        When there is no such file, or it cannot be read.
    UsageError
        When no study of this name ships, naming near ones; when the file is no study, naming line and field.
    """
    path = Path(name)
    shipped = shipped_studies()
    if path.is_dir():
        raise UsageError(
            "a folder is no study",
            expected=f"a YAML file, or one of {', '.join(shipped)}",
            way_out="A folder of images goes with --images DIR",
            file=name,
        )
    if not path.suffix and not path.exists():
        if name in shipped:
            path = shipped[name]
        elif path.name == name:
            raise UsageError(
                "there is no such study",
                found=repr(name),
                expected=f"a YAML file, or one of {', '.join(shipped)}",
                way_out=_did_you_mean(name, shipped) or _TRY_ONE,
            )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(
            "the study cannot be read",
            found=getattr(error, "strerror", None) or error,
            expected=f"a YAML file, or one of {', '.join(shipped)}",
            way_out=None if path.exists() else _did_you_mean(path.stem, shipped) or _TRY_ONE,
            file=name,
        ) from error
    return study_from_yaml(text, str(path))


def _did_you_mean(name: str, shipped: Iterable[str]) -> str | None:
    """Return the near names as a question: those that begin alike, or else that are spelt alike."""
    wanted = name.lower()
    near = [one for one in shipped if wanted and one.startswith(wanted)]
    near = near or difflib.get_close_matches(wanted, shipped, n=2)
    return f"Did you mean {' or '.join(map(repr, near))}?" if near else None


def shipped_studies() -> dict[str, Path]:
    """Return the studies that ship, by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.yaml"))}


def study_from_yaml(text: str, source: str = "study") -> Study:
    """Read a study; everything is checked before anything runs.

    Parameters
    ----------
    text : str
        YAML.
    source : str
        The file's name, for errors.

    Raises
    ------
    UsageError
        When the text is not YAML, or a field is unknown, missing or of another type; it names line and field.
    """
    try:
        if len(text) > _LONGEST:
            raise UsageError("too long to be a study", found=f"{len(text)} characters")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            # A few nested aliases can stand for gigabytes.
            raise UsageError("aliases (*name) are not allowed in a study", way_out="Write the value out")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if not isinstance(root, yaml.MappingNode):
            raise UsageError("a study is a mapping", expected="images, degradation, upscalers, ...")
        lines = _lines(root)
        document = yaml.safe_load(text)
    except UsageError as error:
        raise error.in_file(source) from None
    except RecursionError as error:
        raise UsageError("the study is nested too deeply", file=source) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise UsageError(f"{where}not valid YAML ({problem})", file=source) from error
    return checked_study(document, source, lines)


def checked_study(document: object, source: str | None = None, lines: dict[Place, int] | None = None) -> Study:
    """Return the study that plain values describe.

    Raises
    ------
    UsageError
        For the first value that is wrong; a misspelt field goes before a missing one.
    """
    try:
        return Study.model_validate(document)
    except ValidationError as invalid:
        first = min(invalid.errors(), key=lambda each: each["type"] != "extra_forbidden")
        place: Place = first["loc"]
        dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
        known = lines or {}
        line = next((known[place[:n]] for n in range(len(place), -1, -1) if place[:n] in known), None)
        at = dotted if line is None else f"line {line}, {dotted}"
        if first["type"] == "extra_forbidden":
            known_fields = _fields_at(place[:-1])
            raise UsageError(
                f"{at}: unknown field",
                expected=", ".join(known_fields),
                way_out=_did_you_mean(str(place[-1]), known_fields),
                file=source,
            ) from invalid
        found = None if first["type"] == "missing" else repr(first["input"])
        raise UsageError(f"{at}: {first['msg']}", found=found, file=source) from invalid


def possible_modes(classifier: ClassifierDescription, modes: list[Mode]) -> tuple[Mode, ...]:
    """Return the modes that a classifier can be asked in: one that came trained has only ``frozen``."""
    return tuple(mode for mode in modes if mode == "frozen" or classifier.trainable)


def _fields_at(place: Place) -> list[str]:
    model: type[BaseModel] = Study
    inner: dict[str, type[BaseModel]] = {
        "images": Images,
        "degradation": Degradation,
        "scoring": Scoring,
        "classification": Classification,
        "smoke": Smoke,
    }
    for part in place:
        model = inner.get(str(part), model)
    return list(model.model_fields)


def _lines(node: yaml.Node, place: Place = ()) -> dict[Place, int]:
    lines = {place: node.start_mark.line + 1}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise UsageError(f"line {key.start_mark.line + 1}: a field's name is one word")
            inner = (*place, key.value)
            if inner in lines:
                raise UsageError(f"line {key.start_mark.line + 1}: {key.value} stands here a second time")
            lines |= _lines(value, inner)
            lines[inner] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            lines |= _lines(value, (*place, number))
    return lines
