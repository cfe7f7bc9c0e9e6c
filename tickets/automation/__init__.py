"""What the desk does by itself: steps that are its verbs, and the rules that take them."""
