"""Measurements. They print figures and judge nothing."""
