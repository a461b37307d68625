"""What launch/bench.py measures: a config, or ours against others."""
