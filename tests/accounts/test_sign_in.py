"""Everybody begins where their work is."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.rights import Role
from tests import build

FIRST_PAGE = {
    Role.AGENT: "console:inbox",
    Role.LEAD: "console:inbox",
    Role.MANAGER: "console:inbox",
    Role.WAREHOUSE: "console:cases",
    Role.TECHNICIAN: "console:cases",
    Role.FINANCE: "console:cases",
    Role.FOLLOW_UP: "console:inbox",
    Role.ADMINISTRATOR: "console:inbox",
}


@pytest.mark.parametrize("role", Role)
def test_signing_in_leads_to_a_page_one_may_open(role: Role, client: Client, db: None) -> None:
    user = build.user("Somebody", role=role, password="walks-on-two-feet-26")
    given = {"login": user.email, "password": "walks-on-two-feet-26"}
    response = client.post(reverse("account_login"), given, follow=True)
    assert response.redirect_chain[-1][0] == reverse(FIRST_PAGE[role])
    assert response.status_code == 200
