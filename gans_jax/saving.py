"""Orbax's manager, which leaves preemption to gans_jax.signals."""

import orbax.checkpoint as ocp


class Manager(ocp.CheckpointManager):
  """Does not ask JAX whether a preemption has been agreed on.

  Orbax asks by the number of the step that it saves, `signals.Signals` by that
  of the dispatch. JAX takes the largest number it was asked for, and has all
  processes stop at the one after: after a save at step 50,000 of a run that was
  started there, 50,000 dispatches later. What is saved here was decided on.
  """

  def reached_preemption(self, step: int) -> bool:
    """False."""
    return False
