"""DICOM files: one frame at a time, with its rescale slope and intercept applied, and MONOCHROME1 inverted.

Only the elements that pixels need are read, and nothing of the header's text leaves this module: what the library says
about a damaged file is not passed on, and a patient's id leaves only as a salted hash.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.images.decoding import WAY_OUT
from harness.images.picture import Picture, check_size
from harness.images.source import PageSource
from srmetrics.errors import DependencyError, FileError

_TAGS = [
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "PixelRepresentation",
    "RescaleSlope",
    "RescaleIntercept",
    "ModalityLUTSequence",
    "LossyImageCompression",
    "RedPaletteColorLookupTableDescriptor",
    "GreenPaletteColorLookupTableDescriptor",
    "BluePaletteColorLookupTableDescriptor",
    "RedPaletteColorLookupTableData",
    "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableData",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
]
_IMPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2"  # what a file without a header of its own is written in
_LOSSY_SYNTAXES = ("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81")


def open_dicom(path: Path, field: str | None = None) -> PageSource:
    """Open a DICOM file; pages are its frames, in their order."""
    header = _read(path, _TAGS)
    if "Rows" not in header or "Columns" not in header:
        raise FileError("the DICOM file holds no image", way_out="Take it out of the folder", file=path)
    check_size(int(header.Rows), int(header.Columns), path)
    frames = int(header.get("NumberOfFrames") or 1)
    return PageSource(path, frames, partial(_frame, path, header))


def patient_group(path: str | Path, salt: str) -> str:
    """Return a name for the patient of a DICOM file that cannot be traced back without the salt.

    Parameters
    ----------
    path : str or path
        The file.
    salt : str
        A secret of the study, the same for all its files. Ids are short: without a secret they could be guessed.

    Returns
    -------
    str
        Sixteen hexadecimal digits: the beginning of HMAC-SHA-256 of PatientID under the salt.

    Raises
    ------
    FileError
        When the file is no DICOM file or states no PatientID, or the salt is empty.
    DependencyError
        When pydicom is not installed.
    """
    path = Path(path)
    if not salt:
        raise FileError("patients cannot be made anonymous without a salt", way_out="Choose a secret text", file=path)
    try:
        patient = str(_read(path, ["PatientID"]).get("PatientID") or "").strip()
    except (DependencyError, FileError):
        raise
    except Exception:
        # What the library says may quote the header.
        raise FileError("the file cannot be read as DICOM", way_out=WAY_OUT, file=path) from None
    if not patient:
        raise FileError(
            "the DICOM file states no PatientID",
            way_out="Group by a CSV of image and group, or by a regular expression on the names",
            file=path,
        )
    return hmac.new(salt.encode(), patient.encode(), hashlib.sha256).hexdigest()[:16]


def _read(path: Path, tags: list[str]) -> Any:
    try:
        import pydicom
    except ImportError:
        raise DependencyError(
            "DICOM files need pydicom", way_out="Run pip install 'srmetrics[medical]'", file=path
        ) from None
    return pydicom.dcmread(path, stop_before_pixels=True, specific_tags=tags, force=True)


def _frame(path: Path, header: Any, page: int) -> Picture:
    """Decode one frame and nothing of the others."""
    from pydicom.pixels import apply_color_lut, apply_modality_lut, get_decoder, pixel_array

    syntax = header.file_meta.get("TransferSyntaxUID") if hasattr(header, "file_meta") else None
    if syntax is not None and not get_decoder(syntax).is_available:
        raise DependencyError(
            "no decoder for the compression of this DICOM file is installed",
            found=syntax.name,
            way_out="Run pip install pylibjpeg pylibjpeg-libjpeg pylibjpeg-openjpeg",
            file=path,
        )
    assumed = {} if syntax is not None else {"transfer_syntax_uid": _IMPLICIT_LITTLE_ENDIAN}
    stored = pixel_array(path, index=page, **assumed)
    interpretation = str(header.get("PhotometricInterpretation", ""))
    notes: tuple[str, ...] = ()
    lossy = header.get("LossyImageCompression") == "01" or str(syntax) in _LOSSY_SYNTAXES
    if stored.dtype.kind == "f":
        return Picture(stored, None, "DICOM with floating-point pixels", notes, lossy)
    if interpretation == "PALETTE COLOR":
        bits = int(header.RedPaletteColorLookupTableDescriptor[2])
        colours = apply_color_lut(stored, header)
        return Picture(
            colours, float(2**bits - 1), f"DICOM palette of {bits} bits", ("palette expanded to RGB",), lossy
        )
    bits = int(header.BitsStored)
    if bits == 1:
        return Picture(stored * np.uint8(255), 255.0, "1-bit DICOM", ("1-bit expanded to 0/255",), lossy)
    signed = bool(header.get("PixelRepresentation", 0))
    lowest = -(1 << (bits - 1)) if signed else 0
    highest = lowest + (1 << bits) - 1
    if interpretation == "MONOCHROME1":
        stored = (lowest + highest - stored.astype(np.int64)).astype(stored.dtype)
        notes = ("MONOCHROME1 inverted",)
    if "ModalityLUTSequence" in header:
        bits = int(header.ModalityLUTSequence[0].LUTDescriptor[2])
        looked_up = apply_modality_lut(stored, header)
        return Picture(looked_up, float(2**bits - 1), f"DICOM modality table of {bits} bits", notes, lossy)
    slope, intercept = _rescale(header, page, path)
    if (slope, intercept) != (1, 0):
        stored = _rescaled(stored, slope, intercept, (lowest, highest))
        notes = (*notes, f"rescaled by {slope:g} x + {intercept:g}")
    source = f"DICOM BitsStored {bits} x slope {slope:g}"
    return Picture(stored, float(highest - lowest) * abs(slope), source, notes, lossy)


def _rescale(header: Any, page: int, path: Path) -> tuple[float, float]:
    """Return slope and intercept of a frame: its own, those that all frames share, or those of the file."""
    holders = [header]
    for name, at in (("SharedFunctionalGroupsSequence", 0), ("PerFrameFunctionalGroupsSequence", page)):
        groups = header.get(name) or []
        if at < len(groups):
            holders = [*(groups[at].get("PixelValueTransformationSequence") or []), *holders]
    for holder in holders:
        if "RescaleSlope" in holder or "RescaleIntercept" in holder:
            slope, intercept = float(holder.get("RescaleSlope", 1)), float(holder.get("RescaleIntercept", 0))
            if slope == 0 or not math.isfinite(slope) or not math.isfinite(intercept):
                raise FileError("the DICOM file's rescale slope is impossible", found=f"{slope:g}", file=path)
            return slope, intercept
    return 1.0, 0.0


def _rescaled(stored: NDArray[Any], slope: float, intercept: float, limits: tuple[int, int]) -> NDArray[Any]:
    """Apply slope and intercept exactly: in integers where both are, else in float64."""
    if slope.is_integer() and intercept.is_integer():
        ends = [slope * limit + intercept for limit in limits]
        for dtype in (np.int16, np.int32):
            if np.iinfo(dtype).min <= min(ends) and max(ends) <= np.iinfo(dtype).max:
                return (stored.astype(np.int64) * int(slope) + int(intercept)).astype(dtype)
    return stored.astype(np.float64) * slope + intercept
