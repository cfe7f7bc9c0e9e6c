"""Staff, teams and skills, as administrators keep them."""

from typing import Any, cast

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import ManyToManyField, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import actions, rules
from accounts.forms import zone_choices
from accounts.models import Language, Skill, Team, User

# Rights come from roles, addresses are those of the members, a lost second factor is an action on them.
for model in (Group, EmailAddress, Authenticator):
    admin.site.unregister(model)


class MemberCreationForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """A new member; without a password they set one by "forgot password"."""

    class Meta:
        model = User
        fields = ("email", "name", "role")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class MemberChangeForm(UserChangeForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    speaks = forms.MultipleChoiceField(
        label=_("Answers in"), choices=Language, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = User
        fields = "__all__"  # the admin's fieldsets choose

    def clean_shifts(self) -> Any:
        try:
            return rules.checked_shifts(self.cleaned_data["shifts"] or {})
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


@admin.register(User)
class MemberAdmin(UserAdmin):  # type: ignore[type-arg]
    """Members of staff. Nobody is deleted: what they did stays; they are made inactive."""

    form = MemberChangeForm
    add_form = MemberCreationForm
    list_display = ("name", "email", "role", "team_names", "is_active")
    list_filter = ("role", "teams", "is_active")
    search_fields = ("name", "email")
    ordering = ("name",)
    filter_horizontal = ()
    formfield_overrides = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    actions = ("remove_second_factor",)
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (_("Work"), {"fields": ("role", "teams", "skills", "speaks", "is_active")}),
        (_("Sharing out"), {"fields": ("capacity", "shifts")}),
        (_("Reading"), {"fields": ("language", "time_zone")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "role", "usable_password", "password1", "password2")}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("teams")

    @admin.display(description=_("Teams"))
    def team_names(self, user: User) -> str:
        return ", ".join(str(team) for team in user.teams.all())

    @admin.action(description=_("Remove the second factor (lost phone)"))
    def remove_second_factor(self, request: HttpRequest, members: QuerySet[User]) -> None:
        for member in members:
            actions.remove_second_factor(member, by=cast(User, request.user))
        self.message_user(request, _("They sign in with their password alone until they set one up again."))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "code",
        "name_en",
        "name_zh",
        "strategy",
        "capacity",
        "is_default",
        "is_rapid_response",
    )
    search_fields = ("code", "name_en", "name_zh")


@admin.register(Skill)
class SkillAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name_en", "name_zh")
    search_fields = ("code", "name_en", "name_zh")
