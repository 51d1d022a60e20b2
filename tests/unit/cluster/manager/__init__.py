"""Tests of the traffic manager."""
