"""One local Discord: its parts, joined. Lives in the app object; nothing is global."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import httpx2

from simulator.clock import Clock
from simulator.config import SimulatorConfig
from simulator.endpoint.sender import Sender
from simulator.faults.endpoint import WatchedTransport, network
from simulator.faults.gateway import lots_before_dispatch
from simulator.faults.traffic import Traffic, open_traffic
from simulator.gateway.hub import Hub
from simulator.happenings import ApplicationChanged, Bus, Happening
from simulator.payloads.messages import MessageWriter
from simulator.snowflakes import SnowflakeFactory
from simulator.state import seed
from simulator.state.entities import User
from simulator.state.pending import OpenInteractions
from simulator.state.raids import Raid
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
    gateway: Hub
    interactions: OpenInteractions
    traffic: Traffic
    raids: dict[int, Raid]
    """By guild, the last one."""

    @property
    def bot(self) -> User:
        """The application's own user."""
        return self.world.bot

    async def close(self) -> None:
        """End what goes on by itself, and let go of the network."""
        tasks = [each.task for each in self.raids.values() if each.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.sender.close()

    def tell(self, happening: Happening) -> None:
        """Tell the gateway and the pages what happened."""
        self.bus.tell(happening)


def start(
    config: SimulatorConfig,
    clock: Clock,
    transport: httpx2.AsyncBaseTransport | None,
    routes: Iterable[tuple[str, str]],
) -> LocalDiscord:
    """Join the parts around a freshly planted world. `routes` are methods and templates of the REST API."""
    traffic = open_traffic(config, clock, routes)
    snowflakes = SnowflakeFactory(clock)
    world = World(config, clock, snowflakes)
    seed.plant(world, config, clock)
    bus = Bus()
    messages = MessageWriter(world, config.public_url.rstrip("/"))
    gateway = Hub(config, clock, world, messages)
    gateway.before_dispatch = lots_before_dispatch(traffic.faults)
    gateway.connections_changed = lambda: bus.tell(ApplicationChanged())
    bus.listen(gateway.hear)
    return LocalDiscord(
        config=config,
        clock=clock,
        snowflakes=snowflakes,
        world=world,
        sender=Sender(clock, config.response_seconds, WatchedTransport(traffic, transport or network())),
        bus=bus,
        messages=messages,
        gateway=gateway,
        interactions=OpenInteractions(),
        traffic=traffic,
        raids={},
    )
