"""Problems that somebody reports: a ticket without an account, and an outcome that everybody can read."""
