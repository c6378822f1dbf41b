"""Plain values, and the rules about them. Nothing here talks to anybody; the standard library is enough."""
