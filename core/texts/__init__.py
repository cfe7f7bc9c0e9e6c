"""Texts to customers: declared by the app that sends them, worded by administrators.

An app lists its texts in `texts.py` (or a package of that name) as TEXTS. Each has a built-in wording in both
languages, written in the language of `core.placeholders`. Administrators may put their own wording in its
place; every change is a version of its own.
"""
