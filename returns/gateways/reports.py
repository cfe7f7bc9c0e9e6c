"""The sentence in which a shop's system says what became of a refund, in answers and in notices alike.

{"key": "F-10001", "state": "succeeded" | "pending" | "refused", "refund_id": "...", "amount": 1234,
"currency": "EUR", "message": "...", "rate": "1.05"}: amounts in minor units; the last two may be missing.
"""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from returns.gateways.interface import Outcome, Result

OUTCOMES: Mapping[str, Outcome] = {
    "succeeded": Outcome.SUCCEEDED,
    "pending": Outcome.PENDING,
    "refused": Outcome.REFUSED,
}


def parse(content: bytes | str) -> dict[str, Any]:
    """The JSON object in `content`. Raises ValueError for anything else, or for what no row can hold."""
    told = json.loads(content)
    if not isinstance(told, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - wrong content, not a wrong call
    # Half a surrogate pair cannot be encoded, and a row holds no NUL.
    if rb"\u0000" in json.dumps(told, ensure_ascii=False).encode():
        raise ValueError("a NUL")
    return told


def result_of(told: Mapping[str, Any], key: str) -> Result:
    """What is said about the refund with this key. Raises ValueError where that cannot be made out."""
    if told.get("key") != key:
        raise ValueError("the answer is about another refund")
    outcome = OUTCOMES.get(str(told.get("state")))
    if outcome is None:
        raise ValueError(f"unknown state {told.get('state')!r}"[:200])
    return Result(
        outcome,
        refund_id=str(told.get("refund_id") or "")[:100],
        amount=_amount(told.get("amount")),
        currency=str(told.get("currency") or "")[:3],
        message=str(told.get("message") or "")[:500],
        rate=_rate(told.get("rate")),
    )


def _amount(value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
        raise ValueError("the amount is not in minor units")
    return value


def _rate(value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        rate = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError("the rate is no number") from error
    if not rate.is_finite() or not 0 < rate < 10**9:
        raise ValueError("the rate is no number")
    return rate
