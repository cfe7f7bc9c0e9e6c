"""Staff: who works here, in which teams, with which rights, languages and skills."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.rights import ROLE_RIGHTS, Right, Role
from accounts.states import NoticeKind, NoticeWay, PushState, Strategy
from core import bilingual, clock
from core.models import OutboxRow


class Language(models.TextChoices):
    """Languages the product speaks; the values are Django language codes."""

    ENGLISH = bilingual.ENGLISH, "English"
    CHINESE = bilingual.CHINESE, "简体中文"


class Skill(models.Model):
    """Something a member of staff is good at and a ticket can ask for ("electronics")."""

    code = models.SlugField(unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["code"]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")


class Team(models.Model):
    """A group that shares a queue."""

    code = models.SlugField(unique=True)
    name_en = models.CharField(_("name (English)"), max_length=100)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100)
    is_default = models.BooleanField(
        _("default team"), default=False, help_text=_("Takes tickets that no other team claims.")
    )
    strategy = models.CharField(
        _("new tickets go to"), max_length=12, choices=Strategy, default=Strategy.MANUAL
    )
    capacity = models.PositiveSmallIntegerField(
        _("open tickets at once"),
        default=20,
        help_text=_("Of one member. Whoever has so many gets no more by themselves."),
    )
    is_rapid_response = models.BooleanField(
        _("rapid-response team"), default=False, help_text=_("Urgent tickets go to this team first.")
    )

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=models.Q(is_default=True), name="one_default_team"
            ),
            models.UniqueConstraint(
                fields=["is_rapid_response"],
                condition=models.Q(is_rapid_response=True),
                name="one_rapid_response_team",
            ),
        ]

    def __str__(self) -> str:
        return bilingual.pick(self, "name")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A member of staff; without a password sign-in waits for a password reset."""
        if not email:
            raise ValueError("a member of staff needs an e-mail address")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator who carries every right of every role."""
        fields = {"role": Role.ADMINISTRATOR, "is_superuser": True, **fields}
        return self.create_user(email, password, **fields)


class User(AbstractBaseUser):
    """A member of staff, known by e-mail. Rights come from the role alone (`accounts.rights`)."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.AGENT)
    teams = models.ManyToManyField(Team, verbose_name=_("teams"), blank=True, related_name="members")
    skills = models.ManyToManyField(Skill, verbose_name=_("skills"), blank=True, related_name="members")
    language = models.CharField(_("language"), max_length=10, choices=Language, default=Language.ENGLISH)
    speaks = models.JSONField(_("answers in"), default=list, blank=True, help_text=_("Language codes."))
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    capacity = models.PositiveSmallIntegerField(
        _("open tickets at once"), null=True, blank=True, help_text=_("Empty: as many as the team says.")
    )
    shifts = models.JSONField(
        _("shifts"),
        default=dict,
        blank=True,
        help_text=_('{"0": [["09:00", "18:00"]]}, 0 = Monday, in the own time zone. Empty: always on shift.'),
    )
    notices = models.JSONField(default=dict, blank=True, editable=False)
    """How each kind of notice is told: kind -> way. What is not named is told in the page."""

    is_active = models.BooleanField(_("active"), default=True)
    is_superuser = models.BooleanField(
        _("carries every right"), default=False, help_text=_("Of every role, whatever the own role is.")
    )
    date_joined = models.DateTimeField(_("joined"), default=clock.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    actor_kind = "user"

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or self.email

    def may(self, right: Right | str) -> bool:
        """Whether the role carries the right; a superuser carries all, an inactive user none."""
        if not self.is_active:
            return False
        return self.is_superuser or right in ROLE_RIGHTS.get(self.role, frozenset())

    def told(self, kind: str) -> NoticeWay:
        """How the member wants to be told of a kind of thing."""
        return NoticeWay(self.notices.get(kind, NoticeWay.PAGE))

    @property
    def languages(self) -> frozenset[str]:
        """The languages the member answers in; nothing said means the own one."""
        return frozenset(self.speaks or [self.language])

    @property
    def rights(self) -> list[Right]:
        """Everything the member may do, in the order of the table."""
        return [right for right in Right if self.may(right)]

    @property
    def is_staff(self) -> bool:
        """Whether the admin opens: it holds configuration and nothing else."""
        return self.may(Right.CONFIGURE)

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Asked by the admin for each of its models; whoever configures may change all of them."""
        return self.may(Right.CONFIGURE)

    def has_perms(self, perm_list: Iterable[str], obj: models.Model | None = None) -> bool:
        return self.may(Right.CONFIGURE)

    def has_module_perms(self, app_label: str) -> bool:
        return self.may(Right.CONFIGURE)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def not_over(self, at: datetime) -> "AbsenceQuerySet":
        """Absences that go on at an instant or are still to come, the next one first."""
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=at)).order_by("starts_at", "pk")

    def current(self, at: datetime) -> "AbsenceQuerySet":
        """Absences that go on at an instant."""
        return self.not_over(at).filter(starts_at__lte=at)


class Absence(models.Model):
    """Out of office, from `starts_at` until before `ends_at`; without an end until somebody is back.

    `cover` is who looks after the tickets meanwhile: gets them first when they are spread.
    """

    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    cover = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="covers")
    note = models.CharField(max_length=200, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("starts_at")),
                name="absence_ends_after_it_starts",
            )
        ]
        indexes = [models.Index(fields=["member", "starts_at"], name="absence_of_member")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.starts_at:%Y-%m-%d %H:%M}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self) -> "ApiTokenQuerySet":
        """Tokens that open the API: not revoked, of a member who still works here."""
        return self.filter(revoked_at=None, user__is_active=True)


class ApiToken(models.Model):
    """A key for another system, acting in the name of a member of staff. Only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12, help_text=_("The beginning, to recognise it by."))
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> "NotificationQuerySet":
        """What the member has not looked at yet."""
        return self.filter(read_at=None)


class Notification(models.Model):
    """Something a member is told of. `key` names the cause, so that nobody is told of it twice.

    `about` is the thread it happened on ("ticket:7"): looking at the thread reads it.
    """

    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    key = models.CharField(max_length=64)
    who = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=250)
    excerpt = models.CharField(max_length=200, blank=True)
    about = models.CharField(max_length=64)
    url = models.CharField(max_length=300)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="told_once_of_a_cause")]
        indexes = [
            models.Index(fields=["member", "-id"], name="notification_latest"),
            models.Index(
                fields=["member", "about"], condition=models.Q(read_at=None), name="notification_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"


class PushKey(models.Model):
    """The one key this installation signs what it pushes with, sealed; browsers are subscribed to it."""

    only = models.PositiveSmallIntegerField(primary_key=True, default=1)
    private = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=1), name="one_push_key")]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"


class PushBrowser(models.Model):
    """A browser that shows a member what they are told while no page is open.

    It shows nothing once the session in which it was added is over; one that was added without a session (by
    another system) until it is taken away.
    """

    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_browsers")
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=32)
    name = models.CharField(max_length=100)
    session_key = models.CharField(max_length=40, blank=True, db_index=True)
    created_at = models.DateTimeField()
    last_sent_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("notified browser")
        verbose_name_plural = _("notified browsers")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class PushDelivery(OutboxRow):
    """A notice on its way to a browser; without a notice, a trial."""

    browser = models.ForeignKey(PushBrowser, on_delete=models.CASCADE, related_name="deliveries")
    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, null=True, related_name="deliveries"
    )
    state = models.CharField(max_length=8, choices=PushState, default=PushState.QUEUED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["browser", "notification"], name="pushed_once_to_a_browser")
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state__in=["queued", "sending"]),
                name="push_due",
            ),
            models.Index(fields=["created_at"], name="push_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} -> {self.browser_id}"
