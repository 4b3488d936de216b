"""What a bench looks at before anything runs: every name, every weight, every image once, and the splits."""

from __future__ import annotations

import hashlib
import os
import platform
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from degradations import Recipe
from harness.classifiers.plan import Plan, PlanOptions, plan_classification
from harness.classifiers.predictions import Mode
from harness.classifiers.spec import Permissions
from harness.classifiers.spec import parse_spec as parse_classifier
from harness.classifiers.splits import SR_TRAIN, Fractions
from harness.engine.dask_workers import Needs
from harness.engine.on_threads import run_on_threads
from harness.images import ImageFile
from harness.jobs.arms import HR, LR, References, reference_of
from harness.jobs.bench_models import Classifiers, Upscalers, descriptions_of_objects, refuse_what_cannot_travel
from harness.jobs.bench_options import Allowances, BenchOptions
from harness.jobs.compare_options import CompareOptions
from harness.jobs.layouts import BenchImage, DataSet, labelled, read_layout
from harness.jobs.load_recipe import load_recipe
from harness.jobs.scoring_task import digest_of
from harness.jobs.smoke import smoke_images
from harness.jobs.study import Classification, Study, possible_modes
from harness.jobs.trained_on import refuse_known_images
from harness.models import LoadSettings, UpscalerDescription
from harness.models import parse_spec as parse_upscaler
from srmetrics.errors import FileError, SrmetricsError, UsageError
from srmetrics.version import VERSION


@dataclass(frozen=True)
class Prepared:
    """A study that can run."""

    study: Study
    data: DataSet
    folder: str
    """Where its images lie: a folder or a pattern."""
    dataset: str
    recipe: Recipe
    scoring: CompareOptions
    upscalers: Upscalers
    described: Mapping[str, UpscalerDescription]
    classifiers: Classifiers
    modes: Mapping[str, tuple[Mode, ...]]
    preprocessing: Mapping[str, str]
    """Classifier to what it does with an image before it sees it."""
    references: References
    """The images that can be read."""
    channels: int
    """Of most references."""
    plan: Plan | None
    notes: tuple[str, ...]
    fingerprint: Mapping[str, object]
    """All that the results hang on."""

    @property
    def methods(self) -> tuple[str, ...]:
        """The upscalers' names, in the order of tables."""
        return tuple(self.upscalers.specs)


def prepare(study: Study, options: BenchOptions) -> Prepared:
    """Look at everything that a run needs, and at what forbids it.

    Raises
    ------
    UsageError, ModelError, WeightsError, DependencyError, ClassifierError, RecipeError
        When a name, a weight or a package is absent or unfit.
    LeakageError, SplitError
        When the images cannot be divided as asked.
    """
    if options.smoke:
        study = study.for_smoke()
    if not re.fullmatch(r"cpu|cuda(:\d+)?", options.device):
        # Only networks look at it, and a baseline would run on: the run's record would name what is no device.
        raise UsageError("there is no such device", found=repr(options.device), expected="cpu, cuda or cuda:N")
    recipe = load_recipe(study.degradation.recipe)
    scoring = scoring_options(study, recipe.scale)
    specs = _upscaler_specs(study.upscalers)
    classifiers, modes, preprocessing = _classifiers(study.classification, options)
    if scoring.baseline is not None and scoring.baseline not in specs:
        raise UsageError(
            "the baseline is not one of the methods", found=repr(scoring.baseline), expected=", ".join(specs)
        )
    if options.smoke:
        folder = str(smoke_images(Path(options.out).absolute() / "smoke", study))
    elif options.images is not None:
        folder = os.path.abspath(options.images)  # noqa: PTH100 - of a pattern, too
    else:
        raise UsageError("no images were named", way_out="Give their folder: --images DIR, or try --smoke")
    data = read_layout(folder, study.images)
    settings = LoadSettings(recipe.scale, options.device, options.allow_code, data.files)
    upscalers = Upscalers(specs, settings, options.given.upscalers)
    refuse_what_cannot_travel(upscalers, classifiers, options.workers, options.dask)
    described = {name: upscalers.load(name).description for name in specs}
    readable, digests = _read_all(data, recipe.scale, study.images.convert)
    references = References(readable, recipe.scale, study.images.convert)
    plan = None
    if study.classification is not None:
        plan = plan_classification(
            references,
            labelled(list(readable.values())),
            {key: image.group for key, image in readable.items()},
            plan_options(study.classification, options.allowances),
        )
    known = refuse_known_images(described, references, _set_aside(plan), allow_leakage=options.allow_leakage)
    return Prepared(
        study=study,
        data=data,
        folder=folder,
        dataset=study.name or data.name,
        recipe=recipe,
        scoring=scoring,
        upscalers=upscalers,
        described=described,
        classifiers=classifiers,
        modes=modes,
        preprocessing=preprocessing,
        references=references,
        channels=Counter(digest[2] for digest in digests.values()).most_common(1)[0][0],
        plan=plan,
        notes=(*_notes(study, options, described, preprocessing, data), *known),
        fingerprint={
            "command": {
                "job": "bench",
                "study": study.model_dump(mode="json"),
                **options.results_depend_on(),
                "recipe": recipe.digest,
                **descriptions_of_objects(upscalers, classifiers),
            },
            "inputs": {
                image.key: [
                    digests.get(image.key, ("unreadable", "", 0))[0],
                    _mask_digest(image),
                    image.group,
                    image.label,
                ]
                for image in data.images
            },
            "weights": {name: one.digest for name, one in described.items()},
            "versions": versions(),
        },
    )


def plan_options(asked: Classification, allowed: Allowances) -> PlanOptions:
    """Return how images are divided.

    Raises
    ------
    SplitError
        When the parts do not make a whole.
    """
    return PlanOptions(
        repeats=asked.repeats,
        seed=asked.seed,
        fractions=Fractions(asked.train, asked.validation, asked.test),
        sr_train=frozenset(asked.sr_train) if isinstance(asked.sr_train, list) else asked.sr_train,
        deduplicate=allowed.deduplicate or asked.deduplicate,
        allow_leakage=allowed.leakage,
        strict=allowed.strict,
    )


def versions() -> dict[str, str | None]:
    """Return the versions of all that results depend on; None for what is not installed."""
    return {"python": platform.python_version(), "srmetrics": VERSION, **Needs.of_here(()).versions}


def scoring_options(study: Study, scale: int) -> CompareOptions:
    """Return a study's scoring as options of a comparison."""
    images, scoring = study.images, study.scoring
    return CompareOptions(
        protocol=scoring.protocol,
        scale=scale,
        metrics=tuple(scoring.metrics),
        masks=images.masks,
        masking=scoring.masking,
        labels=images.regions or None,
        boundary=images.boundary,
        average=scoring.average,
        baseline=scoring.baseline,
        seed=0 if study.classification is None else study.classification.seed,
    )


def _upscaler_specs(texts: list[str]) -> dict[str, str]:
    specs: dict[str, str] = {}
    for text in texts:
        parsed = parse_upscaler(text)
        if parsed.name in (HR, LR) or "/" in parsed.name or parsed.name.startswith("."):
            raise UsageError(
                "an upscaler cannot have this name",
                found=repr(parsed.name),
                expected=f"another than {HR} and {LR}, without / in it or a dot before it",
                way_out=f"Name it: NAME={parsed}",
            )
        if parsed.name in specs:
            raise UsageError("two upscalers have one name", found=repr(parsed.name), way_out="Name them: a=... b=...")
        specs[parsed.name] = f"{parsed.name}={parsed}"
    return specs


def _classifiers(
    asked: Classification | None, options: BenchOptions
) -> tuple[Classifiers, dict[str, tuple[Mode, ...]], dict[str, str]]:
    specs: dict[str, str] = {}
    found = Classifiers(specs, Permissions(options.device, options.allow_download, options.allow_code),
                        options.given.classifiers)  # fmt: skip
    modes: dict[str, tuple[Mode, ...]] = {}
    preprocessing: dict[str, str] = {}
    for text in [] if asked is None else asked.classifiers:
        name = parse_classifier(text)[0]
        if name in specs or "/" in name:
            raise UsageError("two classifiers have one name" if name in specs else "a classifier cannot have this name",
                             found=repr(name), way_out="Name them: a=... b=...")  # fmt: skip
        specs[name] = text
        described = found.build(name).description
        assert asked is not None  # there was a text
        preprocessing[name] = described.preprocessing
        modes[name] = possible_modes(described, asked.modes)
        if not modes[name]:
            raise UsageError(f"the classifier {name!r} came trained", expected="the mode frozen", found="retrain only")
    return found, modes, preprocessing


def _read_all(data: DataSet, scale: int, convert: str) -> tuple[dict[str, BenchImage], dict[str, tuple[str, str, int]]]:
    """Read every image once: which can be read, and its digest, type and channels."""

    def look(image: BenchImage) -> tuple[BenchImage, tuple[str, str, int] | None]:
        try:
            pixels = reference_of(image, scale, convert)
        except SrmetricsError:
            return image, None  # Its tasks say why.
        digest = digest_of("reference", image.key, pixels)
        return image, (digest.sha256, digest.dtype, 1 if pixels.ndim == 2 else pixels.shape[2])

    found = {image.key: (image, seen) for image, seen in run_on_threads(look, data.images, 1)}
    readable = {key: image for key, (image, seen) in found.items() if seen is not None}
    if not readable:
        first = data.images[0]
        reference_of(first, scale, convert)  # raises what is wrong with it
        raise FileError("no image can be read", file=first.file.path)
    return readable, {key: seen for key, (_, seen) in found.items() if seen is not None}


def _set_aside(plan: Plan | None) -> frozenset[str]:
    """Return the images that no classifier sees in any repeat, since the upscalers may have."""
    return frozenset() if plan is None else frozenset(plan.splits[0].parts.get(SR_TRAIN, ()))


def _mask_digest(image: BenchImage) -> str:
    if not isinstance(image.mask, ImageFile):
        return image.mask or ""
    try:
        return hashlib.sha256(image.mask.path.read_bytes()).hexdigest()
    except OSError:
        return "unreadable"


def _notes(
    study: Study,
    options: BenchOptions,
    described: Mapping[str, UpscalerDescription],
    preprocessing: Mapping[str, str],
    data: DataSet,
) -> tuple[str, ...]:
    notes = []
    if options.smoke:
        notes.append("a smoke run: a few generated images and stand-ins; its numbers mean nothing")
    else:
        there = {image.label for image in data.images}
        unused = [label for label, name in study.images.class_names.items() if name not in there]
        if unused:
            notes.append(f"class names are given for labels that no image has: {', '.join(unused)}")
    if data.files.ignored:
        notes.append(f"{len(data.files.ignored)} files that are no images were passed over")
    unknown = [name for name, one in described.items() if one.trained_on == "unknown"]
    if unknown:
        notes.append(f"what these were trained on is unknown: {', '.join(unknown)} (state it: ?trained_on=DIR)")
    notes += [f"the classifier {name} sees every arm, lr too, {words}" for name, words in preprocessing.items()]
    if study.images.convert != "none":
        notes.append(f"images were converted ({study.images.convert}) before anything else")
    return tuple(notes)
