"""Webhooks: versions sent to where an account wants them; which addresses that may be, and how they are sent."""
