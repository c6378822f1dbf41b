"""A server that behaves as the WhatsApp Cloud API does. See README.md beside this file."""
