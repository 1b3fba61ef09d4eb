"""Edge: what Discord tells over its gateway -> the rooms. One process, which listens and never answers.

So far it keeps the list of guilds true and counts what it hears; auto-moderation will stand on it.

Words: *heard* is one event without what people wrote; *news of a guild* is that the bot is in it, or is not.
Invariants: what people wrote and what they are called reaches neither a log line nor a figure; after a close
code that forbids it nobody connects again.
"""
