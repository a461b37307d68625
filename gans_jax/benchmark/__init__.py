"""What launch/bench.py measures: one config's program, or ours against others."""
