"""Where a server listens, and under which names others may ask for it."""

import socket
from dataclasses import dataclass
from ipaddress import ip_address

from sim.errors import ParameterError

LOOPBACK = "127.0.0.1"
LAN = "lan"


@dataclass(frozen=True, kw_only=True)
class Listening:
    """Where to listen, what to call it, and under which names it answers.

    `network` tells whether other computers can reach it.
    """

    bind: str
    address: str
    names: tuple[str, ...]
    network: bool


def listening(host: str, port: int) -> Listening:
    """Return where ``seminar.host`` means to listen.

    Parameters
    ----------
    host : ``lan`` for every address of this computer, or an address of it
    port : int

    Raises
    ------
    ParameterError
        If `host` is no address, there is no network, or the port is taken.
    """
    if not 1 <= port <= 65535:
        raise ParameterError(f"seminar.port must lie in 1..65535, got {port}")
    name = "127.0.0.1" if host == "localhost" else host
    if name == LAN:
        own = own_address()
        found = Listening(
            bind="0.0.0.0",  # noqa: S104  asked for
            address=f"http://{own}:{port}",
            names=(own, LOOPBACK, "localhost"),
            network=True,
        )
    else:
        try:
            given = ip_address(name)
        except ValueError:
            raise ParameterError(
                f"seminar.host must be lan, localhost or an address of this computer, got {host!r}"
            ) from None
        shown = f"[{name}]" if given.version == 6 else name
        names = (name, "localhost", LOOPBACK) if given.is_loopback else (name,)
        found = Listening(
            bind=name, address=f"http://{shown}:{port}", names=names, network=not given.is_loopback
        )
    _check_free(found.bind, port)
    return found


def own_address() -> str:
    """Return this computer's address in its network; nothing is sent to find it out.

    Raises
    ------
    ParameterError
        If there is no network.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address for documentation: only the route is looked up
            return str(probe.getsockname()[0])
        except OSError:
            raise ParameterError(
                "seminar.host=lan needs a network; without one use seminar.host=127.0.0.1 and one-device mode"
            ) from None


def _check_free(bind: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            raise ParameterError(
                f"seminar.port={port} cannot be used on {bind}: {error.strerror}; choose another"
            ) from None
