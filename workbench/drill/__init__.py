"""`make drill`: plants each fault of docs/operations.md, and shows what rings, what tells of it, and what cures it."""
