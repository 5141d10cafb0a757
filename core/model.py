"""What every table shares: names of constraints, types of columns, triggers that keep rows as they were written."""

import enum
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: A primary key, or a reference to one; SQLite numbers only plain INTEGER keys by itself.
Id = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON().with_variant(JSONB(), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: stored as UTC, naive values refused, read back aware and UTC."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs its time zone: {value!r}")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: An enumeration, stored as its value (VARCHAR(40) in migrations); `Mapped[SomeStrEnum]` finds it by itself.
Code = Enum(
    enum.StrEnum,
    native_enum=False,
    create_constraint=False,
    length=40,
    values_callable=lambda kind: [member.value for member in kind],
)


class Model(DeclarativeBase):
    """Base of every mapped class."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        dict: Json,
        dict[str, Any]: Json,
        list[Any]: Json,
        list[str]: Json,
        list[int]: Json,
        enum.StrEnum: Code,
    }


def append_only(table_name: str) -> dict[str, tuple[str, ...]]:
    """Statements, by dialect, that make a table refuse UPDATE, DELETE and TRUNCATE; see core.migrate.protect."""
    return {
        "sqlite": tuple(
            f"CREATE TRIGGER {table_name}_no_{verb} BEFORE {verb.upper()} ON {table_name} "
            f"BEGIN SELECT RAISE(ABORT, '{table_name} is append-only'); END"
            for verb in ("update", "delete")
        ),
        "postgresql": tuple(
            f"CREATE TRIGGER {table_name}_no_{name} BEFORE {verbs} ON {table_name} "
            f"FOR EACH {unit} EXECUTE FUNCTION refuse_change()"
            for name, verbs, unit in (("change", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT"))
        ),
    }
