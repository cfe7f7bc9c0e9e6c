"""Configuration of surveys and visits that administrators own."""

from django.contrib import admin

from feedback.models import SurveyForm, VisitPlan


@admin.register(SurveyForm)
class SurveyFormAdmin(admin.ModelAdmin[SurveyForm]):
    list_display = ["code", "question_en", "question_zh", "low_score", "is_active"]


@admin.register(VisitPlan)
class VisitPlanAdmin(admin.ModelAdmin[VisitPlan]):
    list_display = ["reason", "delay", "max_attempts", "is_active"]
