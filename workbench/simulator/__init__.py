"""A server that behaves like the WhatsApp Cloud API. See README.md beside this file."""
