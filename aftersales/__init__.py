"""Wiring only: settings, URLs, processes and the list of who reacts to what."""
