"""Measured in a Python of its own: django-helpdesk's REST creation, list page and dashboard; prints JSON.

Requests go through Django's test client, in this process and without a socket, which is to the peer's advantage.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.conf import settings

SIZES = (1_000, 20_000)
CREATED, LISTED = 60, 10
APPS = ("admin", "auth", "contenttypes", "sessions", "sites", "messages", "staticfiles", "humanize")
MIDDLEWARE = (
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)
CONTEXT = ("debug", "request")


def configure(database: str) -> None:
    """A site as its own documentation sets it up, with mails kept in memory."""
    processors = [f"django.template.context_processors.{name}" for name in CONTEXT]
    processors += ["django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages"]
    settings.configure(
        SECRET_KEY="only for a measurement",
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF="measure",
        INSTALLED_APPS=[*(f"django.contrib.{app}" for app in APPS), "rest_framework", "helpdesk"],
        MIDDLEWARE=MIDDLEWARE,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": processors},
            }
        ],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        STATIC_URL="/static/",
        MEDIA_ROOT=f"{database}.media",
        SITE_ID=1,
        USE_TZ=True,
        HELPDESK_TEAMS_MODE_ENABLED=False,
        HELPDESK_TEAMS_MODEL="auth.User",
        HELPDESK_TEAMS_MIGRATION_DEPENDENCIES=[],
        HELPDESK_KBITEM_TEAM_GETTER=lambda _: None,
        LOGGING_CONFIG=None,
    )
    django.setup()


def urlpatterns_of_site() -> list[Any]:
    from django.urls import include, path

    return [path("helpdesk/", include("helpdesk.urls"))]


def cost(ask: Callable[[int], Any], times: int) -> dict[str, float]:
    """CPU of one request in milliseconds, and its statements."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask(-1)
    with CaptureQueriesContext(connection) as seen:
        ask(-2)
    statements = len(seen)  # what comes later is not to be counted
    begun = time.process_time()
    for n in range(times):
        ask(n)
    return {"cpu_ms": (time.process_time() - begun) * 1000 / times, "sql": statements}


def fill(queue: Any, size: int) -> None:
    """Open and resolved tickets of one queue, until there are so many."""
    from helpdesk.models import Ticket

    present = Ticket.objects.count()
    Ticket.objects.bulk_create(
        (
            Ticket(
                title=f"南湖小区{n}号楼暖气不热",
                queue=queue,
                description="室内只有十四度，老人和孩子都受不了，已经三天了，希望尽快处理。",
                status=n % 4 + 1,
                submitter_email=f"citizen{n}@example.org",
                secret_key=f"key{n}",
            )
            for n in range(present, size)
        ),
        batch_size=2_000,
    )


def measure() -> dict[str, dict[str, float]]:
    """Each figure by its name; the list is the page and the rows that it fetches."""
    from django.contrib.auth import get_user_model
    from django.test import Client
    from helpdesk.models import Queue
    from helpdesk.query import query_to_base64

    staff = get_user_model().objects.create_superuser("staff", "staff@example.org", "measured")
    queue = Queue.objects.create(title="热线", slug="hotline")
    client = Client()
    client.force_login(staff)
    told: dict[str, dict[str, float]] = {}

    def create(n: int) -> None:
        body = {"queue": queue.id, "title": f"暖气不热 {n}", "description": "已经三天了", "priority": 3}
        body |= {"submitter_email": f"new{n}@example.org"}
        expect(client.post("/helpdesk/api/tickets/", json.dumps(body), "application/json"), 201)

    def page(_n: int) -> None:
        expect(client.get("/helpdesk/tickets/"), 200)
        query = query_to_base64({"filtering": {"status__in": [1, 2]}, "sorting": "created", "search_string": ""})
        expect(client.get(f"/helpdesk/datatables_ticket_list/{query}?draw=1&start=0&length=25"), 200)

    for size in SIZES:
        fill(queue, size)
        told[f"create {size}"] = cost(create, CREATED)
        told[f"list {size}"] = cost(page, LISTED)
        told[f"dashboard {size}"] = cost(lambda _n: expect(client.get("/helpdesk/dashboard/"), 200), LISTED)
    return told


def expect(answer: Any, status: int) -> None:
    """Raises RuntimeError when the peer did not do it."""
    if answer.status_code != status:
        raise RuntimeError(f"{answer.request['PATH_INFO']} answered {answer.status_code}: {answer.content[:300]!r}")


def main() -> None:
    """`measure.py DATABASE`."""
    configure(sys.argv[1])
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(measure()))


if __name__ == "__main__":
    main()
else:
    urlpatterns = urlpatterns_of_site()
