"""Cases and refunds for other systems."""
