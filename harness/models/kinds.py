"""Every kind of upscaler, and how a spec becomes one; adapters are imported when they are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TypeAlias

from harness.images import ImageSet, PairRule
from harness.models.meant import meant
from harness.models.self_ensemble import SelfEnsemble
from harness.models.spec import Options, UpscalerSpec, parse_spec
from harness.models.tiling import TiledUpscaler
from harness.models.upscaler import NO_FACTS, Image, ImageFacts, Upscaler, UpscalerDescription
from srmetrics.errors import ModelError, SrmetricsError, UsageError

GROUP = "srmetrics.upscalers"
"""The entry points by which an installed package adds kinds: ``kind = "module:load"``."""


@dataclass(frozen=True, slots=True)
class LoadSettings:
    """What a run says about all of its upscalers."""

    scale: int | None = None
    """Output over input size; baselines are made for it, others must agree with it."""
    device: str = "cpu"
    """Where torch networks run, unless their spec says ``device=``."""
    allow_code: bool = False
    """Whether specs may name programs: ``python:`` and ``torchscript:``."""
    references: ImageSet | None = None
    """The references, which folders of outputs are paired with."""
    pair_rule: PairRule | None = None
    """How to pair them, where names alone do not say it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a kind's ``load`` function gets."""

    spec: UpscalerSpec
    """The parsed spec."""
    options: Options
    """Its options without those that all kinds share; ``load`` takes its own and closes them."""
    settings: LoadSettings
    """What the run says."""
    overlap: int | None = None
    """The option ``overlap=``, for kinds that make tiles themselves."""


Load: TypeAlias = Callable[[Request], Upscaler]


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of `KINDS`."""

    name: str
    """What stands before the colon."""
    load: str
    """``module:function``, of type `Load`."""
    needs_code: bool = False
    """Whether it runs a program that the user named."""
    for_tests: bool = False
    """Whether it is only for tests: it works, and is offered to nobody."""


def _by_name(*kinds: Kind) -> dict[str, Kind]:
    table: dict[str, Kind] = {}
    for each in kinds:
        if each.name in table:
            raise ValueError(f"two kinds of upscaler are called {each.name!r}")
        table[each.name] = each
    return table


KINDS = _by_name(
    Kind("nearest", "harness.models.from_baseline:load"),
    Kind("bilinear", "harness.models.from_baseline:load"),
    Kind("bicubic", "harness.models.from_baseline:load"),
    Kind("lanczos", "harness.models.from_baseline:load"),
    Kind("dir", "harness.models.from_folder:load"),
    Kind("spandrel", "harness.models.from_spandrel:load"),
    Kind("basicsr", "harness.models.from_basicsr:load"),
    Kind("onnx", "harness.models.from_onnx:load"),
    Kind("torchscript", "harness.models.from_torchscript:load", needs_code=True),
    Kind("python", "harness.models.from_python:load", needs_code=True),
    Kind("fake", "harness.models.fake:load", for_tests=True),
)
"""The kinds by name: a new one is one file, one test and one line here."""


class DescribedUpscaler:
    """An upscaler under another description: with the name and the origin that a user gave it.

    Parameters
    ----------
    upscaler : Upscaler
        What computes.
    description : UpscalerDescription
        What is said of it.
    """

    def __init__(self, upscaler: Upscaler, description: UpscalerDescription) -> None:
        self._upscaler = upscaler
        self._description = description

    @property
    def description(self) -> UpscalerDescription:
        """What was given."""
        return self._description

    def upscale(self, image: Image, facts: ImageFacts = NO_FACTS) -> Image:
        """Upscale one image, as `Upscaler.upscale` says."""
        return self._upscaler.upscale(image, facts)


def load_upscaler(spec: str | UpscalerSpec, settings: LoadSettings = LoadSettings()) -> Upscaler:
    """Make the upscaler that a spec names.

    Parameters
    ----------
    spec : str or UpscalerSpec
        Such as ``bicubic``, ``esr=spandrel:weights.pth?tile=256`` or ``onnx:model.onnx?self_ensemble=x8``. Every kind
        has the options ``tile``, ``overlap``, ``self_ensemble`` and ``trained_on`` besides its own.
    settings : LoadSettings
        What the run says about all of its upscalers.

    Raises
    ------
    ModelError
        When there is no such kind or option, or the upscaler does not fit the run.
    WeightsError, DependencyError
        When its weights or a package are absent or unfit.
    UsageError
        When it is a program and programs are not allowed.

    Examples
    --------
    >>> import numpy as np
    >>> nearest = load_upscaler("nearest", LoadSettings(scale=2))
    >>> nearest.upscale(np.array([[1, 2]], np.uint8))
    array([[1., 1., 2., 2.],
           [1., 1., 2., 2.]])
    """
    parsed = parse_spec(spec) if isinstance(spec, str) else spec
    kind = KINDS.get(parsed.kind)
    if kind is not None and kind.needs_code and not settings.allow_code:
        raise UsageError(
            f"{parsed.kind}: upscalers are programs, and this run may not run any that a spec names",
            found=str(parsed),
            way_out="If you trust it, add --allow-code (allow_code=True)",
        )
    load: Load = _loader(kind.load) if kind is not None else _plug_in(parsed)
    options = Options(parsed.options, parsed.kind)
    tile, overlap = options.integer("tile", minimum=1), options.integer("overlap")
    ensemble = options.choice("self_ensemble", ("x8",))
    trained_on = options.text("trained_on")
    upscaler = load(Request(parsed, options, settings, overlap))
    options.close()
    described = checked_description(upscaler, parsed.name, settings.scale)
    if tile is not None:
        upscaler = TiledUpscaler(upscaler, tile, overlap)
    elif overlap is not None and described.size.fixed is None:
        raise ModelError("overlap= goes with tile=", found=str(parsed), way_out="Add tile=256, or leave overlap= out")
    if ensemble is not None:
        upscaler = SelfEnsemble(upscaler)
    needs_code = described.needs_code or (kind is not None and kind.needs_code)
    named = replace(
        upscaler.description,
        name=parsed.name,
        spec=str(parsed),
        trained_on=described.trained_on if trained_on is None else trained_on,
        needs_code=needs_code,
    )
    return DescribedUpscaler(upscaler, named)


def checked_description(upscaler: object, name: str, scale: int | None = None) -> UpscalerDescription:
    """Return what an object says of itself, if it is an upscaler, and one for a run at this scale.

    Raises
    ------
    ModelError
        When it is not.
    """
    if not isinstance(upscaler, Upscaler) or not isinstance(upscaler.description, UpscalerDescription):
        raise ModelError(
            f"{name!r} is no upscaler",
            found=type(upscaler).__name__,
            expected="an object with description, an UpscalerDescription, and upscale(image, facts)",
        )
    described = upscaler.description
    if None not in (described.scale, scale) and described.scale != scale:
        raise ModelError(
            f"{name!r} makes images {described.scale} times larger, and this run needs {scale}",
            way_out=f"Take weights for x{scale}, or run at scale {described.scale}",
        )
    return described


def _loader(place: str) -> Load:
    module, _, name = place.partition(":")
    load: Load = getattr(import_module(module), name)
    return load


def _plug_in(spec: UpscalerSpec) -> Load:
    """Import the kind that an installed package adds; only that one."""
    kind = spec.kind
    offered = entry_points(group=GROUP)
    found = [each for each in offered if each.name == kind]
    if len(found) > 1:
        raise ModelError(
            f"several installed packages add the kind {kind!r}",
            found=", ".join(sorted(_package_of(each) for each in found)),
            way_out="Uninstall all but one of them",
        )
    if not found:
        names = sorted({*(each.name for each in KINDS.values() if not each.for_tests), *(one.name for one in offered)})
        raise ModelError(
            "there is no such kind of upscaler",
            found=repr(kind),
            expected=", ".join(names),
            way_out=meant(spec.kind, spec.rest, names),
        )
    try:
        load: Load = found[0].load()
    except SrmetricsError:
        raise
    except Exception as error:
        raise ModelError(
            f"the package {_package_of(found[0])} adds the kind {kind!r}, but it cannot be imported",
            found=f"{type(error).__name__}: {error}",
        ) from error
    return load


def _package_of(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value
