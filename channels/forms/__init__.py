"""Input of the pages of channels."""
