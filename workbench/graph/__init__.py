"""The account side of WhatsApp's Graph API: templates, numbers, webhooks, tokens."""
