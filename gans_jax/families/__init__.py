"""What three systems or more share."""
