"""The site of the documentation: its pages, and the pictures on them."""
