"""What each function does, one story a module, without AWS in it."""
