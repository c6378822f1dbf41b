"""The channel WhatsApp: the webhooks, messages, limits and error codes of Meta's Cloud API."""
