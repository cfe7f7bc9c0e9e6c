from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import actions
from accounts.models import User
from core import words
from core.actors import SYSTEM
from core.errors import Refused


class Command(BaseCommand):
    help = "Make an API token that acts in the name of a member of staff, and print it: it is shown only now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL", help="e-mail address of the member of staff")
        parser.add_argument("--name", default="command line", help="what the token is for")

    def handle(self, *args: Any, email: str, name: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"No member of staff has the e-mail address {email}.")
        try:
            _token, text = actions.issue_token(user, name=name, by=SYSTEM)
        except Refused as refused:
            raise CommandError(words.refusal(refused)) from None
        self.stdout.write(text)
