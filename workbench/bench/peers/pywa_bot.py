"""A bot with pywa, as its documentation shows it, on Lambda by Mangum. `make bench` compares with it."""

import os

from fastapi import FastAPI
from mangum import Mangum
from pywa import WhatsApp, filters, types

web = FastAPI()
whatsapp = WhatsApp(
    phone_id=os.environ["PHONE_ID"],
    token=os.environ["ACCESS_TOKEN"],
    app_secret=os.environ["APP_SECRET"],
    verify_token=os.environ["VERIFY_TOKEN"],
    server=web,
    webhook_endpoint="/webhook",
)
whatsapp.api._session.base_url = f"{os.environ['GRAPH_BASE_URL']}/v25.0"  # it has no setting for that


@whatsapp.on_message(filters.text)
def answer(_: WhatsApp, message: types.Message) -> None:
    """Answer a text."""
    message.reply_text(f"You said: {message.text}")


handler = Mangum(web, lifespan="off")
