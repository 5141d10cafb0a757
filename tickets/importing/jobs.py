"""Reading a file of the catalogue behind the page's back; killed, it goes on where it was."""

import structlog

from core.computer import Computer, ComputingTooLong
from core.errors import Unavailable
from core.jobs import Work, job
from tickets.importing import actions
from tickets.importing.errors import FileUnreadable
from tickets.importing.queries import file_of, names_in_use
from tickets.importing.reading import read_sheet
from tickets.importing.rules import Bad, Good, judge

log = structlog.get_logger(__name__)

#: a file of the largest size takes some seconds
READ_WITHIN_S = 120.0


@job(retry=(Unavailable,), limit_s=1800)
def import_catalogue(work: Work, *, import_id: int) -> None:
    """Read in the child process, judge, and put the good rows in, batch by batch."""
    name, content = work.database.read(file_of, import_id)
    if content is None:
        return
    try:
        sheet = work.service(Computer).run(read_sheet, name, content, timeout_s=READ_WITHIN_S)
        judged = judge(sheet, work.database.read(names_in_use))
    except (FileUnreadable, ComputingTooLong) as error:  # the same file would take as long again
        work.finish(actions.end_import, import_id, error=str(error), now=work.now())
        return
    good = [row for row in judged if isinstance(row, Good)]
    bad = [row for row in judged if isinstance(row, Bad)]
    done = work.note(actions.note_judged, import_id, rows=len(judged), refused=bad)
    for start in range(done, len(good), actions.BATCH):
        batch = good[start : start + actions.BATCH]
        work.note(actions.put_rows, import_id, batch, after=start, now=work.now())
    work.finish(actions.end_import, import_id, now=work.now())
    log.info("catalogue imported", import_id=import_id, rows=len(judged), refused=len(bad))
