"""The parts of the contract's page that are rules for people who write a client.

Numbers in braces are filled in from the code.
"""

from typing import Final

INTRODUCTION: Final = """
This page is all that a client in another language needs: a kiosk, a board, a door screen. It is
written from the code by `python -m queue_server.contract.document > docs/contract.md`; don't edit
it by hand. The same messages as a JSON schema: [contract.schema.json](contract.schema.json).
"""

TRANSPORT: Final = """
## Transport

- **MQTT 3.1.1** over TCP, through any broker. Every publish and every subscription has **QoS 1**.
  Nothing depends on MQTT 5.
- **TLS** 1.2 or newer with the device's own certificate; trust the site's `ca.crt` and no other
  authority, and check the broker's name. `hospital-kiosk devices add` makes the files. Without
  TLS only a broker on the same machine is spoken to.
- **Client id**: with TLS at least 32 characters that nobody can guess and that stay the same,
  because one of the brokers lets whoever knows an id throw its holder out; without TLS
  `<site>-<device>`, for example `qingyu-kiosk-01`. One connection for each device.
- **Rights**: a device may publish and subscribe to its own topics only
  ([security](security.md)). Subscribe to each topic by its name: a wildcard brings nothing.
- **Clean session**: a client subscribes anew after each connect and finds what is retained.
- **Keepalive** {KEEPALIVE_S} s. After a broken line connect again {RECONNECT_AFTER_S} s later, for
  ever; never with a growing delay. Give a TCP connection up that does not come about within
  {REACH_WITHIN_S} s.
- **Doubt**: nothing has come for {DOUBTED_AFTER_S} s: subscribe once more to `status/{SERVER}`. No
  SUBACK within {ANSWER_WITHIN_S} s: the line is broken, whatever TCP says; connect anew. With the
  SUBACK it is sound: do not connect anew because the *server* is silent.
- **Will**: [DeviceStatus](#devicestatus) with `"is_up": false` at the device's own `status`
  topic, QoS 1, retained. After each connect publish the same topic, retained, with `"is_up":
  true`. Before a disconnect publish `"is_up": false`: of a client that takes leave no will is
  published.
- **TCP_NODELAY** on the socket. Without it a round trip takes 40 to 90 ms instead of one.
- **A PUBACK proves nothing.** A broker acknowledges what it then loses or, for want of a right,
  drops. Only the server's reply says that something was done.
- **At least once**: any message may arrive twice. Between different topics there is no order.
- **Payloads** are JSON in UTF-8, at most {PAYLOAD_BYTES_MAX} bytes; a larger one is dropped
  unread. An unknown field, a missing one or a wrong type makes the whole message invalid. An
  empty payload at a retained topic only clears it.
"""

REPLIES: Final = """
## Requests and replies

1. Subscribe to the device's `reply` topic before the first request.
2. Make a `request_id` **before the first try** and keep it for every retry. It must never come
   again, on this device or another one: a UUID in small letters is good.
3. Publish the [Request](#request) at the device's own `request` topic. The reply comes at its
   `reply` topic, wherever the request came from; the payload names no topic.
4. No [Reply](#reply) with this `request_id` after {RETRY_AFTER_S} s: publish **the same payload
   again**, and so on until `expires_at`. The server does what is asked once, and answers every
   repetition with the very same reply, also after it was restarted.
5. After `expires_at` without a reply it is **not known** whether it was done: say so, and let the
   patient identify himself again, which shows how it stands. The server refuses a request that
   comes later than `expires_at` (with {CLOCK_SKEW_S} s for clocks that differ) with
   `REQUEST_EXPIRED`.
6. A reply is sent only after what it says is on the server's disk. A reply to no open request is
   dropped.
7. A request that can't be read is refused with `BAD_REQUEST` and the name of the field, if at
   least its `request_id` could be read; otherwise nothing comes back.
8. The server is there when `status/{SERVER}` says `"is_up": true`; it is retained, and the
   server's will. The server says it again every {PULSE_S} s, with a new `reported_at`. Each word
   counts for {SILENT_AFTER_S} s from when it came first (the same `reported_at` once more is no
   new word): a server that hangs takes no leave. A client without a connection, or without the
   server, says so to the people in front of it.
"""

EXCHANGE_INTRODUCTION: Final = """
A check-in by ID number at `kiosk-01` of the site `qingyu`.
"""

OFFLINE: Final = """
## A kiosk without a server

Only where [OfflineRules](#offlinerules) say so, and only by the virtual card:

1. Keep the last `offline` message on disk. While the server is away, verify the card by its keys:
   a JWT (EdDSA with Ed25519) with `aud` `kiosk`, the site as `iss`, not expired, its `jti` not
   seen on this kiosk before. Anybody without such a card goes to the nurse desk.
2. Write card, time, provisional number and `slip_code` durably to an outbox **before** anything is
   shown or printed. What can't be written is no check-in.
3. When the server is back, send each as a [TakeOver](#takeover), in order of time, one after the
   other. Delete it when it is answered with [TakenOver](#takenover). `BUSY` and `REQUEST_EXPIRED`
   are no answers: try again later with the same `request_id`.
4. A [FindPlace](#findplace) with the `slip_code` then gives number and place; before the kiosk has
   handed it over the server answers `PROVISIONAL_PENDING`, and `PROVISIONAL_REFUSED` when a nurse
   has to help.
"""

SCREENS: Final = """
## Rules for screens

- **Boards are whole.** A board carries everything that a screen shows; nothing has to be kept
  from the one before. It comes at once after the subscription, because it is retained; then with
  every change, but at most every {BOARD_INTERVAL_S} s; and again every {REPEAT_S} s if nothing
  has changed.
- **Revision.** A board of the same `day_on` with a smaller `revision` than the one shown is old:
  drop it. The same `revision` may come again and replaces what is shown. With another `day_on`
  counting begins anew.
- **Calls** come once each at `call/<area>`, in the order of `sequence`, which counts from 1
  within an area and clinic day. Keep the highest one seen. The same or a smaller `sequence` of
  the same day is a repetition: drop it. A gap, or a restart: take what is missing from
  `last_calls` of the board.
- **Fresh.** A call is shown large and spoken only until its `fresh_until` ({CALL_FRESH_S} s after
  `called_at`). A screen that was away speaks what is still fresh and drops the rest.
- **Heard.** When a call was spoken, or when it was decided not to speak it, publish
  [Heard](#heard) with its `sequence` at the screen's own `heard` topic.
- **Names.** Show and speak `masked_name` and `spoken_zh` as they come and make no mask of your
  own. An empty `masked_name` means: the number only. The number identifies, masked names may be
  alike.
- **A screen without a server** (`status/{SERVER}` says `"is_up": false` or has been silent for
  {SILENT_AFTER_S} s, or no connection) goes on showing the last board and says that it may be old.
"""
