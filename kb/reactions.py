"""What the knowledge base does when something happens on the floors below."""

from core.models import Event
from customers import actions as people
from kb.models import ArticleFeedback


def follow_person(event: Event) -> None:
    """Opinions on articles of a customer who was merged follow to the person they are."""
    people.take_along(event, ArticleFeedback.objects.all())


def part_persons(event: Event) -> None:
    """Opinions on articles that came with a merged customer are theirs again."""
    people.bring_back(event, ArticleFeedback.objects.all())
