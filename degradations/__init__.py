"""Low-resolution images that another laboratory can make again: arrays in, arrays and a record out."""

from degradations.imresize import imresize

__all__ = ["imresize"]
