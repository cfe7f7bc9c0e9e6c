"""The survey and visit plans a fresh installation starts with. Staff change them in the admin."""

from datetime import timedelta
from typing import Any

from feedback.states import VisitReason

SURVEY_FORM: dict[str, Any] = {
    "code": "csat",
    "question_en": "How satisfied are you with the way we handled your request?",
    "question_zh": "您对本次售后服务满意吗？",
    "thanks_en": "Thank you. We read every answer, and if something is not right yet we will get in touch.",
    "thanks_zh": "感谢您的评价。每一条评价我们都会认真阅读；如果问题还没有解决好，我们会主动联系您。",
    "low_score": 2,
    "answer_within": timedelta(days=14),
}

VISIT_PLANS: tuple[dict[str, Any], ...] = (
    {
        "reason": VisitReason.LOW_SCORE,
        "delay": timedelta(hours=24),
        "script_en": (
            "Thank the customer for the honest score. Ask what went wrong and what would put it right. "
            "Promise only what you can keep, and say when they will hear from us."
        ),
        "script_zh": (
            "感谢客户的真实评价；了解哪里没做好、怎样处理客户才满意；只承诺能做到的事，并说明何时给答复。"
        ),
    },
    {
        "reason": VisitReason.COMPLAINT,
        "delay": timedelta(hours=48),
        "script_en": (
            "Refer to the complaint and its solution. Ask whether the matter is settled for good. "
            "If it is not, note what is missing; the ticket is taken up again."
        ),
        "script_zh": (
            "说明来电与之前的投诉及处理结果有关；确认问题是否已彻底解决；"
            "如未解决，记录客户诉求，工单将重新处理。"
        ),
    },
    {
        "reason": VisitReason.REPAIR,
        "delay": timedelta(days=7),
        "script_en": (
            "Ask whether the repaired product works as it should "
            "and whether the customer has questions about its use."
        ),
        "script_zh": "确认维修后的商品使用是否正常，询问客户在使用中是否还有疑问。",
    },
)


def ensure_survey_and_visits(forms: Any, plans: Any) -> None:
    """Store the default survey form and visit plans unless there are any; both are managers."""
    if not forms.exists():
        forms.create(**SURVEY_FORM)
    for plan in VISIT_PLANS:
        plans.get_or_create(reason=plan["reason"], defaults=plan)
