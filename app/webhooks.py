"""How a process answers Discord's webhooks; what a PING does not need is made for the first command."""

from typing import TYPE_CHECKING

from app.container import Container
from interactions.receive import Receiver

if TYPE_CHECKING:
    from interactions.answering import Answering, Recording


def make_receiver(container: Container, record: "Recording | None" = None) -> Receiver:
    """Make what answers webhooks.

    Args:
        container: What the process has.
        record: Takes note of each interaction that was answered.

    Raises:
        SettingsError: something it cannot do without is missing.
    """

    def answering() -> "Answering":
        from app.access.gathering import RankFinder  # noqa: PLC0415 - the same
        from interactions.answering import Answering  # noqa: PLC0415 - brings SQLAlchemy
        from interactions.table import ROUTES  # noqa: PLC0415 - brings every room

        return Answering(
            ROUTES,
            container.database(),
            control_key=container.control_key,
            reply_key=container.reply_key,
            ranks=RankFinder(container.discord().places),
            record=record,
        )

    return Receiver(container.public_key, container.database, answering)
