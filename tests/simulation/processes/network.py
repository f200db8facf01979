"""Hosts with a network of their own: a namespace behind a pair of virtual Ethernet ends.

Pulling the plug takes one end down: packets vanish and nobody is told, as in a cable that breaks
between two switches. Where namespaces are refused, a host shares this machine's loopback and its
plug can't be pulled; the wires of single devices can be (`relay.py`).
"""

import os
import subprocess
from dataclasses import dataclass
from typing import Final

NETWORKS: Final = 16384


class NoNamespaces(Exception):
    """This machine does not let us have a network of our own; the text says what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A machine room with its own network, or, without namespaces, this machine's."""

    name: str
    address: str
    """Where devices of this host find the relays."""
    namespace: str = ""

    @property
    def command(self) -> list[str]:
        """What comes before a command that shall run there."""
        return ["ip", "netns", "exec", self.namespace] if self.namespace else []

    def pull_the_plug(self) -> None:
        """Let every packet vanish."""
        _ip("link", "set", _near(self.namespace), "down")

    def plug_in(self) -> None:
        """Let packets through again."""
        _ip("link", "set", _near(self.namespace), "up")

    def remove(self) -> None:
        """Give the namespace back; its devices have to be gone."""
        if self.namespace:
            subprocess.run(["ip", "link", "del", _near(self.namespace)], check=False)
            subprocess.run(["ip", "netns", "del", self.namespace], check=False)


def make_host(name: str, number: int) -> Host:
    """Return a host with a namespace of its own.

    Raises:
        NoNamespaces: this machine refuses.
    """
    index = (os.getpid() * 4 + number) % NETWORKS
    namespace = f"hk{index}"
    base = f"10.{192 + index // 4096}.{index // 16 % 256}.{index % 16 * 16}"
    prefix, _, last = base.rpartition(".")
    near, far = f"{prefix}.{int(last) + 1}", f"{prefix}.{int(last) + 2}"
    try:
        _ip("netns", "add", namespace)
        end = _far(namespace)
        _ip("link", "add", _near(namespace), "type", "veth", "peer", "name", end)
        _ip("link", "set", end, "netns", namespace)
        _ip("address", "add", f"{near}/28", "dev", _near(namespace))
        _ip("link", "set", _near(namespace), "up")
        _ip("-n", namespace, "address", "add", f"{far}/28", "dev", end)
        _ip("-n", namespace, "link", "set", end, "up")
        _ip("-n", namespace, "link", "set", "lo", "up")
    except NoNamespaces:
        Host(name=name, address=near, namespace=namespace).remove()
        raise
    return Host(name=name, address=near, namespace=namespace)


def _near(namespace: str) -> str:
    return f"{namespace}a"


def _far(namespace: str) -> str:
    return f"{namespace}b"


def _ip(*arguments: str) -> None:
    try:
        subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        said = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
        raise NoNamespaces(f"ip {' '.join(arguments)}: {said.strip()}") from error
