"""Rows, the executors that make them, the store that keeps them, and files that are written whole or not at all."""
