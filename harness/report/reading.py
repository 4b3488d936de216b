"""Reading the images of a run one at a time, with volumes kept open from slice to slice."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field

from harness.images import ImageFile, Picture, open_picture
from harness.images.source import Source
from harness.jobs.run_pictures import RunPictures
from srmetrics.errors import FileError


@dataclass(slots=True)
class ImageReader:
    """Reads references and candidates of a run, for one thread; a context manager."""

    pictures: RunPictures
    _files: ExitStack = field(default_factory=ExitStack)
    _open: dict[ImageFile, Source] = field(default_factory=dict)

    def __enter__(self) -> ImageReader:
        """Start with nothing open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all volumes."""
        self._files.close()

    def reference(self, key: str) -> tuple[Picture, ImageFile, str]:
        """Return a reference, its file, and which slice it is where it stands for a whole volume.

        Raises
        ------
        SrmetricsError
            When the file is not there or cannot be read.
        """
        file = self.pictures.reference(key)
        if file is None:
            raise FileError("the file is not there")
        if self.pictures.run.job == "bench":
            picture = self.pictures.read_reference(key)
            if picture is None:
                raise FileError("the file is not there")
            return picture, file, ""
        return self._read(file, key)

    def candidate(self, method: str, key: str) -> tuple[Picture, ImageFile, str]:
        """Return a method's output, its file, and which slice it is where it stands for a whole volume.

        Raises
        ------
        SrmetricsError
            When the file is not there or cannot be read.
        """
        file = self.pictures.candidate(method, key)
        if file is None:
            raise FileError("the file is not there")
        if self.pictures.run.job == "bench":
            return file.read(0), file, ""
        return self._read(file, key)

    def scored_key(self, file: ImageFile, key: str) -> str:
        """Return the key under which what was just read was scored: of a whole volume, that of its middle slice."""
        source = self._open.get(file)
        if source is None or self.pictures.file_key(key) != key:
            return key
        return f"{key}#{source.pages // 2:04d}"

    def _read(self, file: ImageFile, key: str) -> tuple[Picture, ImageFile, str]:
        source = self._open.get(file)
        if source is None:
            source = open_picture(file.path, field=file.field)
            if source.pages == 1:
                with source:  # a plain image is let go of at once
                    return source.read(0), file, ""
            self._open[file] = self._files.enter_context(source)
        if self.pictures.file_key(key) != key:
            return source.read(self.pictures.page(key)), file, ""
        middle = source.pages // 2
        return source.read(middle), file, f"slice {middle} of {source.pages}, the middle one"
