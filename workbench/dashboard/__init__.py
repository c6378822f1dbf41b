"""The dashboard of a deployment: what it shows, its section of template.yaml, and a picture of it."""
