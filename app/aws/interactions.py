"""The Lambda function behind `/interactions`: the same endpoint, reached through API Gateway (HTTP API).

Built once per process. Mangum's lifespan stays off (it would run on *every* invocation), the pool holds
one connection, and nothing runs after the reply: the sandbox freezes.
"""

import asyncio
from typing import Any, Final

from mangum import Mangum
from mangum.types import LambdaContext, LambdaEvent

from app.analytics.at_once import AtOnce
from app.container import Container
from app.logs import configure_logging, request_id
from app.settings import load_settings
from app.webhooks import make_receiver
from interactions.endpoint import InteractionsEndpoint

_settings = load_settings(database_pool_size=1)
configure_logging(_settings)
_container = Container(_settings)

# The connection belongs to the loop it was made in, so one loop serves every invocation. Mangum takes the
# loop of the thread; left to find none, it makes one with a DeprecationWarning (Python 3.12 and 3.13).
asyncio.set_event_loop(asyncio.new_event_loop())

_receiver: Final = make_receiver(_container, AtOnce(_container.database).record)
_adapter: Final = Mangum(InteractionsEndpoint(_receiver), lifespan="off")


def handler(event: LambdaEvent, context: LambdaContext) -> dict[str, Any]:
    """Answer one request; what `template.yaml` names. Log lines carry the id AWS gave the invocation."""
    request_id.set(context.aws_request_id)
    return _adapter(event, context)
