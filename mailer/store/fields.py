"""`Instant`: a moment in time, kept and compared in UTC.

Tortoise writes an aware datetime into SQLite as text with the offset it came with, and compares that text: 12:00+02:00 would be later than
11:00 UTC. Values and the values of filters both pass through here, so neither can.
"""

from datetime import UTC, datetime
from typing import Any

from tortoise.fields import DatetimeField


class Instant(DatetimeField[datetime]):
    """An aware datetime. A naive one is a mistake of ours and is refused."""

    def to_db_value(self, value: Any, instance: Any) -> Any:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValueError(f"{value} has no time zone")
            value = value.astimezone(UTC)
        return super().to_db_value(value, instance)
