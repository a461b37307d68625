"""Measures: numbers from features, pictures or labels; pure functions."""
