"""Published systems, one file each; the folder is the registry.

A file defines `build(spec, **hyperparameters) -> Game`. Its docstring holds the
citation, the equations, and `Departures:` from the paper.
"""
