"""What customers say afterwards, and the visits that follow from it."""

import uuid
from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, User
from core import bilingual
from customers.models import Customer
from feedback.states import Outcome, SurveyChannel, VisitMethod, VisitReason, VisitStatus
from tickets.models import Ticket


class SurveyForm(models.Model):
    """The question customers are asked after their ticket is solved, in both languages."""

    code = models.SlugField(unique=True)
    question_en = models.CharField(_("question (English)"), max_length=300)
    question_zh = models.CharField(_("question (Chinese)"), max_length=300)
    thanks_en = models.TextField(_("words of thanks (English)"))
    thanks_zh = models.TextField(_("words of thanks (Chinese)"))
    low_score = models.PositiveSmallIntegerField(
        _("low score"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text=_("This score or less plans a follow-up visit."),
    )
    answer_within = models.DurationField(
        _("answer within"), help_text=_("Days and hours, as in “14 00:00:00”.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("survey form")
        verbose_name_plural = _("survey forms")
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="one_active_survey_form"
            )
        ]

    def __str__(self) -> str:
        return bilingual.pick(self, "question")


class Survey(models.Model):
    """One question to one customer about one cycle of a ticket: asked once, answered once."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form = models.ForeignKey(SurveyForm, on_delete=models.PROTECT, related_name="surveys")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="surveys")
    cycle = models.PositiveSmallIntegerField()
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="surveys")
    agent = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="surveys",
        help_text=_("Who solved it."),
    )
    language = models.CharField(max_length=10, choices=Language)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)
    is_late = models.BooleanField(default=False)
    channel = models.CharField(max_length=8, choices=SurveyChannel, default=SurveyChannel.MAIL)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        constraints = [
            models.UniqueConstraint(fields=["ticket", "cycle"], name="one_survey_per_ticket_cycle"),
            models.CheckConstraint(
                condition=Q(score=None, answered_at=None) | Q(score__range=(1, 5), answered_at__isnull=False),
                name="survey_answer_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["sent_at"], name="survey_sent"),
            models.Index(
                fields=["-answered_at", "-id"], name="survey_answered", condition=~Q(answered_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.cycle}: {self.score or '–'}"

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None


class VisitPlan(models.Model):
    """When a visit follows from a cause, how soon, and what to say; one row per cause."""

    reason = models.CharField(_("reason"), max_length=12, choices=VisitReason, unique=True)
    delay = models.DurationField(_("planned after"))
    max_attempts = models.PositiveSmallIntegerField(_("attempts before giving up"), default=3)
    script_en = models.TextField(_("script (English)"))
    script_zh = models.TextField(_("script (Chinese)"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("visit plan")
        verbose_name_plural = _("visit plans")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_reason_display()


class VisitQuerySet(models.QuerySet["FollowUpVisit"]):
    def planned(self) -> "VisitQuerySet":
        """Visits somebody still has to make, the most urgent first."""
        return self.filter(status=VisitStatus.PLANNED).order_by("due_at", "pk")

    def due(self, at: datetime) -> "VisitQuerySet":
        """Planned visits whose time has come."""
        return self.planned().filter(due_at__lte=at)


class FollowUpVisit(models.Model):
    """A return visit (回访). `cause` names what it came from, and no cause plans two."""

    number = models.CharField(max_length=20, unique=True)
    cause = models.CharField(max_length=80, unique=True)
    plan = models.ForeignKey(VisitPlan, on_delete=models.PROTECT, related_name="visits")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="visits")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="visits")
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    status = models.CharField(max_length=10, choices=VisitStatus, default=VisitStatus.PLANNED)
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    due_at = models.DateTimeField()
    promised_at = models.DateTimeField(help_text=_("When it was first due; later attempts do not move it."))
    attempts = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up visit")
        verbose_name_plural = _("follow-up visits")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=VisitStatus.values), name="visit_status_known"),
            models.CheckConstraint(
                condition=Q(status=VisitStatus.PLANNED, finished_at=None)
                | (~Q(status=VisitStatus.PLANNED) & Q(finished_at__isnull=False)),
                name="visit_finished_when_not_planned",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(status=VisitStatus.PLANNED), name="visit_queue"
            ),
            models.Index(fields=["promised_at"], name="visit_promised"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reason(self) -> str:
        return self.plan.reason


class VisitAttempt(models.Model):
    """One attempt to reach the customer, and what came of it; never changed afterwards."""

    visit = models.ForeignKey(FollowUpVisit, on_delete=models.CASCADE, related_name="log")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="visit_attempts")
    at = models.DateTimeField()
    method = models.CharField(_("how"), max_length=8, choices=VisitMethod, default=VisitMethod.PHONE)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.visit_id}: {self.outcome}"
