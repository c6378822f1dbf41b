"""What contacts say, a module for each language."""
