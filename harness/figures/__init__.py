"""The qualitative figure of a paper: a crop of every method's output, side by side, with scores."""

from harness.figures.crop import Crop, parse_crop
from harness.figures.make import MadeFigure, figure, make_figure
from harness.figures.options import FigureOptions

__all__ = ["Crop", "FigureOptions", "MadeFigure", "figure", "make_figure", "parse_crop"]
