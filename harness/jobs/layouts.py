"""How a data set lies on disk: which file is an image, and what its class, group and mask are."""

from __future__ import annotations

import csv
import difflib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.engine.row import Failure
from harness.images import ImageFile, ImageSet, find_images, pair
from harness.jobs.brain_tumour_mat import read_class_and_patient
from harness.jobs.compare_options import AUTO_OTSU
from harness.jobs.grouping import groups_of
from harness.jobs.masks import holds_label_map
from harness.jobs.study import Images
from srmetrics.errors import FileError, PairingError, SrmetricsError, UsageError

BRAIN_TUMOUR = "brain-tumour-mat"
"""Files of the brain-tumour set of Cheng (2017), each with image, class, patient and mask in ``cjdata``."""

_CLASSES = ("folders", BRAIN_TUMOUR, "none")
"""What ``classes`` may be beside a CSV."""
_EXPECTED = {
    "folders": "one folder of images for each class below the images' folder, such as DIR/benign/a.png",
    BRAIN_TUMOUR: "files with cjdata.label",
}
_WAYS_OUT = {
    "folders": "Name the folder that holds the classes' folders, or a CSV of labels: --classes labels.csv",
    BRAIN_TUMOUR: "Take --classes folders, or a CSV of labels: --classes labels.csv",
}
_FIX_CSV = "Its column image names each file as its path below the images' folder, with or without the suffix"


@dataclass(frozen=True, slots=True)
class BenchImage:
    """One image of a data set."""

    key: str
    """Its path below the images' folder without suffix; with ``#0000`` for a page."""
    file: ImageFile
    page: int
    group: str
    """What it is not independent within; empty where it stands for itself."""
    mask: ImageFile | str | None
    label: str
    """Its class; empty where there are none."""

    @property
    def name(self) -> str:
        """The name of files that are made of it."""
        return ImageFile(self.file.path, self.key).name_for_output


@dataclass(frozen=True, slots=True)
class DataSet:
    """The images of a study."""

    name: str
    files: ImageSet
    images: tuple[BenchImage, ...]
    """In the order of their keys."""
    failures: tuple[Failure, ...]
    """Images left out: without mask, class or group."""
    label_maps: bool | None
    """Whether the mask files are label maps; None where their labels are named or there are none."""
    mask_root: Path | None = None
    """The folder that the mask files' names are relative to."""


def read_layout(folder: str, asked: Images) -> DataSet:
    """Find a study's images with their classes, groups and masks.

    Parameters
    ----------
    folder : str
        The images' folder, or a pattern such as ``DIR/*.bmp``.
    asked : Images
        How they lie.

    Raises
    ------
    SrmetricsError
        When there are none, or labels, groups or masks cannot be read at all.
    """
    found = _images(folder, asked.pattern)
    failures: list[Failure] = []
    labels, groups = _labels(found, asked, failures)
    groups = groups or _groups(found, asked)
    masks, mask_root = _masks(found, asked, failures)
    images = []
    for file in found.files:
        if asked.classes != "none" and file.key not in labels:
            continue
        if masks is not None and file.key not in masks:
            continue
        try:
            pages = file.pages()
        except SrmetricsError as error:
            error.in_file(file.path)
            failures.append(Failure(file.key, "", "unreadable", str(file.path), str(error)))
            continue
        for key, page in pages:
            # The slices of a volume are not independent.
            group = groups[file.key] or (file.key if len(pages) > 1 else "")
            mask = masks[file.key] if masks is not None else (AUTO_OTSU if asked.masks == AUTO_OTSU else None)
            images.append(BenchImage(key, file, page, group, mask, labels.get(file.key, "")))
    if not images:
        raise PairingError("no image is left", found="; ".join(one.reason for one in failures[:3]), file=folder)
    return DataSet(found.name, found, tuple(images), tuple(failures), _label_maps(asked, masks), mask_root)


def _images(folder: str, pattern: str) -> ImageSet:
    if not pattern:
        return find_images(folder)
    try:
        return find_images(Path(folder) / pattern)
    except FileError as error:
        if not Path(folder).is_dir():
            find_images(folder)  # raises what is wrong with the folder itself
            raise
        raise FileError(
            f"no image {pattern} is here, and the study asks for those",
            way_out="Name their folder (--images DIR), or write another images.pattern into a copy of the study",
            file=folder,
        ) from error


def _labels(found: ImageSet, asked: Images, failures: list[Failure]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the class of every image that has one, and the groups where the layout knows them."""
    groups: dict[str, str] = {}
    labels: dict[str, str] = {}
    if asked.classes == "none":
        return labels, groups
    if asked.classes not in ("folders", BRAIN_TUMOUR) and not (
        asked.classes.lower().endswith(".csv") or _beside(found, asked.classes).is_file()
    ):
        near = difflib.get_close_matches(asked.classes.lower(), _CLASSES, n=1)
        raise UsageError(
            "this does not say where classes are",
            found=repr(asked.classes),
            expected=f"{', '.join(_CLASSES)}, or a CSV of labels",
            way_out=f"Did you mean {near[0]!r}?" if near else None,
        )
    if asked.classes == BRAIN_TUMOUR:
        patients = {}
        for file in found.files:
            try:
                labels[file.key], patients[file.key] = read_class_and_patient(file.path)
            except SrmetricsError as error:
                error.in_file(file.path)
                failures.append(Failure(file.key, "", "unreadable", str(file.path), str(error)))
        # Numbers in place of what the files call patients: nothing of it enters outputs.
        number = {name: f"patient {at:04d}" for at, name in enumerate(sorted(set(patients.values())))}
        groups = {file.key: number[patients[file.key]] for file in found.files if file.key in patients}
        groups = {file.key: groups.get(file.key, "") for file in found.files}
    elif asked.classes == "folders":
        for file in found.files:
            if "/" not in file.key:
                reason = f"{file.path}: it lies in no folder, and folders are the classes"
                failures.append(Failure(file.key, "", "unclear", str(file.path), reason))
            else:
                labels[file.key] = file.key.partition("/")[0]
    else:
        table = read_labels(_beside(found, asked.classes))
        for file in found.files:
            label = _label_of(file, table)
            if label is None:
                reason = f"{file.path}: {asked.classes} has no label for it"
                failures.append(Failure(file.key, "", "missing", str(file.path), reason))
            else:
                labels[file.key] = label
    if not labels:
        raise PairingError(
            "no image has a class",
            found=failures[0].reason if failures else "no image",
            expected=_EXPECTED.get(asked.classes, f"images that {asked.classes} names"),
            way_out=_WAYS_OUT.get(asked.classes, _FIX_CSV),
        )
    return {key: asked.class_names.get(label, label) for key, label in labels.items()}, groups


def read_labels(path: Path) -> dict[str, str]:
    """Read a CSV of labels: the columns ``image`` and ``label``, or the only two columns that there are.

    Raises
    ------
    FileError
        When it has other columns, or an image has two labels.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = [name.strip() for name in next(reader, [])]
            if {"image", "label"} <= set(header):
                columns = header.index("image"), header.index("label")
            elif len(header) == 2:
                columns = 0, 1
            else:
                raise FileError("the CSV of labels has other columns", found=header, expected="image,label", file=path)
            labels: dict[str, str] = {}
            for row in reader:
                if len(row) <= max(columns):
                    continue
                image, label = row[columns[0]].strip().replace("\\", "/"), row[columns[1]].strip()
                if image and labels.setdefault(image, label) != label:
                    raise FileError(
                        "an image has two labels", found=f"{image!r}: {labels[image]!r}, {label!r}", file=path
                    )
            return labels
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileError(
            "the CSV of labels cannot be read",
            found=getattr(error, "strerror", None) or error,
            expected="a CSV with the columns image and label",
            way_out="Name one that is there (--classes labels.csv), or take folders for classes (--classes folders)",
            file=path,
        ) from error


def _label_of(file: ImageFile, table: Mapping[str, str]) -> str | None:
    suffix = file.path.suffix
    names = [file.key, file.key + suffix, file.stem, file.stem + suffix]
    if file.stem.isdecimal():
        names.append(str(int(file.stem)))  # 7 stands for 007.bmp
    return next((table[name] for name in names if table.get(name)), None)


def _groups(found: ImageSet, asked: Images) -> dict[str, str]:
    group_by = asked.group_by
    if group_by is not None and group_by.lower().endswith(".csv"):
        group_by = str(_beside(found, group_by))
    return groups_of([file.key for file in found.files], group_by)


def _masks(found: ImageSet, asked: Images, failures: list[Failure]) -> tuple[dict[str, ImageFile] | None, Path | None]:
    """Return the mask file of every image, and the folder that their names are relative to."""
    if asked.masks is None or asked.masks == AUTO_OTSU:
        return None, None
    if asked.classes == BRAIN_TUMOUR and asked.masks.startswith("::"):
        return {file.key: replace(file, field=asked.masks[2:]) for file in found.files}, found.root
    images = find_images(_beside(found, asked.masks))
    paired = pair(found, {"masks": images})
    for key in paired.missing["masks"]:
        failures.append(Failure(key, "", "missing", asked.masks, f"{asked.masks}: no mask for {key!r} is there"))
    for one in paired.failures:
        failures.append(Failure(one.key, "", "unclear", "", str(one.error)))
    masks = dict(paired.candidates["masks"])
    if not masks:
        raise PairingError("no image has a mask", found=asked.masks, expected="masks named like the images")
    return masks, images.root


def _label_maps(asked: Images, masks: Mapping[str, ImageFile] | None) -> bool | None:
    if masks is None or asked.regions:
        return None
    # One mask with several labels makes label maps of all: a region must mean the same in every image.
    return any(_several(mask) for mask in masks.values())


def _several(mask: ImageFile) -> bool:
    try:
        return holds_label_map(mask)
    except SrmetricsError:
        return False  # It fails where it is scored, with its name.


def _beside(found: ImageSet, name: str) -> Path:
    """Return a path that a study gives, relative to the images' folder."""
    return Path(os.path.normpath(found.root / name))


def labelled(images: Sequence[BenchImage]) -> dict[str, str]:
    """Return the class of each image.

    Raises
    ------
    UsageError
        When they have none.
    """
    if not any(image.label for image in images):
        raise UsageError(
            "classifiers need classes, and these images have none",
            way_out="Say where they are: --classes folders, or --classes labels.csv",
        )
    return {image.key: image.label for image in images}
