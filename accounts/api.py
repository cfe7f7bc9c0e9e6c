"""How another system proves who it is, and what it may do."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import actions, rules
from accounts.models import ApiToken, User
from accounts.rights import Right

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which itself loads this module, by the settings

KEYWORDS = (b"token", b"bearer")


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token <text>` (or Bearer): acts in the name of the member the token belongs to."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The member and the token; None without one, 401 for one that is unknown or revoked."""
        keyword, _space, given = get_authorization_header(request).partition(b" ")
        if keyword.lower() not in KEYWORDS:
            return None
        digest = rules.token_digest(given.strip().decode("latin-1"))
        token = ApiToken.objects.live().select_related("user").filter(digest=digest).first()
        if token is None:
            raise exceptions.AuthenticationFailed(_("This token is unknown or no longer valid."))
        actions.note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes it."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token <text>"}


def needs(*rights: Right) -> type[BasePermission]:
    """A permission class: the member must carry every one of `rights`, else 403."""

    class Needs(BasePermission):
        message = _("You do not have the right to do this.")

        def has_permission(self, request: Request, view: "APIView") -> bool:
            return isinstance(request.user, User) and all(request.user.may(right) for right in rights)

    return Needs
