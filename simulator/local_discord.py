"""One local Discord: its parts, joined. Lives in the app object; nothing is global."""

from dataclasses import dataclass

import httpx2

from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.delivery.open import OpenInteractions
from simulator.endpoint.sender import Sender
from simulator.happenings import Bus, Happening
from simulator.payloads.messages import MessageWriter
from simulator.snowflakes import SnowflakeFactory
from simulator.state import seed
from simulator.state.entities import User
from simulator.state.world import World


@dataclass(frozen=True, slots=True)
class LocalDiscord:
    """What every edge works with."""

    config: SimulatorConfig
    clock: Clock
    snowflakes: SnowflakeFactory
    world: World
    sender: Sender
    bus: Bus
    messages: MessageWriter
    interactions: OpenInteractions

    @property
    def bot(self) -> User:
        """The application's own user."""
        return self.world.bot

    def tell(self, happening: Happening) -> None:
        """Tell the gateway and the pages what happened."""
        self.bus.tell(happening)


def start(config: SimulatorConfig, clock: Clock, transport: httpx2.AsyncBaseTransport | None) -> LocalDiscord:
    """Join the parts around a freshly planted world."""
    snowflakes = SnowflakeFactory(clock)
    world = World(config, clock, snowflakes)
    seed.plant(world, config, clock)
    return LocalDiscord(
        config=config,
        clock=clock,
        snowflakes=snowflakes,
        world=world,
        sender=Sender(clock, config.response_seconds, transport),
        bus=Bus(),
        messages=MessageWriter(world, config.public_url.rstrip("/")),
        interactions=OpenInteractions(),
    )
