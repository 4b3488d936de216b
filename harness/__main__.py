"""``python -m harness`` is ``srmetrics``."""

from harness.cli.main import main

main()
