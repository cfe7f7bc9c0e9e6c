"""Template messages (模板消息): those of an account as it tells them, one to be sent, what became of it."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from channels.connection_states import DeliveryState, Reason, TemplateObstacle
from channels.reading import Outgoing, Pulled, Receipt
from channels.rules import GAP

FINISHED = "TEMPLATESENDJOBFINISH"
PLACE = re.compile(r"\{\{\s*(\w+)\.DATA\s*\}\}")
HAN = re.compile(r"[\u4e00-\u9fff]")
FOR_ONE_CONSENT = "{{content}}"
"""All of a message that WeChat lists with the others, but that needs a consent of its own each time."""

BLOCKED = "userblock"
TOO_OFTEN = "freqlimit"


def pulled(told: Mapping[str, Any]) -> Pulled | None:
    """A template of the list; None for one that is no template message."""
    name, title = str(told.get("template_id") or ""), str(told.get("title") or "")
    body = PLACE.sub(r"{{\1}}", str(told.get("content") or "")).strip()
    if not name or body == FOR_ONE_CONSENT:
        return None
    industry = "/".join(str(told[key]) for key in ("primary_industry", "deputy_industry") if told.get(key))
    return Pulled(
        name[:512],
        "zh_CN" if HAN.search(title + body) else "en",
        industry[:40],
        body,
        tuple(dict.fromkeys(GAP.findall(body))),
        is_named=True,
        obstacle="" if body else TemplateObstacle.NO_BODY,
        title=title[:100],
    )


def message(outgoing: Outgoing) -> dict[str, Any]:
    """A template as it is sent. WeChat knows for ten minutes by `client_msg_id` that it sent it before."""
    template = outgoing.template
    assert template is not None
    return {
        "touser": outgoing.to,
        "template_id": template.name,
        "client_msg_id": sha256(outgoing.key.encode()).hexdigest()[:32],
        "data": {name: {"value": text} for name, text in template.values},
        **({"url": template.link} if template.link else {}),
    }


def receipt(told: Mapping[str, str]) -> Receipt:
    """What became of a message: "success", "failed:user block", "failed: system failed" and the like."""
    said = told.get("Status", "")
    if said == "success":
        return Receipt(told.get("MsgID", ""), DeliveryState.DELIVERED)
    why = said.removeprefix("failed:").replace(" ", "")
    reasons = {BLOCKED: Reason.RECIPIENT, TOO_OFTEN: Reason.TOO_MANY}
    return Receipt(told.get("MsgID", ""), DeliveryState.FAILED, said[:300], reasons.get(why, Reason.REFUSED))
