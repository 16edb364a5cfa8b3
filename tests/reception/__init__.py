"""Tests of what is talked about before the session."""
