"""The one TLS context of a process.

Each context reads some 140 certificates, which takes 18 ms of a whole processor (`make bench`). When a function
has started, it has a third of one or less. So there is one context, and it is made while the function starts.
"""

import os
import ssl
from functools import cache

import certifi


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context. It trusts what certifi lists, and the file AWS_CA_BUNDLE if that is set.

    AWS_CA_BUNDLE is the variable of the AWS SDKs (docs.aws.amazon.com, "AWS SDKs and Tools: general settings").
    """
    context = ssl.create_default_context(cafile=certifi.where())
    further = os.environ.get("AWS_CA_BUNDLE")
    if further:
        context.load_verify_locations(cafile=further)
    return context
