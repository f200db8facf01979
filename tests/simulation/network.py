"""The network between machines and broker: messages are late, lines are slow, cut or frozen."""

from collections.abc import Callable
from typing import Final

from tests.simulation.broker import SimulatedBroker
from tests.simulation.world import Machine, World

LATE_S_MAX: Final = 20.0
KEEPALIVE_S: Final = 5.0
UNNOTICED_S_MAX: Final = KEEPALIVE_S * 1.5
"""How long a frozen line may go unnoticed: MQTT 3.1.1, 3.1.2.10."""
SILENT_AFTER_S: Final = 70.0
"""How long the server's word counts, whose pulse is slow here."""
_TICK_S: Final = 1e-6
"""Keeps what is sent one after the other apart in time, and so in order."""


class Network:
    """All lines, and the broker they lead to."""

    def __init__(self, world: World, broker: SimulatedBroker) -> None:
        self.world = world
        self.broker = broker
        self.links: list[Link] = []
        self.chance = world.chance("network")

    def delay_s(self) -> float:
        """Return how long a message is on its way."""
        weather = self.world.weather
        if self.chance.random() < weather.late:
            self.world.count("messages late")
            return self.chance.uniform(0.5, LATE_S_MAX)
        return self.chance.uniform(0.1, 2.0) * weather.latency_s

    def is_reachable(self, machine: Machine) -> bool:
        """Tell whether the machine could connect to the broker now."""
        return self.broker.is_up and machine.cut_off_until_s <= self.world.loop.time()

    def cut_off(self, machine: Machine, seconds: float) -> None:
        """Cut a machine off: what is under way is lost; each end notices in its own time."""
        self.world.count("lines cut")
        machine.tell(f"is cut off for {seconds:.1f} s")
        machine.cut_off_until_s = self.world.loop.time() + seconds
        is_noticed = self.chance.random() < 0.4
        for link in self.links_of(machine):
            link.cut(is_noticed=is_noticed)

    def slow_down(self, machine: Machine, seconds: float) -> None:
        """Hold all of a machine's messages back, then let them come at once."""
        self.world.count("lines slowed")
        machine.tell(f"has a slow line for {seconds:.1f} s")
        for link in self.links_of(machine):
            link.hold_s(seconds)

    def crash_broker(self, down_s: float) -> None:
        """Let the broker die and come back with what it had saved last."""
        self.world.count("broker crashes")
        self.world.tell("broker", f"dies and comes back in {down_s:.1f} s")
        for link in list(self.links):
            link.cut(is_noticed=True)
        self.broker.crash()
        self.world.loop.call_later(down_s, self.broker.start)

    def links_of(self, machine: Machine) -> list["Link"]:
        """Return the machine's lines that still carry something."""
        return [link for link in self.links if link.machine is machine]


class Link:
    """One TCP connection with the broker.

    What goes to the broker arrives in order; what comes from it arrives in order at each topic.
    """

    def __init__(self, network: Network, machine: Machine) -> None:
        self.machine = machine
        self.receive: Callable[[str, bytes, int], None] = lambda topic, payload, delivery: None
        self.on_broken: Callable[[], None] = lambda: None
        self.is_dead = False
        self._network = network
        self._loop = network.world.loop
        self._up_at_s = 0.0
        self._down_at_s: dict[str, float] = {}
        self._held_until_s = 0.0
        network.links.append(self)

    def to_broker(self, then: Callable[[], None]) -> None:
        """Do `then` at the broker, if the line lasts so long."""
        self._up_at_s = self._send(self._up_at_s, then)

    def to_client(self, topic: str, then: Callable[[], None]) -> None:
        """Do `then` at the client, if the line lasts so long."""
        self._down_at_s[topic] = self._send(self._down_at_s.get(topic, 0.0), then)

    def deliver(self, topic: str, payload: bytes, delivery: int) -> None:
        """Bring a message to the client, now and then twice."""
        world = self._network.world
        world.count("messages")
        self.to_client(topic, lambda: self.receive(topic, payload, delivery))
        if self._network.chance.random() < world.weather.doubled:
            world.count("messages doubled")
            self.to_client(topic, lambda: self.receive(topic, payload, delivery))

    def hold_s(self, seconds: float) -> None:
        """Let nothing arrive for a while."""
        self._held_until_s = self._loop.time() + seconds

    def cut(self, *, is_noticed: bool) -> None:
        """Lose whatever is under way, and whatever is sent from now on."""
        if self.is_dead:
            return
        self._end()
        chance = self._network.chance
        client_s, broker_s = (
            (0.0, 0.0)
            if is_noticed
            else (chance.uniform(0.1, UNNOTICED_S_MAX), chance.uniform(0.1, UNNOTICED_S_MAX))
        )
        self._loop.call_later(client_s, self.on_broken)
        self._loop.call_later(broker_s, self._network.broker.lost, self)

    def close(self) -> None:
        """Take leave: the broker publishes no will."""
        self.to_broker(self._leave)
        self.on_broken = lambda: None
        self.receive = lambda topic, payload, delivery: None

    def _leave(self) -> None:
        self._network.broker.disconnected(self)
        self._end()

    def _end(self) -> None:
        self.is_dead = True
        self._network.links.remove(self)

    def _send(self, after_s: float, then: Callable[[], None]) -> float:
        if self.is_dead:
            self._network.world.count("messages lost")
            return after_s
        at_s = max(
            after_s + _TICK_S, self._held_until_s, self._loop.time() + self._network.delay_s()
        )
        self._loop.call_at(at_s, self._arrive, then)
        return at_s

    def _arrive(self, then: Callable[[], None]) -> None:
        if self.is_dead:
            self._network.world.count("messages lost")
        else:
            then()
