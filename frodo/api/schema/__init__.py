"""The OpenAPI schema of the API, made of the endpoints themselves, once for each language."""
