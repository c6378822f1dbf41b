"""What a month costs: `make cost` measures an ordinary turn, and multiplies it by a dated list of prices."""
