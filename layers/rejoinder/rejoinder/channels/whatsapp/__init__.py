"""WhatsApp's Cloud API: its wire, its limits, its errors."""
