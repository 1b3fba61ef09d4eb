"""`edit_reply`: the reply to a moderator's command says what became of it."""

from app import clock
from app.discord.port import DiscordForbiddenError, DiscordNotFoundError
from app.jobs.kinds import EditReply
from app.jobs.locks import named_lock
from app.language import language_of
from app.moderation import carrying_out, incidents
from app.moderation.domain import CaseStatus, DmStatus
from app.moderation.incident_rendering import incident_reply
from app.moderation.rendering import case_reply
from app.replies import service as replies_service
from app.worker.outcomes import ALREADY_DONE, Done, Outcome
from app.worker.work import Work

_UNSETTLED = frozenset({DmStatus.PENDING, DmStatus.SENDING})


async def edit_reply(work: Work, job: EditReply) -> Outcome:
    """Edit the reply to one interaction; once nothing more can become of it, its token is forgotten."""
    async with named_lock(work.database.engine, f"reply:{job.interaction_id}"):
        async with work.database.transaction() as tx:
            reply = await replies_service.find_reply(tx, work.box, job.interaction_id, clock.now())
            many = await incidents.find_of_interaction(tx, job.guild_id, job.interaction_id)
            cases = (
                await carrying_out.find_of_interaction(tx, job.guild_id, job.interaction_id)
                if many is None
                else many.cases
            )
        if reply is None or not cases:
            return ALREADY_DONE  # the quarter of an hour is over: the case and the log have the outcome
        is_settled = all(
            case.status is not CaseStatus.PENDING and case.dm_status not in _UNSETTLED for case in cases
        )
        if many is not None and not is_settled:
            return ALREADY_DONE  # of many, the last one has it edited: once, and not two hundred times
        language = language_of(reply.locale)
        rendered = (
            case_reply(language, cases) if many is None else incident_reply(language, many.incident, cases)
        )
        notes: tuple[str, ...] = ()
        try:
            await work.discord.edit_reply(reply.token, rendered)
        except (DiscordNotFoundError, DiscordForbiddenError) as error:
            notes = (f"the reply was not edited: {error}",)
        if is_settled or notes:
            async with work.database.transaction() as tx:
                await replies_service.drop_token(tx, job.interaction_id)
        return Done(notes, changed=not notes)
