"""Words of figures: what counts as better, what a figure is counted in, by what it can be split."""

from enum import IntFlag, StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Better(StrEnum):
    """Which way a figure should go."""

    HIGHER = "higher"
    LOWER = "lower"


class Unit(StrEnum):
    PERCENT = "percent"
    COUNT = "count"


class Split(IntFlag):
    """By what figures are told apart. A stored figure carries the sum of the ones it was split by."""

    NOTHING = 0
    TEAM = 1
    CHANNEL = 2
    SHOP = 4


ALL_SPLITS = Split.TEAM | Split.CHANNEL | Split.SHOP


class Behind(models.TextChoices):
    """Which of the rows behind a figure: all, those above the line of the fraction, the others."""

    ALL = "all", _("All")
    HITS = "hits", _("Counted above the line")
    REST = "rest", _("The rest")
