"""A picture of what a recipe does: a few images before and after, each step labelled with what was drawn."""

from __future__ import annotations

import io
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from degradations import Recipe, degrade
from degradations.degrade import as_pipeline_image, cut_to_multiple
from degradations.step import PEAKS, Image
from harness.engine.atomic import write_atomically
from harness.images.imageset import ImageFile, find_images
from harness.jobs.load_recipe import load_recipe
from harness.jobs.step_words import Done, in_words, plain_steps
from srmetrics.errors import FileError, SrmetricsError, UsageError

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

_CELL, _GAP, _LABEL, _COLUMNS = 208, 18, 66, 7  # pixels, and cells in a row
_HEADER, _BAND = 92, 40  # heights of the sheet's head and of each image's title
_DETAIL = 104  # pixels of the high-resolution image that a cell shows, twice enlarged
_INK, _FAINT, _LINE, _PAPER = "#1f2933", "#66727f", "#d5dbe1", "#ffffff"
_SILENT = ("to-float", "quantise", "clip")  # steps that change the type, not the picture


@dataclass(frozen=True, slots=True)
class _Cell:
    picture: Image | None
    """8-bit RGB of the cell's size; None for a step that was left out."""
    title: str
    text: str


def contact_sheet(
    high_resolution: str | PathLike[str],
    out: str | PathLike[str],
    recipe: str | Recipe,
    *,
    seed: int = 0,
    images: int = 3,
) -> Path:
    """Draw what a recipe does to a few images of a folder: ``srmetrics degrade --preview`` in Python.

    The draws are those of ``degrade`` with the same seed (draw 0): the sheet shows a part of that run.

    Parameters
    ----------
    high_resolution : str or path
        A folder, a pattern such as ``DIR/*.png``, or a file.
    out : str or path
        The PNG file to write.
    recipe : str or Recipe
        ``name@version``, ``name``, a YAML file, or a recipe.
    seed : int
        The root seed of all draws.
    images : int
        How many images to show, evenly spaced through the folder.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    UsageError
        If the file's name does not end in ``.png``, or no image is asked for.
    SrmetricsError
        If no image can be read and degraded: what was wrong with the first.
    """
    target = Path(out)
    if target.suffix.lower() != ".png":
        raise UsageError("a contact sheet is a PNG file", found=target.name, expected="a name ending in .png")
    if images < 1:
        raise UsageError("impossible number of images", found=images, expected="1 or more")
    chosen = load_recipe(recipe)
    bands = _bands(find_images(fspath(high_resolution)).files, chosen, seed, images)
    write_atomically(target, _draw(chosen, seed, bands))
    return target


def _bands(files: tuple[ImageFile, ...], recipe: Recipe, seed: int, wanted: int) -> list[tuple[str, list[_Cell]]]:
    """Make the cells of as many images as are wanted, passing over those that cannot be degraded."""
    if not files:
        raise FileError("there are no images to show")
    spread = np.unique(np.linspace(0, len(files) - 1, min(wanted, len(files))).round().astype(int))
    order = [*spread, *(number for number in range(len(files)) if number not in spread)]
    bands: dict[int, tuple[str, list[_Cell]]] = {}
    first_error = None
    for number in order:
        try:
            bands[number] = _band(files[number], recipe, seed)
        except SrmetricsError as error:
            first_error = first_error or error.in_file(files[number].path)
        if len(bands) == wanted:
            break
    if not bands and first_error is not None:
        raise first_error
    return [bands[number] for number in sorted(bands)]


def _band(file: ImageFile, recipe: Recipe, seed: int) -> tuple[str, list[_Cell]]:
    key, page = file.pages()[0]
    whole = as_pipeline_image(file.read(page).pixels)
    made, record = degrade(whole, recipe, seed=seed, key=key)
    image = cut_to_multiple(whole, recipe.scale)
    height, width = image.shape[:2]
    top, left, side = _most_detailed(image)
    view = (top / height, left / width, side / height, side / width)
    cells = [_Cell(_overview(image, (top, left, side)), "high resolution", f"{width}×{height}, the detail framed")]
    cells.append(_Cell(_detail(image, view), "detail", f"{side}×{side}, enlarged"))
    for step, entry in zip(recipe.steps, record["draws"], strict=True):
        for done in plain_steps(step, entry["drew"], image):
            image = done.after
            if done.step.kind not in _SILENT:
                cells.append(_cell(done, view))
    size = f"{made.shape[1]}×{made.shape[0]}"
    cells.append(_Cell(_overview(made), "low resolution", f"{size}, {made.dtype.name}, the whole"))
    return key, cells


def _cell(done: Done, view: tuple[float, float, float, float]) -> _Cell:
    title, text = in_words(done)
    return _Cell(None if done.record is None else _detail(done.after, view), title, text)


def _most_detailed(image: Image) -> tuple[int, int, int]:
    """Find the square with the most detail, so that what blur and noise do can be seen: top, left, side."""
    side = min(_DETAIL, *image.shape[:2])
    grey = cv2.cvtColor(_as_rgb8(image), cv2.COLOR_RGB2GRAY).astype(np.float32)
    energy = cv2.boxFilter(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), -1, (side, side), anchor=(0, 0))
    inside = energy[: image.shape[0] - side + 1, : image.shape[1] - side + 1]
    top, left = np.unravel_index(int(inside.argmax()), inside.shape)
    return int(top), int(left), side


def _overview(image: Image, frame: tuple[int, int, int] | None = None) -> Image:
    """Fit the whole image into a cell, and frame the square of this top, left and side."""
    height, width = image.shape[:2]
    factor = _CELL / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = cv2.resize(_as_rgb8(image), size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_NEAREST)
    if frame is not None:
        top, left, side = frame
        corner = round(left * factor), round(top * factor)
        opposite = round((left + side) * factor) - 1, round((top + side) * factor) - 1
        for colour, thickness in (((0, 0, 0), 4), ((255, 255, 255), 2)):  # seen on dark and on bright images
            cv2.rectangle(small, corner, opposite, colour, thickness)
    fitted = np.full((_CELL, _CELL, 3), 255, np.uint8)
    y, x = (_CELL - small.shape[0]) // 2, (_CELL - small.shape[1]) // 2
    fitted[y : y + small.shape[0], x : x + small.shape[1]] = small
    return fitted


def _detail(image: Image, view: tuple[float, float, float, float]) -> Image:
    """Cut out the part of an image of any size that the view names, and enlarge its pixels to a cell."""
    top, left, height, width = view
    # For each pixel of the cell, the pixel of the image at its centre: nothing is smoothed.
    places = (np.arange(_CELL) + 0.5) / _CELL
    rows = np.minimum((top + places * height) * image.shape[0], image.shape[0] - 1).astype(int)
    columns = np.minimum((left + places * width) * image.shape[1], image.shape[1] - 1).astype(int)
    return _as_rgb8(np.ascontiguousarray(image[np.ix_(rows, columns)]))


def _as_rgb8(image: Image) -> Image:
    scaled = image.astype(np.float32) * np.float32(255 / PEAKS[image.dtype.name])
    levels = np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)
    return np.dstack([levels] * 3) if levels.ndim == 2 else levels


def _draw(recipe: Recipe, seed: int, bands: list[tuple[str, list[_Cell]]]) -> bytes:
    from PIL import Image as Pillow
    from PIL import ImageDraw

    columns = min(_COLUMNS, max(len(cells) for _, cells in bands))
    # No line is left with one or two cells alone where the same number of lines can share them evenly.
    lines = -(-max(len(cells) for _, cells in bands) // columns)
    columns = -(-max(len(cells) for _, cells in bands) // lines)
    pitch = _CELL + _LABEL + _GAP
    heights = [_BAND + -(-len(cells) // columns) * pitch for _, cells in bands]
    width = max(columns * (_CELL + _GAP) + _GAP, 620)
    sheet = Pillow.new("RGB", (width, _HEADER + sum(heights) + _GAP), _PAPER)
    pen = ImageDraw.Draw(sheet)
    pen.text((_GAP, 16), f"{recipe.full_name}, seed {seed}", fill=_INK, font=_font(22, bold=True))
    under = f"digest {recipe.digest[:12]} · scale {recipe.scale} · each cell shows the framed detail, pixels enlarged"
    pen.text((_GAP, 50), _fitted(pen, under, _font(14), width - 2 * _GAP), fill=_FAINT, font=_font(14))
    top = _HEADER
    for (key, cells), height in zip(bands, heights, strict=True):
        pen.line([(_GAP, top), (width - _GAP, top)], fill=_LINE)
        name = _fitted(pen, key, _font(15, bold=True), width - 2 * _GAP)
        pen.text((_GAP, top + 10), name, fill=_INK, font=_font(15, bold=True))
        for number, cell in enumerate(cells):
            at = (_GAP + number % columns * (_CELL + _GAP), top + _BAND + number // columns * pitch)
            _draw_cell(sheet, pen, cell, at)
        top += height
    encoded = io.BytesIO()
    sheet.save(encoded, "PNG")
    return encoded.getvalue()


def _draw_cell(sheet: Any, pen: ImageDraw.ImageDraw, cell: _Cell, at: tuple[int, int]) -> None:
    from PIL import Image as Pillow

    x, y = at
    frame = [x, y, x + _CELL - 1, y + _CELL - 1]
    if cell.picture is None:
        pen.rectangle(frame, fill="#f4f6f8", outline=_LINE)
        pen.line([(x + 80, y + _CELL // 2), (x + _CELL - 80, y + _CELL // 2)], fill=_FAINT, width=2)
    else:
        sheet.paste(Pillow.fromarray(cell.picture), at)
        pen.rectangle(frame, outline=_LINE)
    ink = _FAINT if cell.picture is None else _INK
    title = _fitted(pen, cell.title, _font(14, bold=True), _CELL)
    pen.text((x, y + _CELL + 5), title, fill=ink, font=_font(14, bold=True))
    for number, line in enumerate(cell.text.split("\n")[:2]):
        line = _fitted(pen, line, _font(13), _CELL)
        pen.text((x, y + _CELL + 25 + number * 18), line, fill=_FAINT, font=_font(13))


def _fitted(pen: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """Cut a text off with an ellipsis where it would not fit."""
    while pen.textlength(text, font=font) > width:
        text = text.rstrip("…")[:-1] + "…"
    return text


def _font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Load the font that comes with matplotlib, which knows Greek and most scripts of file names."""
    import matplotlib
    from PIL import ImageFont

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name), size)
