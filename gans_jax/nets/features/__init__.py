"""Published networks whose features measure pictures; inference only.

Each takes float32 [B, H, W, 3] with pixels in 0..255, normalises them itself,
and returns named taps: {name: array}. Layers are named as the tensors of the
reference are, so `names.convert` reads its weights.
"""
