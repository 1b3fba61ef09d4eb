"""Which function does which kind of job. Nothing registers itself."""

from typing import Final

from app.jobs.kinds import (
    AlertIncident,
    BanMany,
    CheckSanctions,
    DeleteMessages,
    EditReply,
    Job,
    KeepRaidMode,
    LogCase,
    LogIncident,
    LogReport,
    PauseGuild,
    PurgeMessages,
    ReconcileMember,
    RestoreTimeout,
    RunBacktest,
    SanctionMany,
    SanctionMember,
    SlowChannel,
    SweepGuild,
    TellMember,
    TellReporters,
    TellWhy,
)
from app.worker.automod import alert_incident, delete_messages, tell_why
from app.worker.backtests import run_backtest
from app.worker.bulk_bans import ban_many
from app.worker.case_log import log_case
from app.worker.incident_log import log_incident
from app.worker.purges import purge_messages
from app.worker.raids import keep_raid_mode, pause_guild, sanction_many, slow_channel
from app.worker.reconcile import reconcile_member
from app.worker.replies import edit_reply
from app.worker.reports import log_report, tell_reporters
from app.worker.sanction_checks import check_sanctions
from app.worker.sanctions import restore_timeout, sanction_member
from app.worker.sweep import sweep_guild
from app.worker.telling import tell_member
from app.worker.work import Handler

HANDLERS: Final[dict[type[Job], Handler]] = {
    ReconcileMember: reconcile_member,
    SweepGuild: sweep_guild,
    SanctionMember: sanction_member,
    RestoreTimeout: restore_timeout,
    BanMany: ban_many,
    SanctionMany: sanction_many,
    PurgeMessages: purge_messages,
    EditReply: edit_reply,
    TellMember: tell_member,
    LogCase: log_case,
    LogIncident: log_incident,
    LogReport: log_report,
    TellReporters: tell_reporters,
    DeleteMessages: delete_messages,
    TellWhy: tell_why,
    AlertIncident: alert_incident,
    PauseGuild: pause_guild,
    KeepRaidMode: keep_raid_mode,
    SlowChannel: slow_channel,
    CheckSanctions: check_sanctions,
    RunBacktest: run_backtest,
}
"""Kind of job -> what does it. A kind without a line is left in the queue for a worker that knows it."""

CONCURRENCY: Final[dict[type[Job], int]] = {
    ReconcileMember: 3,
    SweepGuild: 1,
    CheckSanctions: 1,
    LogCase: 4,
    LogIncident: 2,
    LogReport: 4,
    TellReporters: 2,
    TellWhy: 4,
    AlertIncident: 2,
    TellMember: 4,
    EditReply: 4,
    RunBacktest: 4,
}
"""Kind of job -> how many run at once over all workers, so that none of them keeps moderation waiting."""
