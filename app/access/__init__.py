"""Who may do what: one pure function, `may`, and the facts it decides on.

Words: *action* is something a person can ask for; its *requirement* is a Discord permission or an access
level of ours, either of which suffices.
Invariants: every service asks `may` itself, so no edge can forget to; a decision rests only on data of
the one guild it is about.
"""
