"""Runs over seeds, and the store and tables of what they measured."""
