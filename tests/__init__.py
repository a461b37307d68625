"""A package by name: installed ones that are called `tests` come after it."""
