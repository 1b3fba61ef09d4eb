"""What the worker reads and writes of reports. It asks nobody: each was asked for when it was made."""

from app.database.tx import Tx
from app.moderation import report_repository
from app.moderation.domain import DmStatus
from app.moderation.report_rules import Report, Reporter

UNSENT = frozenset({DmStatus.PENDING, DmStatus.SENDING})


async def find_report(tx: Tx, guild_id: int, number: int) -> Report | None:
    """Load a report, None if this guild has none such."""
    return await report_repository.find_report(tx, guild_id, number)


async def find_reporters(tx: Tx, report: Report) -> list[Reporter]:
    """Load who reported, the first first."""
    return await report_repository.find_reporters(tx, report)


async def note_dm(tx: Tx, report: Report, reporter: Reporter, status: DmStatus) -> None:
    """Note what became of the direct message to somebody who reported."""
    await report_repository.change_dms(tx, report, status, of=UNSENT, user_id=reporter.user_id)


async def note_log(
    tx: Tx, report: Report, *, channel_id: int, message_id: int | None, shows: int | None
) -> None:
    """Note where the log's message about a report is, or is about to be, and which version it shows."""
    shown = {} if shows is None else {"logged_version": shows}
    await report_repository.change_report(
        tx, report, unseen=True, log_channel_id=channel_id, log_message_id=message_id, **shown
    )
