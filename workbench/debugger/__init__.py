"""The debugger of talks: a talk runs again from its journal, in Python's debugger, and nothing is sent."""
