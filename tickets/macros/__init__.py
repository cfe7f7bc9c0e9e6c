"""Macros: texts and steps by hand. What they are, who may use them, and what using them does."""
