"""Which roles the platform handed out, and how what several rooms want becomes one answer.

Words: the *desired state* of a role has three values: present, absent, not ours; a *role grant* is the note
that we gave a member a role.
Invariants: *absent* is only said of a role that we granted, so no role leaves a member to whom somebody else
gave it; a grant is noted before Discord is asked, and forgotten after the role was taken back.
"""
