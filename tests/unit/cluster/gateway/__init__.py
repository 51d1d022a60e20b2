"""Tests of the preview gateway."""
