"""Every fixed sentence of the reception. None holds a safety word, and none can be taken for an answer to itself."""

from __future__ import annotations

GOODBYE = "Goodbye."
DOCTOR_NOW = "We end here. This needs a doctor now. Please call for medical help."
NOT_HEARING = "I cannot hear you any more. Use the keys, or check the microphone."
HEARING_AGAIN = "I can hear you again."
NOT_SPEAKING = "I may be hard to hear now. Read along on the screen."
