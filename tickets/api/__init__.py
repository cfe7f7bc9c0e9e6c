"""Tickets for other systems, by noun."""
