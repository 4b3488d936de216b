"""Images placed in a figure pixel by pixel: nothing between the file's values and the paper interpolates.

Matplotlib resamples images to the canvas, and viewers of PDF smooth what they enlarge little (poppler below four
times, Preview and pdf.js always). So every pixel of a crop is repeated a whole number of times: on a PNG's own grid,
and in PDF and SVG until the picture has `EMBEDDED_DPI`. What a viewer then smooths is the edge of a square of many
equal pixels, and the source's values stand in the file, each as often as its neighbours.
"""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

EMBEDDED_DPI = 600
"""Pixels an inch of crops in PDF and SVG, at least."""
WHOLE_DPI = 300
"""The same of the whole image; one of more than twice that is averaged down to it."""


class ExactImage(Artist):
    """An image at a place of the figure, in inches from its top left corner.

    Parameters
    ----------
    pixels : ndarray of uint8
        H x W or H x W x 3.
    place : tuple of float
        Left, top and width; the height follows from the shape.
    exact : bool
        Whether pixels are kept; else (the whole image, as an overview) it is fitted to the canvas by areas.
    """

    def __init__(self, pixels: NDArray[np.uint8], place: tuple[float, float, float], *, exact: bool) -> None:
        super().__init__()
        self.pixels = np.repeat(pixels[:, :, None], 3, axis=2) if pixels.ndim == 2 else pixels
        self.left, self.top, self.width = place
        self.exact = exact
        self.set_zorder(0)

    def draw(self, renderer: RendererBase) -> None:
        """Hand the pixels to the canvas: bottom row first, as all of matplotlib's canvases take them."""
        figure = self.get_figure()
        assert isinstance(figure, Figure)
        context = renderer.new_gc()
        context.set_alpha(1.0)
        if renderer.option_scale_image():
            self._embed(renderer, context, float(figure.get_figheight()))
        else:
            self._blit(renderer, context, float(figure.dpi))
        context.restore()

    def _embed(self, renderer: RendererBase, context: Any, figure_height: float) -> None:
        points = 72.0
        width, height = self.width * points, self.width * points * self.pixels.shape[0] / self.pixels.shape[1]
        wanted = EMBEDDED_DPI if self.exact else WHOLE_DPI
        shown = self.pixels
        native = shown.shape[1] / self.width
        if not self.exact and native > 2 * wanted:
            size = (math.ceil(self.width * wanted), math.ceil(height / points * wanted))
            shown = np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_AREA), np.uint8)
        else:
            shown = repeated(shown, max(1, math.ceil(wanted / native)))
        bottom = figure_height * points - self.top * points - height
        renderer.draw_image(
            context, self.left * points, bottom, _opaque(shown), Affine2D().scale(width, height)
        )  # fmt: skip

    def _blit(self, renderer: RendererBase, context: Any, dpi: float) -> None:
        rows, columns = self.pixels.shape[:2]
        width = round(self.width * dpi)
        if self.exact:
            shown = repeated(self.pixels, max(1, width // columns))
        else:
            height = max(1, round(self.width * dpi * rows / columns))
            larger = repeated(self.pixels, max(1, math.ceil(width / columns)))
            shown = np.asarray(cv2.resize(larger, (max(1, width), height), interpolation=cv2.INTER_AREA), np.uint8)
        _, canvas_height = renderer.get_canvas_width_height()
        left = round(self.left * dpi)
        bottom = round(canvas_height) - round(self.top * dpi) - shown.shape[0]
        renderer.draw_image(context, left, bottom, _opaque(shown))


def repeated(pixels: NDArray[np.uint8], times: int) -> NDArray[np.uint8]:
    """Return an image in which each pixel is a square of ``times`` by ``times`` equal ones."""
    return np.repeat(np.repeat(pixels, times, axis=0), times, axis=1)


def _opaque(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    full = np.full((*pixels.shape[:2], 1), 255, np.uint8)
    return np.ascontiguousarray(np.concatenate([pixels, full], axis=2)[::-1])
