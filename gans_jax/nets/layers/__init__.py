"""Layers that the nets are built of."""
