"""The bot's own templates: files in `templates/`, and what an author says of them."""
