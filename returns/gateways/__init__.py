"""Payment providers that give money back: what we ask of one, and which one holds a payment."""

from returns.gateways.interface import Gateway, GatewayRules, Outcome, RefundRequest, Result
from returns.gateways.registry import gateway_for, gateway_of

__all__ = ["Gateway", "GatewayRules", "Outcome", "RefundRequest", "Result", "gateway_for", "gateway_of"]
