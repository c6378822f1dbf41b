"""The constants that the local stack, the simulator and the sample events share.

None of them is secret: they give access to servers on this machine only.
"""

from __future__ import annotations

from typing import Final

APP_SECRET: Final = "rejoinder-development-app-secret"
VERIFY_TOKEN: Final = "rejoinder-development-verify-token"
ACCESS_TOKEN: Final = "rejoinder-development-access-token"
PHONE_NUMBER_ID: Final = "100000000000001"
DISPLAY_PHONE_NUMBER: Final = "15550100001"
SECOND_PHONE_NUMBER_ID: Final = "100000000000002"
WABA_ID: Final = "200000000000001"
APP_ID: Final = "300000000000001"
TELEGRAM_BOT_ID: Final = "7000000001"
TELEGRAM_BOT_TOKEN: Final = f"{TELEGRAM_BOT_ID}:rejoinder-development-token-0000000"
TELEGRAM_BOT_USERNAME: Final = "rejoinder_local_bot"
TELEGRAM_SECRET_TOKEN: Final = "rejoinder-development-secret-token"
STACK_NAME: Final = "rejoinder-local"
