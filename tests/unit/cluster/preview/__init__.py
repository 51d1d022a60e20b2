"""Tests of how preview URLs are made."""
