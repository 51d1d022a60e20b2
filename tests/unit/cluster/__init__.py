"""Tests of the far side."""
