"""What becomes due by itself: expiry, surveillance, renewal, and deadlines of cases and suspensions."""
