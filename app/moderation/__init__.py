"""Moderation: what staff decides about members, kept as cases and carried out once.

Words: a *case* is one decision of a *moderator* about a member: its *action*, its reason and its status;
*lifting* ends a sanction before its time, *undoing* a case says it should not have been. The *escalation
ladder* turns several warnings into a sanction; a warning counts as long as it is *active*. An *incident* is
many cases that are one thing. A *report* is a message that members brought before the moderators.
Invariants: a case's status changes only along `TRANSITIONS`; the newest decision about a member wins, but a
sanction is shortened only by lifting it; *absent* is only said of a sanction that a case of ours brought, so
nothing that others did in Discord is taken back; a case is locked before the incident it belongs to.

Shelves, of cases: `domain` (what may become of them, what should be of a member), `opening`, `changing`,
`reading` (the use cases), `carrying_out` (what the worker reads and writes), `showing` (who has to see it),
`rendering` (how they read), `failures`, `texts`, `escalation`, `durations`, `evidence`. Of incidents:
`massban`, `incidents`, `purging`, `incident_values`, `incident_rendering`. Of reports: `reports`,
`report_rules`, `report_outcomes`, `report_rendering`. Of all: `config`, `service` (what a guild chose),
`asking` (what `may` is asked), `erasure`, and the repositories.
"""
