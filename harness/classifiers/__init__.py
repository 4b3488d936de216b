"""Classifiers and what they are judged by: splits, leakage, metrics, comparisons."""
