"""Auto-moderation: rules that look at what members write and who joins, and say what is to be done.

Words: an *observation* is one thing that happened (a message, an edit, a join, another name); a *rule* has
one *trigger*, *conditions* of which all must hold, and *actions* in order; its *mode* is off, shadow (it only
records what would have happened) or on. A *hit* is a rule that fired on an observation; several hits on one
member, or a raid, are one *incident*. A *backtest* tries rules over messages of the past.
*Raid mode* is what a guild has done at once against a raid, until it is over.
Invariants: judging is pure and does no I/O; patterns of people run in RE2 and nowhere else; staff, bots and
exempt roles are never hit; a rule that breaks is paused and the others go on.

Shelves: `observation`, `triggers` (one file each), `folding` (look-alike text), `patterns` (RE2),
`windows` (what happened lately), `rule` (the schema), `compiled` and `judge`,
`raid_answers` (what moderators do below an alert), `raid_pauses` (what is paused and slowed), `raid_mode`.
"""
