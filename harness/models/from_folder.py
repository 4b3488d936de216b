"""``dir:outputs/``: what a method made elsewhere, read from a folder and paired with the references by name."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.images import ImageFile, ImageSet, PairRule, find_images, pair
from harness.models.kinds import Request
from harness.models.upscaler import NO_FACTS, Image, ImageFacts, UpscalerDescription
from srmetrics.errors import FileError, ModelError, PairingError, RangeError

_PAGE = re.compile(r"(?P<key>.+)#(?P<page>\d{4,})", re.S)


class FolderOfOutputs:
    """Returns the file that belongs to a reference; the low-resolution image is not looked at.

    Parameters
    ----------
    location : str or path
        The folder, or a pattern such as ``outputs/*_x4.png``.
    references : ImageSet
        The references, whose keys `upscale` is asked for.
    rule : PairRule, optional
        How to pair, where names alone do not say it.
    name : str
        What tables call it; its own words in the files' names are looked through.

    Raises
    ------
    FileError, PairingError
        When no image is there, or the names can be read in two ways.
    """

    def __init__(
        self, location: str | Path, references: ImageSet, rule: PairRule | None = None, name: str = ""
    ) -> None:
        outputs = find_images(location)
        name = name or outputs.name
        self.pairing = pair(references, {name: outputs}, rule)
        self._files: dict[str, ImageFile] = dict(self.pairing.candidates[name])
        if not self._files:
            raise PairingError(
                "none of these files belongs to a reference",
                found=f"{outputs.files[0].key}, among {len(outputs.files)}",
                expected=f"names like {references.files[0].key}",
                file=outputs.root,
            )
        self._root = outputs.root
        self._description = UpscalerDescription(
            name=name,
            spec=f"dir:{location}",
            architecture="files made elsewhere",
            scale=None,
            channels="any",
        )

    @property
    def description(self) -> UpscalerDescription:
        """What it is."""
        return self._description

    def upscale(self, image: Image, facts: ImageFacts = NO_FACTS) -> NDArray[np.float64]:
        """Read the output that belongs to ``facts.key``, in the units that the file holds.

        Raises
        ------
        FileError
            When this method has no output for the image, or it cannot be read.
        RangeError
            When the file is of 16 bits and the reference of 8, or the other way round.
        """
        file, page = self._find(facts.key)
        pixels = file.read(page).pixels
        white = facts.reference_range
        if white is not None and pixels.dtype in (np.uint8, np.uint16) and (pixels.dtype == np.uint16) != (white > 255):
            raise RangeError(
                "the output and its reference have different depths",
                found=f"{pixels.dtype}, and a reference with white at {white:g}",
                way_out="Save both at one depth",
                file=file.path,
            )
        return pixels.astype(np.float64)

    def _find(self, key: str) -> tuple[ImageFile, int]:
        if key in self._files:
            return self._files[key], 0
        paged = _PAGE.fullmatch(key)
        if paged is not None and paged["key"] in self._files:
            return self._files[paged["key"]], int(paged["page"])
        unclear = next((each.error for each in self.pairing.failures if each.key == key), None)
        if unclear is not None:
            raise unclear
        raise FileError("there is no output for this image", found=repr(key), file=self._root)


def load(request: Request) -> FolderOfOutputs:
    """Find the files of ``dir:outputs/`` and pair them with the run's references."""
    request.options.close()
    settings = request.settings
    if not request.spec.rest:
        raise ModelError("dir: names a folder", found="dir:", expected="dir:outputs/")
    if settings.references is None:
        raise ModelError(
            "files are paired with references, and none are given",
            found=str(request.spec),
            way_out="Name them: LoadSettings(references=find_images('HR/'))",
        )
    return FolderOfOutputs(request.spec.rest, settings.references, settings.pair_rule, request.spec.name)
