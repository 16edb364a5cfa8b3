"""Choosing a routine by voice: what is wished for is narrowed down until one is confirmed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from voice_coach.commands import Command, Phrases
from voice_coach.reception import words
from voice_coach.reception.vocabulary import AT_A_TIME, Ask, Catalogue, Meaning, Named, Picked, called
from voice_coach.reception.wishes import Wish, fitting
from voice_coach.routine.declined import Declined
from voice_coach.routine.model import Option, Routine
from voice_coach.routine.options import PEOPLE, chosen, options
from voice_coach.session.events import Heard, Told

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Menu:
    """The topic "which routine". Without a list and a proposal, the question is open."""

    catalogue: Catalogue
    wish: Wish = field(default_factory=Wish)
    listed: tuple[Routine, ...] = ()
    """What fits, best first."""
    page: int = 0
    """Which five of them are named."""
    proposed: Routine | None = None
    """Wants a yes."""
    choices: tuple[tuple[str, str], ...] = ()
    """Its options that were chosen: option, choice."""
    listing: bool = False
    """Whether all choices of the open option are named; at first only those are that cannot be declined."""
    chosen: Routine | None = None
    """The form it then has, when the yes has come."""
    begun: bool = False
    """Whether anything was asked before."""

    @property
    def phrases(self) -> Phrases:
        """See Topic."""
        return self.catalogue.phrases

    @property
    def settled(self) -> str | None:
        """See Topic."""
        return "chosen" if self.chosen else None

    @property
    def asks(self) -> Lines:
        """See Topic."""
        if self.chosen:
            return ()
        if self.proposed and self._option:
            listed = self.listing or words.refused(self._option) is None
            heading, *asked = words.question(self.proposed, self._option, listed=listed)
            return tuple(asked) if self.choices or self.listing else (heading, *asked)
        if self.proposed:
            return (words.proposal(self._form(self.proposed)), words.SHALL_WE_START)
        if self.listed:
            numbered = zip(words.NUMBERED, self._named, strict=False)
            named = [line for number, routine in numbered for line in (number, words.choice(routine))]
            return (*named, self._which)
        return (words.WHAT_ELSE if self.begun else words.WHAT,)

    @property
    def help(self) -> Lines:
        """See Topic."""
        if self.proposed:
            return replace(self, listing=True).asks if self._option else (words.YES_OR_NO,)
        return (self._which,) if self.listed else (words.CAN_SAY,)

    @property
    def reminder(self) -> Lines:
        """See Topic."""
        if self.proposed:
            return replace(self, listing=True).asks if self._option else (words.SHALL_WE_START, words.YES_OR_NO)
        return (self._which,) if self.listed else (words.WHAT_ELSE,)

    def hear(self, told: Told | Heard) -> tuple[Menu, Lines]:
        """See Topic."""
        menu, lines = self._told(told.phrase) if isinstance(told, Told) else self._command(told.command)
        return replace(menu, begun=menu.begun or menu != self or bool(lines)), lines

    @property
    def _named(self) -> tuple[Routine, ...]:
        return self.listed[self.page * AT_A_TIME : (self.page + 1) * AT_A_TIME]

    @property
    def _has_more(self) -> bool:
        return len(self.listed) > (self.page + 1) * AT_A_TIME

    @property
    def _which(self) -> str:
        return words.WHICH_OR_MORE if self._has_more else words.WHICH

    @property
    def _option(self) -> Option | None:
        """What is still to be chosen about the proposed routine."""
        done = dict(self.choices)
        offered = options(self.proposed) if self.proposed else ()
        return next((option for option in offered if option.asked and option.name not in done), None)

    def _form(self, routine: Routine) -> Routine:
        return chosen(routine, dict(self.choices))

    def _propose(self, routine: Routine) -> Menu:
        """Propose *routine*; whether somebody is alone need not be asked when they said so."""
        people = self.wish.people
        known = people and any(option.name == PEOPLE for option in options(routine))
        return replace(self, proposed=routine, choices=((PEOPLE, people),) if known and people else ())

    def _command(self, command: Command) -> tuple[Menu, Lines]:
        if (option := self._option) and (refused := words.refused(option)):
            if command is Command.NO:
                return self._choose(option, refused), ()
            if command is Command.YES:
                others = [choice for choice in option.choices if choice != refused]
                return (self._choose(option, others[0]) if len(others) == 1 else replace(self, listing=True)), ()
        match command:
            case Command.YES | Command.READY:
                return self._start()
            case Command.NO | Command.BACK:
                return self._back(), ()
            case Command.PAIN:
                return self._open(), (words.WHERE,)
            case _:
                return self, ()

    def _told(self, phrase: str) -> tuple[Menu, Lines]:
        meanings = self.catalogue.understand(phrase)
        said = [meaning for meaning in meanings if meaning is not Ask.NOTHING]
        wishes = [meaning for meaning in said if isinstance(meaning, Wish)]
        wish = Wish()
        for each in wishes:
            wish = wish.also(each)
        if self.proposed and (found := self._opted(phrase, said)):
            return self._choose(*found), ()
        if any(isinstance(meaning, Named) for meaning in said):
            ids = self.catalogue.named(phrase)
            return self._by_name(ids, wish) if ids else (self, ())
        match [meaning for meaning in said if not isinstance(meaning, Wish)]:
            case []:
                return self._look(self.wish.also(wish)) if wishes else (self, ())
            case [Declined() as treatment]:
                return self._open(), (words.refusal(treatment),)
            case [Ask.ALL]:
                return self._look(wish)
            case [Picked(number=number)] if self.listed and not wishes:
                return self._pick(number)
            case [Ask.MORE] if not wishes:
                return self._more()
            case [Ask.START] if not wishes:
                return self._start()
            case _:
                return self, ()  # too much at once

    def _opted(self, phrase: str, said: Sequence[Meaning]) -> tuple[Option, str] | None:
        """The choice of the open option that is meant; or, by name, of one that was chosen or is never asked."""
        assert self.proposed
        words = self.catalogue.phrases.bare(phrase)
        if (option := self._option) and (choice := _picked(option, said, self.listing) or _called(option, words, said)):
            return option, choice
        if option is None:
            named = ((each, _called(each, words, said)) for each in options(self.proposed))
            return next(((each, choice) for each, choice in named if choice), None)
        return None

    def _choose(self, option: Option, choice: str) -> Menu:
        rest = tuple(made for made in self.choices if made[0] != option.name)
        return replace(self, choices=(*rest, (option.name, choice)), listing=False)

    def _open(self) -> Menu:
        """Whatever was wished for is forgotten."""
        return Menu(self.catalogue, begun=self.begun)

    def _back(self) -> Menu:
        return (
            replace(self, proposed=None, choices=(), listing=False) if self.proposed and self.listed else self._open()
        )

    def _start(self) -> tuple[Menu, Lines]:
        if self.proposed is None or self._option:
            return self, ()
        return replace(self, chosen=self._form(self.proposed)), ()

    def _more(self) -> tuple[Menu, Lines]:
        if self.proposed and self.listed:
            return self._back()._more()
        if not self.listed:
            return self._look(self.wish)
        return (replace(self, page=self.page + 1), ()) if self._has_more else (replace(self, page=0), (words.NO_MORE,))

    def _pick(self, number: int) -> tuple[Menu, Lines]:
        if number > len(self._named):
            return self._back() if self.proposed else self, (words.NO_SUCH,)
        return self._propose(self._named[number - 1]), ()  # LAST is one before the first

    def _by_name(self, ids: frozenset[str], wish: Wish) -> tuple[Menu, Lines]:
        """A name that several share is narrowed down by what was said with it."""
        called = [routine for routine in self.catalogue.routines if routine.id in ids]
        fit, just_so = fitting(wish, called)
        return self._offer(wish, fit or tuple(called), just_so and bool(fit))

    def _look(self, wish: Wish) -> tuple[Menu, Lines]:
        found, just_so = fitting(wish, self.catalogue.routines)
        if not found:
            return self._open(), (words.NOTHING,)
        return self._offer(wish, found, just_so)

    def _offer(self, wish: Wish, found: tuple[Routine, ...], just_so: bool) -> tuple[Menu, Lines]:
        lines = () if just_so else (words.NEAREST,)
        if len(found) == 1:
            return Menu(self.catalogue, wish)._propose(found[0]), lines
        return Menu(self.catalogue, wish, found), lines


def _picked(option: Option, said: Sequence[Meaning], listing: bool) -> str | None:
    """The choice of *option* that is meant by its number, if just that was said.

    Numbers count the choices that are named: when *listing* what can be had, a refusal is not among them.
    """
    counted = [choice for choice in option.choices if not listing or choice != words.refused(option)]
    match said:
        case [Picked(number=number)]:
            return counted[number - 1] if number <= len(counted) else None
        case _:
            return None


def _called(option: Option, spoken: Sequence[str], said: Sequence[Meaning]) -> str | None:
    """The choice of *option* that is meant by all of its name that was *spoken*, if no other one is."""
    match said:
        case [Wish(people=str(people), area=None, minutes=None)] if option.name == PEOPLE:
            return people
        case [Picked()]:
            return None
    found = [choice for choice in option.choices if {*spoken} <= {*" ".join(called(option, choice)).split()}]
    return found[0] if spoken and len(found) == 1 else None
