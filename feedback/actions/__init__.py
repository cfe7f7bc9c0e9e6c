"""The verbs of surveys and visits."""

from feedback.actions.surveys import answer_survey, dispatch_survey, take_rating
from feedback.actions.visits import assign_visit, cancel_visit, log_attempt, plan_visit

__all__ = [
    "answer_survey",
    "assign_visit",
    "cancel_visit",
    "dispatch_survey",
    "log_attempt",
    "plan_visit",
    "take_rating",
]
