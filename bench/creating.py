"""Creating tickets through the API: how many a second, the CPU of one, and its statements."""

import json
import time
from dataclasses import dataclass
from statistics import median

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.cpu import meter
from bench.load import Load, put
from bench.served import Served, counted_sql
from tickets.forms import TicketForm
from tickets.kinds import TicketType
from tickets.model import Place, Topic

CLIENTS, WARMING = 4, 100
#: the median of so many rounds is told: a busy second of the machine is not ours
ROUNDS, A_ROUND = 5, 200
TEXT = "南湖小区{n}号楼暖气不热，室内只有十四度，老人和孩子都受不了，已经三天了，希望尽快处理。"
CREATION_CPU_MS, CREATION_SQL, CREATIONS_A_SECOND = 8, 10, 100


@dataclass(frozen=True)
class Creation:
    """What creating one took: CPU of the server's own process, and with the database's."""

    per_second: float
    p95_ms: float
    cpu_ms: float
    cpu_with_database_ms: float
    sql: int


async def creating(served: Served) -> Creation:
    """Some rounds, each ticket with another text and a key of its own, after some that are not counted."""
    body = served.database.read(body_of)
    post = Load(f"{served.url}/api/tickets", "POST", served.headers, body, key="bench-{n}", clients=CLIENTS)
    with counted_sql(served.database) as statements:
        await put(post.times(WARMING))
    # what comes once a minute, like noting that the session is in use, is not of every ticket
    sql = round(len(statements) / WARMING)
    rounds = [await _round(served, post.times(A_ROUND, first=WARMING + n * A_ROUND)) for n in range(ROUNDS)]
    per_second, p95_ms, own_ms, all_ms = (median(figures) for figures in zip(*rounds, strict=True))
    return Creation(per_second, p95_ms, own_ms, all_ms, sql)


async def _round(served: Served, posts: Load) -> tuple[float, float, float, float]:
    """Creations a second, their p95, the server's own CPU of one and that with the database's; times in ms."""
    spent_s = meter(served.database)
    own_s, before_s = time.process_time(), spent_s()
    answers = await put(posts)
    own_ms, all_ms = (
        (after - before) * 1000 for before, after in ((own_s, time.process_time()), (before_s, spent_s()))
    )
    return answers.per_second, answers.latency_ms(0.95), own_ms / A_ROUND, all_ms / A_ROUND


def body_of(session: Session) -> str:
    """A ticket of the first topic below the top, at the first place."""
    topic_id = session.scalar(sa.select(Topic.id).where(Topic.level == 2).order_by(Topic.id).limit(1))
    place_id = session.scalar(sa.select(Place.id).order_by(Place.id).limit(1))
    form = TicketForm(text=TEXT, topic_id=topic_id, place_id=place_id, type=TicketType.HELP, phone="13812345678")
    return json.dumps({"form": form.model_dump(mode="json"), "source": "phone"}, ensure_ascii=False)
