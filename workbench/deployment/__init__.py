"""A deployment, local or on AWS: how it is reached, what it keeps, and how it is made."""
