"""Who may verify what until when: accreditations of verification bodies and of single verifiers."""
