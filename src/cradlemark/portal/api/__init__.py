"""The interface for programs: REST, described by OpenAPI 3.1, errors as RFC 9457 problems."""
