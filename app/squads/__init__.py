"""Squads: teams of a server that members choose, each with a role.

Words: a *membership* says in which squad a member is; a *move* is one change of it, with its *cause*; the
*switch cost* is what a squad asks of whoever comes by their own choice. A squad is *closed* when it takes
nobody and ends every membership; *paused* while its role cannot be given.
Invariants: nobody is in two squads; no squad has more members than it takes; a move that costs is one
transaction with its payment, which is burned; every move is written down and none is ever changed; a role
follows the membership, never the other way round, unless the server chose otherwise.

Locks, in this order: the member, squads by their ids, the balance, the membership.
Shelves: `domain` (what a move costs and why it is refused), `moving` (join, switch, leave), `service`
(looking), `saving` (what a server chose), `claims` (which roles are due), `config`, `erasure`.
"""
