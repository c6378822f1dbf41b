"""The formats of the stored shapes. Apart from `fields`, so that the ingress need not import more."""

from collections.abc import Mapping

FORMATS: Mapping[str, int] = {
    "contact": 2,
    "update": 1,
    "turn": 2,
    "journal": 2,
    "wake_up": 1,
    "conversation": 1,
    "marker": 1,
    "record": 1,
    "network_id": 1,
    "upload": 1,
    "template_state": 1,
    "consent": 1,
    "link": 1,
    "gate": 2,
    "waiting_turn": 1,
    "waiter": 1,
    "alias": 1,
    "inbound_body": 1,
    "events_body": 1,
    "own_body": 1,
    "errand": 1,
    "parked_body": 1,
}
"""The format in which this code writes each shape. It also reads the one before."""
