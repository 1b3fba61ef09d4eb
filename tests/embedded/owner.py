"""A program that owns (or attaches to) the servers of a home until its stdin closes.

`owner.py HOME [UID GID SITE]`: writes one line of JSON when they run. With a uid it first gives up
being root, and finds the wheels in SITE, as an ordinary person's installation would.
"""

import json
import os
import signal
import sys
from pathlib import Path

from app.embedded.servers import servers


def main() -> None:
    # A background job of a shell ignores SIGINT; an owner in a terminal does not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    home, *person = sys.argv[1:]
    if person:
        uid, gid, site = person
        sys.path.insert(0, site)
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    with servers(Path(home)) as running:
        sys.stdout.write(
            json.dumps(
                {
                    "database_url": running.database_url,
                    "redis_url": running.redis_url,
                    "owned": running.owned,
                }
            )
            + "\n"
        )
        sys.stdout.flush()
        sys.stdin.read()


main()
