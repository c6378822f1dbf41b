"""The sync of templates, from the command's call to the simulator and the table."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config

from rejoinder.aws.template_states import TemplateTable
from rejoinder.workbench import development
from rejoinder.workbench.deployment.deployed import Deployed
from rejoinder.workbench.errors import StackError
from rejoinder.workbench.graph.sync import sync
from rejoinder.workbench.simulator.server import Simulator
from tests.moto.test_handlers import House, house, simulator

__all__ = ["house", "simulator"]

SENT_AT_NIGHT = {"name": "sent_at_night", "language": "de", "category": "UTILITY"}
BODY = {"type": "BODY", "text": "Your order is on its way, and it arrives tomorrow morning."}


@contextmanager
def lambdas(house: House) -> Iterator[Deployed]:
    """Yield a deployment whose Lambda runs the tracker of `house`."""

    class Lambda(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = self.path.split("/")[-2]
            raw = json.dumps(
                house.call(name, event) if name == "tracker" else {"errorType": "KeyError"}
            ).encode()
            self.send_response(200)
            if name != "tracker":
                self.send_header("X-Amz-Function-Error", "Unhandled")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Lambda)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.005})
    thread.start()
    client: Any = boto3.client(
        "lambda",
        endpoint_url=f"http://127.0.0.1:{server.server_port}",
        config=Config(retries={"total_max_attempts": 1}),
    )
    try:
        yield deployed(client, "tracker")
    finally:
        client.close()
        server.shutdown()
        server.server_close()
        thread.join()


def deployed(client: Any, tracker: str) -> Deployed:
    urls: dict[str, Any] = dict.fromkeys(
        (
            "inbound_queue_url",
            "outbound_queue_url",
            "events_queue_url",
            "inbound_dlq_url",
            "outbound_dlq_url",
        ),
        "",
    )
    return Deployed(
        client=lambda _name: client,
        stack_name="test",
        table_name="",
        events_dlq_url="",
        functions={"tracker": tracker},
        is_polled=False,
        **urls,
    )


def test_a_sync_keeps_what_meta_lists(house: House, simulator: Simulator) -> None:
    answer = httpx.post(
        f"{simulator.url}/v25.0/{development.WABA_ID}/message_templates",
        json=SENT_AT_NIGHT | {"components": [BODY]},
        headers={"Authorization": f"Bearer {development.ACCESS_TOKEN}"},
    )
    assert answer.status_code == 200, answer.text
    with lambdas(house) as place:
        sync(place)
    states = TemplateTable(house.dynamodb, house.table).all_of(development.WABA_ID)
    (state,) = [one for one in states if one.name == "sent_at_night"]
    assert (state.language, state.category) == ("de", "utility")
    assert state.status in ("pending", "approved")


def test_a_sync_that_failed_says_where_to_look(house: House) -> None:
    client = boto3.client("secretsmanager")
    values = json.loads(client.get_secret_value(SecretId=house.secret)["SecretString"])
    client.put_secret_value(
        SecretId=house.secret, SecretString=json.dumps(values | {"access_token": "revoked"})
    )
    with lambdas(house) as place, pytest.raises(StackError, match="rejoinder logs"):
        sync(place)
    with lambdas(house) as place, pytest.raises(StackError, match="rejoinder logs"):
        sync(deployed(place.client("lambda"), "broken"))
