"""Replies that are edited later: the tokens Discord gave for them, sealed, for a quarter of an hour.

Words: an *interaction token* lets whoever has it speak for the bot in one conversation for 15 minutes.
Invariants: a token is stored only sealed, by a key that is not in the database; it is gone when its time is
over or its reply was edited; jobs carry only the interaction's id.
"""
