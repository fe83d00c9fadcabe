"""The OpenAPI schema of the API, by drf-spectacular, and Swagger UI."""
