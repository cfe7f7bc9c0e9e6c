"""Time that is counted: working time with its pauses, and deadlines in calendar days.

Three kinds of deadline exist, each with its own function:

- working time in a calendar, less the pauses: `deadline`, `working_time`, `explain`
- calendar days, to the end of the last day: `calendar_deadline` ("cn_next_day", "eu")
- elapsed time, 24 hours a day: `calendar_deadline` ("elapsed")

Everything here is pure: no database, no clock of its own. Instants go in with any zone and come out
in UTC; a datetime without a zone is refused. Results are exact, daylight saving and all.
"""

from core.hours.budgets import Explanation, Segment, StillPaused, deadline, explain, working_time
from core.hours.days import Mode, calendar_deadline, day_add, month_add
from core.hours.spans import Pause
from core.hours.timetable import Calendar, Hours

__all__ = [
    "Calendar",
    "Explanation",
    "Hours",
    "Mode",
    "Pause",
    "Segment",
    "StillPaused",
    "calendar_deadline",
    "day_add",
    "deadline",
    "explain",
    "month_add",
    "working_time",
]
