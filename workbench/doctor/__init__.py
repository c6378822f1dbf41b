"""`rejoinder doctor`: looks at the whole way of a message, point by point, and says what mends it."""
