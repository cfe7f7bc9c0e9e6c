"""How staff come in: nobody makes an account by oneself, and everybody begins where their work is."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts import pushing
from core import navigation


class StaffAdapter(DefaultAccountAdapter):
    """Staff accounts are made by administrators; the sign-up page is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always closed."""
        return False

    def logout(self, request: HttpRequest) -> None:
        """Whoever signs out is notified in that browser no more."""
        pushing.forget_session(request.session.session_key)
        super().logout(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first page of the console that the member may open: the inbox, the cases, the warehouse."""
        open_to = navigation.links(navigation.CONSOLE, path=request.path, user=request.user)
        return open_to[0].url if open_to else super().get_login_redirect_url(request)
