"""The AWS account of the person who calls: their profile, their region, and what AWS says when it refuses."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigParseError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    LoginError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from rejoinder.workbench.errors import StackError

CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 10})
"""Many attempts: only a person waits for them, and Scheduler allows few requests per second."""

AT_FIRST = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})
"""Few attempts for the first request of a command: without a network a person wants to know that soon."""

NO_REGION = """\
no AWS region is set: set AWS_REGION=eu-central-1 (or another), or give the profile one: `aws configure`"""

NO_CREDENTIALS = """\
no AWS credentials were found: run `aws configure` or `aws sso login`, or name a profile that has some with \
--profile or AWS_PROFILE"""

EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
WRONG_KEYS = {
    *("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"),
    *("SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure", "OptInRequired"),
}
DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account in one region."""

    profile: str | None
    """The profile that was asked for; None for the default of the AWS tools."""

    region: str

    client: Callable[[str], Any]
    """Returns the boto3 client of a service, such as `sqs`."""

    @classmethod
    def of(cls, profile: str | None = None, region: str | None = None) -> Self:
        """Return the account that a profile leads to. Raises StackError without a profile or a region.

        AWS is not asked yet.
        """
        session = _session(profile)
        found = region or default_region(profile)
        if not found:
            raise StackError(NO_REGION)
        create: Any = session.client  # its type demands the name of a service as a literal
        return cls(
            profile=profile,
            region=found,
            client=cache(
                lambda service: create(
                    service, region_name=found, config=AT_FIRST if service == "sts" else CONFIG
                )
            ),
        )

    def identity(self) -> tuple[str, str]:
        """Return the number of the account, and the ARN of who asks. Raises StackError if AWS refuses."""
        try:
            with refusals(self.profile):
                who = self.client("sts").get_caller_identity()
        except FileNotFoundError as error:  # of a token of a web identity
            raise StackError(
                f"the AWS profile names {error.filename}, which is not there: mend the profile, or choose "
                "another with --profile"
            ) from None
        return who["Account"], who["Arn"]


def default_region(profile: str | None = None) -> str | None:
    """Return the region that is set: AWS_REGION as in all AWS tools, or what boto3 knows."""
    return os.environ.get("AWS_REGION") or _session(profile).region_name


def _session(profile: str | None) -> boto3.Session:
    with refusals(profile):
        return boto3.Session(profile_name=profile)


@contextmanager
def refusals(profile: str | None = None) -> Iterator[None]:
    """Turn what AWS or its SDK raises in the block into a StackError, which says what to do."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        text = _of_aws(error, profile) if isinstance(error, ClientError) else _of_sdk(error, profile)
        raise StackError(" ".join(text.split())) from None


def _of_sdk(error: BotoCoreError, profile: str | None) -> str:
    """Return the line for an error of the SDK: it did not reach AWS."""
    if isinstance(error, ConfigParseError):  # with such a file, profiles cannot be listed either
        return f"{error}: mend that file"
    cures: list[tuple[tuple[type[Exception], ...], str]] = [
        ((NoRegionError,), NO_REGION),
        ((NoCredentialsError,), NO_CREDENTIALS),
        ((ProfileNotFound,), f"{error}: choose one with --profile or AWS_PROFILE: {_profiles()}"),
        ((PartialCredentialsError,), f"the AWS credentials are not complete ({error}): run `aws configure`"),
        ((LoginError,), f"the AWS session has ended: renew it with `aws login{_named(profile)}`"),
        ((SSOError, TokenRetrievalError), f"the AWS session has ended: `aws sso login{_named(profile)}`"),
        ((CredentialRetrievalError,), f"{error}: mend the profile, or choose another with --profile"),
        (
            (EndpointConnectionError, ConnectTimeoutError),
            f"{error}: look at the network, and whether this region exists",
        ),
    ]
    return next((line for kinds, line in cures if isinstance(error, kinds)), f"AWS cannot be asked: {error}")


def _profiles() -> str:
    return ", ".join(botocore.session.Session().available_profiles) or "there is none"


def _of_aws(error: ClientError, profile: str | None) -> str:
    """Return the line for a refusal of AWS."""
    code, said = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    if code in EXPIRED:
        cure = f"renew them, for example with `aws sso login{_named(profile)}`"
        return f"the AWS credentials have expired: {cure}"
    if code in WRONG_KEYS:
        return (
            f"AWS does not know these credentials ({code}: {said}): look at the profile, the clock of this "
            "machine, and whether the region is enabled in the account"
        )
    if code in DENIED:
        return (
            f"AWS denies it: {said}: ask who looks after the account to allow this, or take another profile"
        )
    return f"AWS says: {error}"


def _named(profile: str | None) -> str:
    name = profile or os.environ.get("AWS_PROFILE")
    return f" --profile {name}" if name else ""
