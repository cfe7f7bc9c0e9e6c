"""Who may get a staff account by oneself: nobody."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAdapter(DefaultAccountAdapter):
    """Staff accounts are made by administrators; the sign-up page is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always closed."""
        return False
