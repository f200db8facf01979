"""The configuration files of the brokers, made from the list of who may do what.

Without `Access` a broker serves this machine only and takes anybody. With it, it takes
certificates of the site only, by TLS 1.2 or newer.
"""

import getpass
import ipaddress
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from queue_server.broker.access import Access, Holder
from queue_server.broker.broker import BrokerAddress
from queue_server.client.tls import CA_NAME, CERTIFICATE_NAME, KEY_NAME

CONFIGURATION_NAME: Final = "broker.conf"
LOG_NAME: Final = "broker.log"
ACL_NAME: Final = "acl"
REVOCATION_LIST_NAME: Final = "crl.pem"
Files = Mapping[str, str]
"""Text of each file by its name; `broker.conf` is the one that the broker is told."""


def nats_files(listen: BrokerAddress, folder: Path, access: Access | None) -> Files:
    """Return the configuration of a NATS server that speaks MQTT and keeps in `folder`.

    Its own protocol gets any free port (-1): nobody of ours speaks it, and nobody named may. Its
    log is bounded: whoever is refused again and again must not fill the disk.
    What it keeps with TLS stands apart: it would keep messages for the sessions of before, whose
    ids nobody has any more, for ever.
    """
    if access is None:
        return {CONFIGURATION_NAME: _nats(listen, folder, "jetstream", "")}
    tls = _NATS_TLS.format(
        certificate=access.certificates / CERTIFICATE_NAME,
        key=access.certificates / KEY_NAME,
        ca=access.certificates / CA_NAME,
    )
    own_protocol = f"tls: {{ {tls} }}\n"
    text = _nats(listen, folder, "jetstream-tls", f", tls: {{ {tls} }}")
    users = "\n".join(_nats_user(holder) for holder in access.holders)
    return {
        CONFIGURATION_NAME: f"{text}{own_protocol}authorization {{\n  users: [\n{users}\n  ]\n}}\n"
    }


def mosquitto_files(listen: BrokerAddress, folder: Path, access: Access | None) -> Files:
    """Return the configuration of a Mosquitto of our own, which keeps in `folder`.

    `user` is who starts it: started by root, Mosquitto would become somebody who may not
    write into `folder`.
    """
    own = _MOSQUITTO_OWN.format(user=getpass.getuser(), folder=folder)
    if access is None:
        return {CONFIGURATION_NAME: _mosquitto_listener(listen) + "allow_anonymous true\n" + own}
    files = mosquitto_site_files(listen, folder, access)
    return {**files, CONFIGURATION_NAME: files[CONFIGURATION_NAME] + own}


def mosquitto_site_files(listen: BrokerAddress, folder: Path, access: Access) -> Files:
    """Return what a Mosquitto of the hospital's includes: listener, certificates, rights.

    Certificates are found, and these files expected, in `folder` and `access.certificates`. User
    name and client id are the certificate's subject, whatever a client says: nobody can throw
    another one out.
    """
    secure = _MOSQUITTO_SECURE.format(
        ca=access.certificates / CA_NAME,
        certificate=access.certificates / CERTIFICATE_NAME,
        key=access.certificates / KEY_NAME,
        revocation_list=folder / REVOCATION_LIST_NAME,
        acl=folder / ACL_NAME,
    )
    return {
        CONFIGURATION_NAME: _mosquitto_listener(listen) + secure,
        ACL_NAME: _ACL_HEAD + "".join(_mosquitto_user(holder) for holder in access.holders),
        REVOCATION_LIST_NAME: access.revocation_list,
    }


def _nats(listen: BrokerAddress, folder: Path, store: str, tls: str) -> str:
    return _NATS.format(folder=folder, log=LOG_NAME, store=store, listen=listen, tls=tls)


def _nats_user(holder: Holder) -> str:
    publish = _quoted(_subjects(holder.rights.may_publish))
    subscribe = _quoted(_subjects(holder.rights.may_subscribe))
    return (
        f'    {{ user: "{holder.identity}", allowed_connection_types: ["MQTT"],\n'
        f"      permissions: {{ publish: [{publish}], subscribe: [{subscribe}] }} }}"
    )


def _subjects(filters: Iterable[str]) -> Iterable[str]:
    """Yield MQTT topic filters as NATS subjects."""
    for one in filters:
        subject = one.replace("/", ".")
        if subject.endswith(".#"):
            yield subject.removesuffix(".#")  # in MQTT `a/#` is `a` too
            yield f"{subject.removesuffix('#')}>"
        else:
            yield subject


def _quoted(texts: Iterable[str]) -> str:
    quoted = ", ".join(f'"{text}"' for text in texts)
    assert quoted, "NATS takes an empty list for a right to everything"
    return quoted


def _mosquitto_user(holder: Holder) -> str:
    lines = [f"user {holder.identity}"]
    lines += [f"topic write {topic}" for topic in holder.rights.may_publish]
    lines += [f"topic read {topic}" for topic in holder.rights.may_subscribe]
    return "\n".join(lines) + "\n\n"


def _mosquitto_listener(listen: BrokerAddress) -> str:
    try:
        family = f"socket_domain ipv{ipaddress.ip_address(listen.host).version}\n"
    except ValueError:  # a name
        family = ""
    return f"listener {listen.port} {listen.host}\n{family}{_MOSQUITTO_PACE}"


_NATS: Final = """\
server_name: hospital
listen: "127.0.0.1:-1"
log_file: "{folder}/{log}"
logfile_size_limit: 10MB
logfile_max_num: 3
jetstream {{ store_dir: "{folder}/{store}", max_mem: 64M, max_file: 1G }}
mqtt {{ listen: "{listen}", ack_wait: "5s", max_ack_pending: 1000{tls} }}
"""

_NATS_TLS: Final = (
    'cert_file: "{certificate}", key_file: "{key}", ca_file: "{ca}", verify_and_map: true,'
    ' min_version: "1.2", timeout: 5'
)

# Without `set_tcp_nodelay` a round trip takes 88 ms instead of one.
_MOSQUITTO_PACE: Final = """\
set_tcp_nodelay true
max_inflight_messages 0
max_queued_messages 100000
"""

_MOSQUITTO_OWN: Final = """\
user {user}
persistence true
persistence_location {folder}/
autosave_interval 300
log_dest stderr
log_type error
log_type warning
log_type notice
log_type information
connection_messages false
"""

_MOSQUITTO_SECURE: Final = """\
cafile {ca}
certfile {certificate}
keyfile {key}
crlfile {revocation_list}
require_certificate true
use_subject_as_username true
use_username_as_clientid true
tls_version tlsv1.2
allow_anonymous false
allow_zero_length_clientid false
max_packet_size 131072
max_queued_bytes 67108864
persistent_client_expiration 7d
acl_file {acl}
"""

_ACL_HEAD: Final = """\
# Made by hospital-kiosk from the list of devices. Whoever is not named may do nothing.

"""
