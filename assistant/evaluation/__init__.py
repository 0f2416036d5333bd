"""Measuring retrieval: a judged collection, a ladder of configurations, metrics with intervals."""
