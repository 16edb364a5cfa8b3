"""`python -m voice_coach` is `voice-coach`."""

from voice_coach.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
