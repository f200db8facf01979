"""Starts the broker that was asked for: the built-in one, or one that runs already."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import Final

from queue_server.broker.access import Secured
from queue_server.broker.broker import Broker
from queue_server.broker.broker_process import BrokerProcess
from queue_server.broker.embedded_nats import embedded_nats
from queue_server.broker.existing_broker import ExistingBroker
from queue_server.devices.access import access_of
from queue_server.devices.errors import DeviceError, DeviceErrorCode
from queue_server.devices.register import DeviceRegister
from queue_server.devices.watch import DeviceWatch
from queue_server.options import ServerOptions
from queue_server.site import Site

ANYWHERE: Final = "0.0.0.0"  # noqa: S104  # with TLS only, and for listed certificates only


def start_broker(
    options: ServerOptions,
    site: Site,
    register: DeviceRegister,
    clock: Callable[[], datetime],
    stack: ExitStack,
) -> Broker:
    """Start the broker that was asked for; with a list of devices, one with TLS.

    Args:
        options: what the command line says.
        site: whose topics they are.
        register: the list of devices.
        clock: the real one, as certificates are checked by it.
        stack: ends what was started.

    Raises:
        BrokerError, DeviceError, CertificatesUnusable: each says what to do.
    """
    broker = (
        _embedded_broker(options, site, register, clock)
        if options.broker is None
        else ExistingBroker(
            options.broker, register.server_certificates if register.exists else None
        )
    )
    broker.start()
    stack.callback(broker.stop)
    if isinstance(broker, BrokerProcess) and register.exists:
        watch = DeviceWatch(register, broker.reload)
        watch.start()
        stack.callback(watch.stop)
    return broker


def _embedded_broker(
    options: ServerOptions, site: Site, register: DeviceRegister, clock: Callable[[], datetime]
) -> BrokerProcess:
    folder, listen = options.data_folder / "broker", options.broker_listen
    if register.exists:
        return embedded_nats(
            folder,
            host=ANYWHERE if listen is None else listen.host,
            port=register.read().broker.port if listen is None else listen.port,
            secured=Secured(
                access=lambda: access_of(register, site, clock()),
                certificates=register.server_certificates,
            ),
        )
    if listen is None:
        return embedded_nats(folder)
    if not listen.is_loopback:
        raise DeviceError(
            DeviceErrorCode.NO_DEVICES,
            f"消息服务器在 {listen} 只能以 TLS 监听：请先用 devices add 添加设备，或监听 127.0.0.1",
            f"the broker listens at {listen} with TLS only: add the first device, or listen at"
            " 127.0.0.1",
        )
    return embedded_nats(folder, host=listen.host, port=listen.port)
