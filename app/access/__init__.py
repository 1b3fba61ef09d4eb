"""Who may do what: one pure function, `may`, and the facts it decides on.

Words: *action* is something a person can ask for; its *requirement* is a Discord permission or an access
level of ours, either of which suffices; an *access level* is what a guild gave one of its roles: viewer,
moderator or manager, each including the ones before.
Invariants: every service asks `require` itself, so no edge can forget to; a decision rests only on data of
the one guild it is about; whoever has Manage Server is a manager, whatever is configured; @everyone
carries no level.
"""
