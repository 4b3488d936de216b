"""Every Hypothesis strategy of the test suite."""

from __future__ import annotations
