"""What can be known of a bot before anybody talks to it."""
