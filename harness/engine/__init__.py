"""Rows, the executors that make them, and files that are written whole or not at all."""
