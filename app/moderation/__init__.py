"""Moderation: what staff decides about members, kept as cases. So far only its rules stand here.

No table, no service and no command uses them yet.

Words: a *case* is one decision of a *moderator* about a member: its *action*, its reason and its status;
*lifting* ends a sanction before its time, *undoing* a case says it should not have been. The *escalation
ladder* turns several warnings into a sanction; a warning counts as long as it is *active*.
Invariants: a case's status changes only along `TRANSITIONS`; the newest decision about a member wins, but
a permanent ban is shortened only by lifting it; *absent* is only said of a sanction that a case of ours
brought, so nothing that others did in Discord is taken back.

Shelves: `domain` (cases, and what should be of a member), `durations`, `escalation`, `texts` (what a member
is told), `config`.
"""
