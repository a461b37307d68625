"""Command line scripts; each is also a console command."""
