"""A process that serves `/interactions` and nothing else, as the function on AWS Lambda does.

Told everything by its environment, as every role is. The one argument is its port.
"""

import sys

import uvicorn

from app.container import Container
from app.logs import configure_logging
from app.settings import load_settings
from app.webhooks import make_receiver
from interactions.endpoint import InteractionsEndpoint


def main(port: str) -> None:
    """Serve until somebody ends it."""
    settings = load_settings()
    configure_logging(settings)
    endpoint = InteractionsEndpoint(make_receiver(Container(settings)))
    uvicorn.run(endpoint, port=int(port), log_config=None, access_log=False, lifespan="off")


if __name__ == "__main__":
    main(sys.argv[1])
