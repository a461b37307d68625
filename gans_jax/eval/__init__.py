"""Evaluation: numbers about samples, each stamped with how it was found.

`sampler` turns a game's state into a `draw` function; `evaluators` are named
in the config and take any `draw`; what they compute (`coverage`, `distances`,
`neighbours`) are pure functions of numpy arrays. `classifier` is the house's
own judge of labelled pictures, `theory` what perfect players would reach.
Nothing here knows a system.
"""
