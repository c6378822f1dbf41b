"""What a bot is made of: its handlers, and what they run on."""
