"""THE DEVICES: microphones, loudspeakers, and files that stand in for them."""
