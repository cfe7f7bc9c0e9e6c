"""The wiring as a Django app, so that its checks run with everybody else's."""

from django.apps import AppConfig


class AftersalesConfig(AppConfig):
    name = "aftersales"

    def ready(self) -> None:
        """Make the worker app the one tasks are sent through, and register the settings checks."""
        from aftersales import celery, checks  # noqa: F401
