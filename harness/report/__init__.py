"""A finished run as one HTML page that people look at, by themselves and without a network."""

from harness.report.write import write_report

__all__ = ["write_report"]
