"""The figures managers look at: each is defined once, here, in the order in which it is shown."""

from dashboards.kpis.measures import EVERYTHING, SPLIT_NAMES, Kpi, Measure, Rows, Scope, Words
from dashboards.kpis.outcomes import COVERAGE, CSAT, REOPENED, RETURN_RATE
from dashboards.kpis.promises import COMPLAINTS, FIRST_RESPONSE, NEXT_RESPONSE, REVIEWS, VISITS
from dashboards.kpis.volume import BACKLOG, LATE, OPENED, SOLVED

KPIS: tuple[Kpi, ...] = (
    FIRST_RESPONSE,
    NEXT_RESPONSE,
    COMPLAINTS,
    REVIEWS,
    CSAT,
    RETURN_RATE,
    COVERAGE,
    VISITS,
    REOPENED,
)
MEASURES: tuple[Measure, ...] = (*KPIS, OPENED, SOLVED, *BACKLOG, LATE)
BY_SLUG: dict[str, Measure] = {measure.slug: measure for measure in MEASURES}
KPI_BY_SLUG: dict[str, Kpi] = {kpi.slug: kpi for kpi in KPIS}

__all__ = [
    "BACKLOG",
    "BY_SLUG",
    "COMPLAINTS",
    "COVERAGE",
    "CSAT",
    "EVERYTHING",
    "FIRST_RESPONSE",
    "KPIS",
    "KPI_BY_SLUG",
    "LATE",
    "MEASURES",
    "NEXT_RESPONSE",
    "OPENED",
    "REOPENED",
    "RETURN_RATE",
    "REVIEWS",
    "SOLVED",
    "SPLIT_NAMES",
    "VISITS",
    "Kpi",
    "Measure",
    "Rows",
    "Scope",
    "Words",
]
