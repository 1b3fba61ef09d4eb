"""Edge: what Discord tells over its gateway -> the rooms. One process, which listens and never answers.

It keeps the list of guilds true, has what happens judged by the rules of auto-moderation, writes down what
moderators do in Discord's own pages, and has the worker look at who comes back or whose roles changed.

Words: *heard* is one event without what people wrote; *news of a guild* is that the bot is in it, or is not;
an *observation* is what rules look at, and the only thing here that carries what people wrote.
Invariants: what people wrote and what they are called reaches neither a log line nor a figure; hearing awaits
nothing, and what is to be written waits in bounded memory; after a close code that forbids it nobody connects
again; a server counts as heard until an instant only if all before is judged and written.

Shelves: `listener`, `ear`, `sessions` (the connection) > `hearing` (who wants to know) > `rereading`,
`progress` (what was missed) > `watch`, `members`, `cases`, `guilds` (what comes of it) > `rulebook`,
`writing` > `missed`, `observing`, `auditing`, `places`, `translate` (plain values).
"""
