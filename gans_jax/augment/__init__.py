"""Augmentations of pictures: jit-able, per sample, differentiable."""
