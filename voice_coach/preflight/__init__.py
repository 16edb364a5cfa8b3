"""Before oil is on the hands: how well the coach is heard, and how well it hears."""
