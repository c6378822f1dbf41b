"""Replays examples of requests and answers of Meta's management API: `python -m tests.management FOLDER`."""
