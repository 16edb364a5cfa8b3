"""What is talked about before the session: which routine, and for whom."""
