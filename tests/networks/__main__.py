"""`python -m tests.networks`: write the tables of docs/telegram.md that show both networks, from the code."""

from tests.networks.page import written

if __name__ == "__main__":
    written()
