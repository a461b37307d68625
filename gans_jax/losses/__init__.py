"""Losses: pure functions of logits and of critics, that return scalars."""
