"""The pixels of a figure are those of the files, in every format, and the same bytes each time."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from image_shelf import Shelf, pair_of
from numpy.typing import NDArray
from PIL import Image
from pypdf import PdfReader

from harness.figures import figure

CROP = (7, 5, 12, 10)
SHAPE = (40, 52, 3)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def scored(shelf: Shelf, shape: tuple[int, ...] = SHAPE, methods: tuple[str, ...] = ("ours", "theirs")) -> Path:
    for at in range(2):
        reference, candidate = pair_of(at, shape)
        shelf.put(f"HR/im{at}.png", reference)
        for number, method in enumerate(methods):
            shelf.put(
                f"{method}/im{at}.png", (0.8 * candidate + 0.2 * reference - 7 * number).clip(0, 255).astype("uint8")
            )
    shelf.compare(*methods, dataset="Shelf").write(shelf.root / "run")
    return shelf.root / "run"


def sources(shelf: Shelf, crop: tuple[int, int, int, int] = CROP) -> list[NDArray[np.uint8]]:
    """Return the crop of the reference and of each method, from the files."""
    x, y, width, height = crop
    found = []
    for folder in ("HR", "ours", "theirs"):
        image = np.asarray(Image.open(shelf.root / folder / "im1.png").convert("RGB"))
        found.append(image[y : y + height, x : x + width])
    return found


def repeated(pixels: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    return pixels.repeat(times, 0).repeat(times, 1)


def shrunk(image: NDArray[np.uint8], columns: int) -> NDArray[np.uint8]:
    """Return the image whose pixels were repeated, after a look that each is a square of equal ones."""
    times, rest = divmod(image.shape[1], columns)
    assert rest == 0
    small = image[::times, ::times]
    np.testing.assert_array_equal(repeated(small, times), image)
    return small


def embedded(path: Path) -> list[NDArray[np.uint8]]:
    """Return the images in a PDF or SVG as they are seen, in their order."""
    if path.suffix == ".pdf":
        return [np.asarray(one.image.convert("RGB")) for one in PdfReader(path).pages[0].images]
    found = []
    for element in ElementTree.fromstring(path.read_text("utf-8")).iter("{http://www.w3.org/2000/svg}image"):
        assert "pixelated" in element.attrib["style"]
        data = element.attrib["{http://www.w3.org/1999/xlink}href"].partition("base64,")[2]
        pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))
        matrix = re.findall(r"-?[\d.]+", element.attrib["transform"])
        assert float(matrix[3]) < 0, "the picture is stored bottom up and turned over"
        found.append(pixels[::-1])
    return found


@pytest.mark.parametrize("suffix", [".pdf", ".svg"])
@pytest.mark.parametrize("shape", [SHAPE, SHAPE[:2]])
def test_crops_are_embedded_exactly_each_pixel_a_whole_square(
    shelf: Shelf, suffix: str, shape: tuple[int, ...]
) -> None:
    run = scored(shelf, shape)
    path = figure(run, image="im1", crop="7,5,12,10", out=shelf.root / f"fig{suffix}", width="single")
    whole, *crops = embedded(path)
    assert 3 == len(crops)
    for expected, found in zip(sources(shelf), crops, strict=True):
        assert found.shape[1] >= 600 * 0.5, "at 600 an inch, viewers that smooth blur less than they show"
        np.testing.assert_array_equal(expected, shrunk(found, CROP[2]))
    reference = np.asarray(Image.open(shelf.root / "HR/im1.png").convert("RGB"))
    np.testing.assert_array_equal(reference, shrunk(whole, SHAPE[1]))


@pytest.mark.parametrize("width", ["single", "double", "100mm"])
@pytest.mark.parametrize("crop", ["7,5,12,10", "0,0,52,40", "51,39,1,1", "0,3,52,3"])
def test_crops_stand_in_a_png_exactly(shelf: Shelf, crop: str, width: str) -> None:
    run = scored(shelf)
    path = figure(run, image="im1", crop=crop, out=shelf.root / "fig.png", width=width, dpi=200)
    canvas = np.asarray(Image.open(path).convert("RGB"))
    for pixels in sources(shelf, tuple(map(int, crop.split(",")))):
        assert found_exactly(canvas, pixels)


def found_exactly(canvas: NDArray[np.uint8], pixels: NDArray[np.uint8]) -> bool:
    """Return whether a picture stands in another, each of its pixels a square of the same whole size."""
    rows, columns = pixels.shape[:2]
    for y, x in corners(canvas, pixels[0, 0]):
        other = (canvas[y, x:] != pixels[0, 0]).any(axis=1)
        run = int(other.argmax()) if other.any() else len(other)
        # As wide as the first run of one colour, in which several pixels of the source may be alike.
        for times in {run // alike for alike in range(1, 5) if run % alike == 0}:
            part = canvas[y : y + rows * times, x : x + columns * times]
            if np.array_equal(part, repeated(pixels, times)):
                return True
    return False


def corners(canvas: NDArray[np.uint8], colour: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Return the places of a colour with another colour above and to the left."""
    same = (canvas == colour).all(axis=2)
    bordered = np.pad(same, ((1, 0), (1, 0)))
    return [(int(y), int(x)) for y, x in np.argwhere(same & ~bordered[:-1, 1:] & ~bordered[1:, :-1])]


def test_crops_of_several_sizes_are_exact_together(shelf: Shelf) -> None:
    run = scored(shelf)
    path = figure(run, image="im1", crop=["7,5,12,10", "20,8,17,10"], out=shelf.root / "fig.png")
    canvas = np.asarray(Image.open(path).convert("RGB"))
    for crop in (CROP, (20, 8, 17, 10)):
        for pixels in sources(shelf, crop):
            assert found_exactly(canvas, pixels)


@pytest.mark.parametrize("dpi", [72, 150, 300])
@pytest.mark.parametrize("width", ["single", "double", "101mm"])
def test_frames_of_several_crops_cover_no_pixel_of_them(shelf: Shelf, width: str, dpi: int) -> None:
    run = scored(shelf)
    path = figure(run, image="im1", crop=["7,5,12,10", "30,20,12,11"], out=shelf.root / "fig.png", width=width, dpi=dpi)
    canvas = np.asarray(Image.open(path).convert("RGB"))
    for crop in (CROP, (30, 20, 12, 11)):
        for pixels in sources(shelf, crop):
            assert found_exactly(canvas, pixels)


@pytest.mark.parametrize("suffix", [".pdf", ".svg", ".png"])
def test_the_same_figure_is_the_same_bytes(shelf: Shelf, suffix: str) -> None:
    run = scored(shelf)
    made = [figure(run, image="im1", out=shelf.root / f"{name}{suffix}").read_bytes() for name in "ab"]
    assert made[0] == made[1]


def test_settings_of_the_user_for_matplotlib_change_nothing(shelf: Shelf) -> None:
    import matplotlib

    run = scored(shelf)
    expected = figure(run, image="im1", out=shelf.root / "a.png").read_bytes()
    with matplotlib.rc_context(
        {"font.size": 30, "figure.facecolor": "red", "savefig.bbox": "tight", "text.usetex": True}
    ):
        before = dict(matplotlib.rcParams)
        assert expected == figure(run, image="im1", out=shelf.root / "b.png").read_bytes()
        assert before == dict(matplotlib.rcParams)


def test_fonts_are_embedded_and_text_can_be_copied_from_a_pdf(shelf: Shelf) -> None:
    run = scored(shelf)
    path = figure(run, image="im1", crop="7,5,12,10", out=shelf.root / "fig.pdf")
    page = PdfReader(path).pages[0]
    fonts = page["/Resources"]["/Font"]
    for name in fonts:
        inner = fonts[name].get_object().get("/DescendantFonts", [fonts[name]])[0].get_object()
        assert inner["/Subtype"] in ("/CIDFontType2", "/TrueType"), "journals refuse Type 3"
        assert "/FontFile2" in inner["/FontDescriptor"]
    assert {"Shelf:", "im1", "Reference", "ours", "theirs"} <= set(page.extract_text().split())
    meta = PdfReader(path).metadata
    assert meta is not None
    assert "im1, crop 7,5,12,10" == meta.title
    assert "colour:all-channels|" in str(meta.subject)
    assert meta.creation_date is None


NASTY = ("$\\frac{$", "a_b^2 100%", "<img src=x>", "]]>&amp;", "(\\)", "한국어")


@pytest.mark.parametrize("suffix", [".pdf", ".svg", ".png"])
def test_names_are_drawn_as_they_are(shelf: Shelf, suffix: str) -> None:
    reference, candidate = pair_of(1, SHAPE)
    shelf.put("HR/$x_1$.png", reference)
    for number, _ in enumerate(NASTY):
        shelf.put(f"m{number}/$x_1$.png", candidate)
    from harness import compare

    named = {name: shelf.root / f"m{number}" for number, name in enumerate(NASTY)}
    compare(shelf.root / "HR", named, dataset="&$\\bad", workers=1).write(shelf.root / "run")
    path = figure(shelf.root / "run", image="$x_1$", out=shelf.root / f"f{suffix}")  # mathtext would raise, or warn
    if suffix == ".pdf":
        text = PdfReader(path).pages[0].extract_text().replace("\n", "")
        for name in NASTY[:4]:
            assert name.replace(" ", "") in text.replace(" ", "")
    elif suffix == ".svg":
        tree = ElementTree.fromstring(path.read_text("utf-8"))
        assert [] == [one for one in tree.iter() if one.tag.endswith(("script", "img", "foreignObject"))]


@pytest.mark.browser
def test_the_svg_is_drawn_alike_by_a_browser(shelf: Shelf, chromium: Any) -> None:
    run = scored(shelf)
    path = figure(run, image="im1", crop="7,5,12,10", out=shelf.root / "fig.svg", width="4in")
    page = chromium.new_page(device_scale_factor=3)
    page.goto(path.as_uri())
    shot = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    page.close()
    # Somewhere in the shot each pixel of the crop is a patch whose middle has its colour.
    for pixels in sources(shelf):
        assert patches_found(shot, pixels)


def patches_found(shot: NDArray[np.uint8], pixels: NDArray[np.uint8]) -> bool:
    rows, columns = pixels.shape[:2]
    for y, x in corners(shot, pixels[0, 0]):
        for size in np.arange(8.0, 60.0, 0.05):
            ys = y + ((np.arange(rows) + 0.5) * size).astype(int)
            xs = x + ((np.arange(columns) + 0.5) * size).astype(int)
            if ys[-1] < shot.shape[0] and xs[-1] < shot.shape[1] and np.array_equal(shot[ys][:, xs], pixels):
                return True
    return False
