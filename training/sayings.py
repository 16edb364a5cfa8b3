"""What is rendered: every phrase of the session, words that sound nearly like them, and talk about anything."""

from __future__ import annotations

from voice_coach.commands import PHRASES, find_safety

_NEAR = (
    "paint pan pen pay plain rain page payment panic pants pine point spain train brain again explain against "
    "happen spending painting top shop stock store stuff start spot step stamp stomp swap chop drop stopped up "
    "cup soap hope scope stoop hers hearts heart hertz birds words herbs hearth hearing her it hits hats hat "
    "earth church turns shirts dirt hard heard house out how oh couch about owl our wow now know note goal old "
    "okay arch each much such touch march match lunch strong song string wrong stronger right left on off down "
    "eight six three two four seven five nine one zero happy forward follow bed cat dog learn tree backward "
    "visual bird "
)
NEAR = tuple(_NEAR.split())
"""Single words that are no command."""

TALK = (
    "I think we should go to the market tomorrow morning before it gets busy.",
    "Can you pass me the towel, please, the blue one on the chair.",
    "The train was late again, so I walked the rest of the way.",
    "She told him about the holiday in Spain and the little house by the sea.",
    "We had coffee and a piece of cake, and then it began to rain.",
    "My brother paints the kitchen, and it takes him all week.",
    "He said the shop on the corner has closed for good.",
    "It is much colder than yesterday, isn't it.",
    "The water is still warm, just leave it there for a while.",
    "Did you remember to call the doctor about the appointment.",
    "I would like a large latte with two shots of espresso and some milk.",
    "Could I get a small cappuccino with a little cinnamon on top.",
    "What are you doing this weekend, anything nice.",
    "That was such a strange film, I did not understand the ending.",
    "The children are playing outside, they will be back for lunch.",
    "Turn the radio down a bit, I cannot hear what you are saying.",
    "They have painted the fence and planted a few trees.",
    "I have no idea where I left my keys, maybe in the car.",
    "There is a parcel for you downstairs, it came this morning.",
    "Her birthday is in March, so we still have some time.",
    "It happened a long time ago, when we still lived in the old town.",
    "He works too hard and hardly ever takes a day off.",
    "Put the pan on the stove and add some oil and salt.",
    "I was just going to say that the soup smells wonderful.",
    "You know, the weather has been really odd this year.",
    "They ran out of bread, so I bought some rolls instead.",
    "Give me the big spoon, the other one is too small.",
    "The neighbours have got a new dog, it barks at everybody.",
    "I read the first page and then I fell asleep.",
    "Let us have a look at the photos from last summer.",
    "The bus goes every ten minutes, so there is no hurry.",
    "Somebody left the window open, and now the room is cold.",
    "I am not sure, but I think it was on Thursday.",
    "Open the door for her, she has both hands full.",
    "Her voice is a little hoarse today, she sang all night.",
    "We were hoping for some sunshine, but it stays grey.",
    "He plays the piano, and his sister plays the trumpet.",
    "The plane landed an hour early, can you imagine that.",
    "It costs about five dollars, which is not bad at all.",
    "The heart of the city is a small square with a fountain.",
    "My phone is out of power, can I use your charger.",
    "She put a plant on the desk and a lamp beside it.",
    "How was the concert, did they play the old songs.",
    "I need new shoes, these ones are worn out.",
    "Stuff like that makes me laugh every time.",
    "On top of the shelf there is a box with the candles.",
    "The house next door has been empty for months.",
    "We could take the path along the river and come home by train.",
    "I heard that the school starts a week later this year.",
    "Yeah well, you never know with these things.",
    "It was a wonderful evening, and everybody stayed until late.",
    "Shall we watch something, or would you rather read a book.",
    "The garden needs some water, it has been dry for weeks.",
    "My grandmother makes the best apple pie in the whole village.",
    "I saw a fox behind the shed, it ran away at once.",
    "Hand me the scissors and the tape, would you.",
    "He always forgets his umbrella and comes home wet.",
    "We painted the hall last spring, and now we do the stairs.",
    "There was a funny story on the radio this morning.",
    "You could ask Peter, he knows a lot about computers.",
    "Hey, have you seen my glasses, I put them right here.",
    "That sounds good to me, let us do it like that.",
    "The meeting was about the budget for the coming year.",
    "I think the remote control should be small and easy to use.",
    "So basically we have three options, and all of them are expensive.",
    "Alexa, what is the weather going to be like tomorrow.",
    "Computer, turn on the light in the hall.",
    "Hey Jarvis, play some music.",
    "Smart mirror, show me the news.",
    "Okay, thanks a lot, see you on Monday then.",
    "Mm, I see, well, that is what I thought as well.",
    "He painted a portrait of her, and it hangs above the piano.",
    "The hotel was on top of a hill, with a view of the bay.",
    "I hope you are well, and that we meet again before long.",
    "She starts at eight and gets home around half past five.",
    "Where did you get those boots, they look very comfortable.",
    "If it does not rain, we will have dinner on the terrace.",
    "They say the first hundred pages are slow, but it gets better.",
    "Mine is the one with the red handle, yours is over there.",
    "Half a pound of butter, four eggs, and a cup of flour.",
)
"""Sentences in which nobody means the coach."""

KNOWN = tuple(sorted({*(p for p in PHRASES if not p.startswith("go to step")), "go", "hurt"}))
"""What the spotter learns to hear."""


def sayings() -> list[str]:
    """Everything, each as often as it is to be said: safety words most of all, for nobody was recorded in pain."""
    often = {phrase: 10 if " " in phrase else 20 for phrase in KNOWN}
    often |= {phrase: 2 * count for phrase, count in often.items() if find_safety(phrase)}
    often |= {"stop": 90, "pain": 110, "it hurts": 50, "hurts": 50, "yes": 40, "no": 40, "go": 40}
    often |= dict.fromkeys(NEAR, 6) | dict.fromkeys(TALK, 5)
    return [saying for saying, count in often.items() for _ in range(count)]
