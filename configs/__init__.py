"""Experiments: <system>_<data>.py, each with `:tiny` for a test."""
