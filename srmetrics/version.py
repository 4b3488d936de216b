"""The version that every signature ends with."""

VERSION = "0.1.0"
