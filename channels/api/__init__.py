"""Channels for other systems."""
