"""The class and the patient in a file of the brain-tumour set of Cheng (2017): ``cjdata/label``, ``cjdata/PID``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from harness.images import ImageFile
from harness.images.sniff import read_head
from srmetrics.errors import DependencyError, FileError

TUMOURS = {1: "meningioma", 2: "glioma", 3: "pituitary tumour"}
"""What the set's description calls its labels."""


def read_class_and_patient(path: Path) -> tuple[str, str]:
    """Return the name of the tumour, and what the file calls the patient.

    Raises
    ------
    FileError
        When the file has no such fields.
    """
    label = ImageFile(path, path.stem, "cjdata/label").read().pixels
    if label.size != 1 or float(label.flat[0]) not in TUMOURS:
        raise FileError("the label is none of the set's", found=label.tolist(), expected="1, 2 or 3", file=path)
    head = read_head(path)
    patient = _from_hdf5(path) if head.startswith((b"MATLAB 7.3", b"\x89HDF")) else _from_version_5(path)
    if not patient:
        raise FileError("the file does not say its patient", expected="text in cjdata/PID", file=path)
    return TUMOURS[int(label.flat[0])], patient


def _from_version_5(path: Path) -> str:
    import scipy.io

    # The image was opened before, so that the file is no bomb.
    structure: Any = scipy.io.loadmat(path, variable_names=["cjdata"]).get("cjdata")
    if structure is None or "PID" not in (structure.dtype.names or ()):
        return ""
    value = structure.flat[0]["PID"]
    return str(value.flat[0]).strip() if value.size else ""


def _from_hdf5(path: Path) -> str:
    try:
        import h5py
    except ModuleNotFoundError as error:
        raise DependencyError(
            ".mat files of version 7.3 need h5py", way_out="Install it: pip install 'srmetrics[medical]'", file=path
        ) from error
    with h5py.File(path, "r") as file:
        group = file.get("cjdata")
        # Only a hard link to plain data: links elsewhere and data in other files are not followed.
        if not isinstance(group, h5py.Group) or not isinstance(group.get("PID", getlink=True), h5py.HardLink):
            return ""
        data = group["PID"]
        if not isinstance(data, h5py.Dataset) or data.external or data.is_virtual or data.size > 1 << 10:
            return ""
        letters = np.asarray(data[()]).ravel()
    return "".join(chr(int(letter)) for letter in letters).strip() if letters.dtype.kind == "u" else ""
