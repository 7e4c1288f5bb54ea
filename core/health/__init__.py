"""What can be told of a table of answers without a test set: its collisions, its thin entries, its doubtful texts."""
