"""How far ids, days and moments from outside may go: what browsers, both databases and every zone can hold."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

#: positive and exact in a browser (2**53 - 1 is JavaScript's largest safe integer)
RowId = Annotated[int, Field(ge=1, le=2**53 - 1)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), lt=date(2200, 1, 1))]
Moment = Annotated[AwareDatetime, Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))]
