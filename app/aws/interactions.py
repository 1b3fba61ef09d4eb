"""The Lambda function behind `/interactions`: the same endpoint, reached through API Gateway (HTTP API).

Built once per process. Mangum's lifespan stays off (it would run on *every* invocation), the pool holds
one connection, and nothing runs after the reply: the sandbox freezes.
"""

from typing import Final

from mangum import Mangum

from app.container import Container
from app.logs import configure_logging
from app.settings import load_settings
from interactions.endpoint import InteractionsEndpoint
from interactions.receive import Receiver

_settings = load_settings(database_pool_size=1)
configure_logging(_settings)
_container = Container(_settings)

handler: Final = Mangum(
    InteractionsEndpoint(Receiver(_container.public_key, _container.database)), lifespan="off"
)
"""What `template.yaml` names."""
