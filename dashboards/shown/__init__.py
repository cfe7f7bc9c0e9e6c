"""Figures made ready for a page: words, drawings and addresses. Templates only place them."""
