"""The one place where a protocol is applied to a pair of images."""
