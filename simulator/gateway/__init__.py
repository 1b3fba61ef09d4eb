"""Edge: Discord's gateway, the WebSocket by which a bot hears what happens.

Pure: `reading` (what a client says), `admission` (who may come in), `events` (the table of what is told
to whom, from `places`, `data` and `stripping`), `news` (one happening on its way), `ready` and `members`
(the other payloads), `session` (what was told, for resuming), `limits`, `compression`. With I/O: `hub` (all
sessions), `connection` (one WebSocket), `routes`, `server` (what uvicorn needs).
"""
