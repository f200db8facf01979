"""The configuration files of the brokers we start ourselves: this machine only, no passwords."""

import getpass
from pathlib import Path


def nats_configuration(port: int, folder: Path) -> str:
    """Return the configuration of a NATS server that speaks MQTT on `port` and keeps in `folder`.

    Its own protocol gets any free port (-1): nobody of ours speaks it.
    """
    return f"""\
server_name: hospital
listen: "127.0.0.1:-1"
jetstream {{ store_dir: "{folder}/jetstream", max_mem: 64M, max_file: 1G }}
mqtt {{ listen: "127.0.0.1:{port}", ack_wait: "5s", max_ack_pending: 1000 }}
"""


def mosquitto_configuration(port: int, folder: Path) -> str:
    """Return the configuration of a Mosquitto that listens on `port` and keeps in `folder`.

    `user` is who starts it: started by root, Mosquitto would become somebody who may not
    write into `folder`. Without `set_tcp_nodelay` a round trip takes 88 ms instead of one.
    """
    return f"""\
listener {port} 127.0.0.1
socket_domain ipv4
user {getpass.getuser()}
allow_anonymous true
set_tcp_nodelay true
max_inflight_messages 0
max_queued_messages 100000
persistence true
persistence_location {folder}/
autosave_interval 300
log_dest stderr
log_type error
log_type warning
log_type notice
connection_messages false
"""
