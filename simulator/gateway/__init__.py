"""Edge: Discord's gateway, the WebSocket by which a bot hears what happens.

Pure: `reading` (what a client says), `admission` (who may come in), `events` (the table of what is told to
whom), `stripping`, `ready`, `members` (payloads), `session` (what was told, for resuming), `limits`. With I/O:
`connection` (one WebSocket), `hub` (all sessions), `server` (what uvicorn needs), `routes`.
"""
