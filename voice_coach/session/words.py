"""Every fixed sentence of a session, in one place.

None holds a safety word (the coach would hear itself), save TEACH (and TEACH_TWO), the one that teaches them;
and none is a command by itself.
"""

from __future__ import annotations

from voice_coach.session.state import Asking, Changing, Closing, Doing, Offering, Paused, Phase, Preparing, Waiting

TEACH = "Say stop to end, or pain to ease off, at any time."
"""The one sentence that holds safety words."""
TEACH_TWO = "Either of you can say stop to end, or pain to ease off, at any time."
"""The same for two people."""
ANSWERS_RECEIVER = "The questions are for the one who is massaged."
FOR_RECEIVER = "For the one who is massaged."
"""Said before what concerns the one who is massaged; all else is for the hands."""

ASK_AGAIN = "I am listening."
YES_OR_NO = "Please answer yes or no."
NEED_ANSWER = "I need a yes or a no here."
SAY_READY = "Say ready when that is done."
STILL_READY = "I wait until you say ready."
THIS_FIRST = "First this."
THIS_MATTERS = "This one matters."
BEGIN = "Begin now."
HALF = "Half the time is over."
TEN = "Ten seconds left."
TIME = "That is the time."
TAKE_TIME = "Take your time."
LONGER = "Half a minute more."
NO_LONGER = "This one stays as it is."
FIRST_STEP = "This is the first one."
GENTLEST = "This is the gentlest I have. Say skip to leave it out."
NO_BEAT = "This step has no beat."
BEAT_LIMIT = "That is the limit of the beat here."
LET_GO = "Let go."
LOOSE = "Hands off. I have heard you."
NOTED = "I have noted that. Rest, and say continue when you feel fine."
SAY_GENTLER = "Say yes to try it, or skip to leave it out."
SAY_ON = "Say ready to go on."
PAUSED = "Paused. Say continue when you like."
VOICE_LOST = "I may be hard to hear now. Read along on the screen, and say continue when you like."
COMPUTER_SLEPT = "The computer was asleep for a while. Say continue when you like."
RESUMED = "On we go."
TAKEN_BACK = "Taken back."
NOTHING_TO_UNDO = "There is nothing to take back."
ENDED = "We end here. Say continue within a minute to take that back."
ADVICE = "We end here for today. Rest, and ask your doctor or therapist before the next time."
RED_FLAG_ADVICE = "We end here. This needs a doctor now. Please call for medical help."
DECLINED = "So this routine is not for today. Say undo within a minute if I misheard."
LEFT_OUT = "I leave that out."
AS_LAST_TIME = "Some answers I know from last time."
TOO_LITTLE = "That leaves too little of it. Choose another one, or rest today."
HEARING_LOST = "I cannot hear you any more. Use the keys, or check the microphone."
HEARS_ITSELF = "I may be hearing myself. Headphones help, or a lower volume."
HEARING_BACK = "I can hear you again. Say continue when you like."
FROM_THE_START = "From the beginning then."
SHALL_WE = "Shall we go on there?"
SETTLE = "Get ready again, as you were."
HEARD_NOTHING = "I have heard nothing yet."
HEARD_BEFORE = "Nothing yet. This was last time."
HEARD_DISCOMFORT = "I heard discomfort."
HEARD_ENDING = "I heard the word for ending."
HEARD_WARNING = "I heard a warning sign."
EASE_SOFT = "First ease in, with soft strokes there."
EASE_LIGHT = "First ease in, with light strokes there."
EASE_MEDIUM = "First ease in, with strokes of medium pressure there."
MORE_PRESSURE = "A little more pressure now."
SOFT_END = "Let the strokes grow softer, and let go."
GENTLER_HERE = "More gently this time."
SAME_SIDES = "Both sides get the same time."
WATCH = "If anything is numb, cold, blue or swelling, call for medical help."
COMFORTABLE = "Still comfortable?"
NO_SIGN = "I heard no answer. Hands off for now, and say continue when you like."
ASLEEP = "I listen for the safety words only. Say wake up when you need me."
AWAKE = "I am listening to everything again."
FAREWELL = "Goodbye."


FIXED: tuple[str, ...] = tuple(value for name, value in globals().items() if name.isupper() and isinstance(value, str))
"""All sentences above."""


HELP: dict[type[Phase], str] = {
    Asking: "Here you can say yes, no, repeat or back.",
    Preparing: "Here you can say ready, repeat, back or pause.",
    Doing: "Here you can say next, back, repeat, softer, pause or how long.",
    Changing: "Here you can say ready, skip, back or pause.",
    Waiting: "Here you can say next, back, more time, pause or how long.",
    Offering: "Here you can say yes, skip, repeat or back.",
    Paused: "Here you can say continue, next, back or how long.",
    Closing: "Here you can say repeat or back.",
}


def help_lines(phase: Phase) -> tuple[str, ...]:
    """What can be said now, five things at most, and the safety words."""
    return (TEACH, HELP[type(phase)]) if type(phase) in HELP else (ENDED,)


def capital(text: str) -> str:
    """*text* with a capital at its beginning."""
    return text[:1].upper() + text[1:]
