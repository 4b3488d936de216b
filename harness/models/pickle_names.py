"""What a pickle would call when it is opened, read off its codes without opening it."""

from __future__ import annotations

import io
import pickletools
import zipfile
from collections.abc import Iterator
from pathlib import Path

_LIMIT = 1 << 24  # bytes of pickle that are looked at; weights themselves lie outside the pickle
_MOST_PICKLES = 8  # torch's older format has five in a row
_HARMLESS = ("torch._utils._rebuild", "torch.storage.", "collections.OrderedDict", "torch.Size", "_codecs.encode")


def callables_named_in(file: Path) -> tuple[str, ...]:
    """Return what a pickle or a torch archive names besides the parts of tensors, such as ``os.system``.

    Nothing is run. For a file that is no pickle, the answer is empty.
    """
    found: list[str] = []
    for data in _pickles_in(file):
        found += [name for name in _names(data) if name not in found and not _is_of_tensors(name)]
    return tuple(found)


def _pickles_in(file: Path) -> Iterator[bytes]:
    if not zipfile.is_zipfile(file):
        with file.open("rb") as stream:
            yield stream.read(_LIMIT)
        return
    with zipfile.ZipFile(file) as archive:
        for member in archive.namelist():
            if member.endswith(".pkl"):
                with archive.open(member) as stream:
                    yield stream.read(_LIMIT)


def _names(data: bytes) -> Iterator[str]:
    stream = io.BytesIO(data)
    for _ in range(_MOST_PICKLES):
        texts: list[str] = []
        try:
            for code, argument, _ in pickletools.genops(stream):
                if code.name in ("GLOBAL", "INST"):
                    yield str(argument).replace(" ", ".")
                elif code.name == "STACK_GLOBAL":
                    # It takes the two texts before it, unless they were fetched from the memo.
                    yield ".".join(texts[-2:])
                elif isinstance(argument, str):
                    texts.append(argument)
        except Exception:
            return  # not a pickle, or no longer one: what was seen up to here counts


def _is_of_tensors(name: str) -> bool:
    return name.startswith(_HARMLESS) or (name.startswith("torch.") and name.endswith("Storage"))
