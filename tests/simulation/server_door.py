"""The port `Door` of the service, on the simulated network, with the habits of paho.

A session that outlives connection and process; what is not acknowledged is sent again after a
reconnect, in order; what is published while the connection is being made may overtake it.
"""

from collections.abc import Callable

from queue_server.contract import topics
from queue_server.contract.codec import BadPayload, encode
from queue_server.contract.device_messages import DeviceStatus
from queue_server.contract.topics import SERVER
from queue_server.rules.terms import SiteId
from queue_server.service.door import RECONNECT_AFTER_S, followed_topics, read_job
from queue_server.service.jobs import Asked, Job, LineIsUp, Unreadable
from tests.simulation.network import Link, Network
from tests.simulation.world import Machine


class SimulatedDoor:
    """A `Door` that lives as long as its process.

    Args:
        network: where the broker is.
        machine: the server's.
        site: whose topics it follows.
        pass_port: called before and after each call that leaves the process; may raise a crash.
        watch: sees each message that is published.
    """

    def __init__(
        self,
        network: Network,
        machine: Machine,
        site: SiteId,
        *,
        pass_port: Callable[[], None],
        watch: Callable[[str, bytes], None],
    ) -> None:
        self._network = network
        self._loop = network.world.loop
        self._machine = machine
        self._site = site
        self._pass_port = pass_port
        self._watch = watch
        self._put: Callable[[Job], None] = lambda job: None
        self._client_id = f"{site}-{SERVER}"
        self._link: Link | None = None
        self._is_connected = False
        self._is_closed = False
        self._unconfirmed: dict[int, tuple[str, bytes, bool]] = {}
        self._sent: set[int] = set()
        """Those of the unconfirmed that went out on this connection."""
        self._number = 0

    # --- the port --------------------------------------------------------------------------------

    def open(self, put: Callable[[Job], None]) -> None:
        """Connect in the background and hand what comes in to `put`."""
        self._put = put
        self._connect()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Send `payload`, QoS 1."""
        self._pass_port()
        if retain and not self._is_connected:
            return
        self._watch(topic, payload)
        self._number += 1
        self._unconfirmed[self._number] = (topic, payload, retain)
        self._send(self._number)
        self._pass_port()

    def acknowledge(self, delivery: int) -> None:
        """Tell the broker that a delivery has been dealt with."""
        self._pass_port()
        if self._link is not None:
            broker, client_id = self._network.broker, self._client_id
            self._link.to_broker(lambda: broker.acknowledged(client_id, delivery))
        self._pass_port()

    def close(self) -> None:
        """Say good-bye and disconnect."""
        self._is_closed = True
        link = self._link
        if link is not None:
            broker, topic = self._network.broker, topics.status(self._site, SERVER)
            farewell = encode(DeviceStatus(is_up=False))
            link.to_broker(lambda: broker.publish(topic, farewell, retain=True))
            link.close()

    def die(self) -> None:
        """Vanish with the process: whatever was under way is lost."""
        self._is_closed = True
        if self._link is not None:
            self._link.cut(is_noticed=False)

    # --- the connection --------------------------------------------------------------------------

    def _connect(self) -> None:
        if self._is_closed:
            return
        if not self._network.is_reachable(self._machine):
            self._connect_later()
            return
        link = self._link = Link(self._network, self._machine)
        self._sent.clear()
        link.receive = self._received
        link.on_broken = self._broke
        topic = topics.status(self._site, SERVER)
        will = (topic, encode(DeviceStatus(is_up=False)))

        def connected() -> None:
            self._network.broker.connect(link, self._client_id, is_clean=False, will=will)
            link.to_client("", self._connected)

        link.to_broker(connected)

    def _connected(self) -> None:
        link = self._link
        if link is None or self._is_closed:
            return
        self._is_connected = True

        def subscribed() -> None:
            self._network.broker.subscribe(link, followed_topics(self._site))
            link.to_client("", self._subscribed)

        link.to_broker(subscribed)
        for number in [one for one in self._unconfirmed if one not in self._sent]:
            self._send(number)

    def _subscribed(self) -> None:
        self._machine.tell("is connected")
        self._put(LineIsUp())

    def _broke(self) -> None:
        self._link = None
        self._is_connected = False
        self._connect_later()

    def _connect_later(self) -> None:
        self._loop.call_later(RECONNECT_AFTER_S, self._connect)

    def _send(self, number: int) -> None:
        link = self._link
        if link is None:
            return
        self._sent.add(number)
        topic, payload, retain = self._unconfirmed[number]

        def published() -> None:
            self._network.broker.publish(topic, payload, retain=retain)
            link.to_client("", lambda: self._confirmed(number))

        link.to_broker(published)

    def _confirmed(self, number: int) -> None:
        self._unconfirmed.pop(number, None)

    def _received(self, topic: str, payload: bytes, delivery: int) -> None:
        if self._is_closed:
            return
        try:
            arrived_s = self._loop.time()
            job = read_job(self._site, topic, payload, delivery, arrived_s=arrived_s)
        except (topics.BadTopic, BadPayload):
            job = None
        if job is not None:
            self._put(job)
        if not isinstance(job, Asked | Unreadable) and self._link is not None:
            broker, client_id = self._network.broker, self._client_id
            self._link.to_broker(lambda: broker.acknowledged(client_id, delivery))
