"""Feature networks for evaluation: weights, extractors."""
