"""The question that Meta asks a webhook when it is registered.

https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
"""

import secrets

import httpx


def handshake(client: httpx.Client, url: str, token: str) -> tuple[int, bool]:
    """Ask a webhook as Meta does, with a verify token. Raises httpx.HTTPError.

    Return the HTTP status, and whether the answer is the challenge.
    """
    challenge = str(secrets.randbelow(10**10))
    query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token}
    answer = client.get(url, params=query)
    return answer.status_code, answer.text == challenge
