"""Message methods."""
