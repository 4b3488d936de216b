"""Digests of golden degraded images: what every recipe makes of images that ship with scikit-image."""
