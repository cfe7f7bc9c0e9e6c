"""A believable shop to look around in, and rows by the million to measure with."""
