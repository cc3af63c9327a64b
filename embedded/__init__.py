"""The cellar: PostgreSQL, Valkey and the supervisor, so that one command runs everything.

Imports nothing of ours; only `wsgi` and the tests come down here.
"""
