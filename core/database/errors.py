"""What can be wrong with a database, and how the drivers' own errors are told apart."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import StartRefused, Unavailable

#: serialization_failure, deadlock_detected, lock_not_available (PostgreSQL, appendix A)
_COLLISIONS = {"40001", "40P01", "55P03"}
#: disk_full, out_of_memory
_FULL = {"53100", "53200"}
_UNIQUE = "23505"
_STOPPED = "57014"


class DatabaseAway(Unavailable):
    """The database does not answer."""

    code = "database_away"
    message = "数据库暂时无法连接，请稍后再试"


class Overloaded(Unavailable):
    """The queue before the database is too long."""

    code = "overloaded"
    message = "系统繁忙，请稍后再试"


class ReadTooLong(Unavailable):
    """A read went over its limit and was stopped."""

    code = "read_too_long"
    message = "查询时间过长，已停止，请缩小范围后再试"


class StorageFull(Unavailable):
    """The disk is full: nothing was written, nothing that was there is lost."""

    code = "storage_full"
    message = "存储空间已满，本次内容未保存，请联系管理员"


class OutcomeUnknown(Unavailable):
    """The connection was lost while the transaction was being committed; it may or may not have happened."""

    code = "outcome_unknown"
    message = "数据库连接在保存时中断，请刷新确认后再试"


class SecondServer(StartRefused):
    """Another process serves this SQLite file."""

    code = "second_server"
    message = "已有一个服务在使用 {path}（SQLite 只允许一个服务）；请先停止它，或改用 PostgreSQL"


class DatabaseUnreachable(StartRefused):
    """The configured database does not answer at the start."""

    code = "database_unreachable"
    message = "无法连接数据库 {url}：{reason}"


def is_collision(error: DBAPIError) -> bool:
    """Two transactions met and this one was rolled back: run it again."""
    origin = error.orig
    if isinstance(origin, psycopg.Error):
        return origin.sqlstate in _COLLISIONS
    return isinstance(origin, sqlite3.OperationalError) and _sqlite_code(origin) in {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    }


def is_duplicate(error: DBAPIError) -> bool:
    """A unique key was taken meanwhile by a concurrent transaction: run again, it will be found."""
    return (
        isinstance(error, IntegrityError) and isinstance(error.orig, psycopg.Error) and error.orig.sqlstate == _UNIQUE
    )


def is_cut(error: DBAPIError) -> bool:
    """The connection is gone."""
    return error.connection_invalidated


def translated(error: Exception) -> Exception:
    """Our error for a driver's, or the error itself when it is a bug of ours."""
    if isinstance(error, PoolTimeout):
        return Overloaded()
    if not isinstance(error, DBAPIError):
        return error
    origin = error.orig
    if isinstance(origin, sqlite3.Error):
        return _translated_sqlite(origin) or error
    state = getattr(origin, "sqlstate", None)
    if state in _FULL:
        return StorageFull()
    if state == _STOPPED:
        return ReadTooLong()
    if is_collision(error):
        return Overloaded()
    is_away = error.connection_invalidated or (isinstance(error, OperationalError | InterfaceError) and state is None)
    return DatabaseAway() if is_away or str(state).startswith(("08", "57P", "53")) else error


def _translated_sqlite(origin: sqlite3.Error) -> Unavailable | None:
    code = _sqlite_code(origin)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return Overloaded()
    if code == sqlite3.SQLITE_INTERRUPT:
        return ReadTooLong()
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
        return StorageFull()
    if code == sqlite3.SQLITE_CANTOPEN:
        return DatabaseAway()
    return None


def _sqlite_code(origin: sqlite3.Error) -> int:
    """The primary result code: the low byte of the extended one."""
    return getattr(origin, "sqlite_errorcode", 0) & 0xFF
