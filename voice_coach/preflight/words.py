"""Every sentence of the preflight. None holds a safety word: TEACH, which does, is the session's."""

from __future__ import annotations

GREETING = "I check how well I hear you."
BE_QUIET = "Please be quiet for a moment."
FIRST_WORD = "Please try the first of these two words now."
SECOND_WORD = "Good. Now try the second one."
AGAIN = "I have not heard it. Once more, a little louder, please."
OTHERWISE = "I have not heard it. Try another word for it, a little louder, please."
SKIPPED = "I leave the check out."
LEAVING = "Goodbye."

FINE = "I hear you well."
NOT_AT_FIRST = "I did not hear you at once. Speak up when it matters."
NO_SOUND = "The microphone gives no sound. Check its plug and its switch."
NO_VOICE = "I heard no voice. Come closer to the microphone, or choose another one."
FAINT = "Your voice is faint here. Come closer to the microphone."
NOISY = "It is loud here. Turn the water or the music down, or come closer to the microphone."
UNCLEAR = "I heard your voice, but not the words. Speak plainly, or choose another speech model."
I_SPEAK_SOFTER = "I speak a little softer, so that I hear you over my own voice."
I_SPEAK_LOUDER = "It is a little loud here, so I raise my voice."
OWN_VOICE = "My own voice comes back to me loudly. Headphones would help."
LATE = "My voice comes late out of the loudspeaker. One with a cable would be better."
LEAKING = "My voice comes out of the headphones, and I listen past it."
USE_KEYS = "Do not count on your voice today. Keep the keys within reach."
WITH_KEYS = "Shall we go on with the keys? Say yes, or press Y."

SENTENCES: tuple[str, ...] = tuple(
    value for name, value in globals().items() if name.isupper() and isinstance(value, str)
)
"""All of them."""
