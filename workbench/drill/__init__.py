"""`make drill`: plants a fault for each alarm, and shows what rings, what tells of it, and what cures it."""
