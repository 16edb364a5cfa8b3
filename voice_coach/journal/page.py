"""The report as one page of HTML that stands alone; it loads nothing, and reads well in light, dark and on paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

from voice_coach.journal import figure
from voice_coach.journal.report import ENDS, Discomfort, Visit, by_area, place
from voice_coach.profile import EVERYBODY
from voice_coach.session.times import clock
from voice_coach.session.words import capital

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1d2230; --soft: #5b6376; --line: #d5d9e2; --skin: #e9e2dc;
  --skin-line: #b3a79d; --work: #3f6fb5; --gentle: #7fa6d9; --pain: #b3261e; --on: #fff; --band: #f4f5f8; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171f; --ink: #e8eaf0; --soft: #a5adbf; --line: #394052;
  --skin: #333a49; --skin-line: #77819a; --work: #86aef0; --gentle: #cfe0fb; --pain: #ff8a80; --on: #10131a;
  --band: #1d2230; } }
@media print { :root { color-scheme: light; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --skin: #eee;
  --skin-line: #888; --work: #3f6fb5; --gentle: #7fa6d9; --pain: #a00; --on: #fff; --band: #f2f2f2; }
  body { max-width: none; margin: 0; padding: 0; font-size: 10.5pt; } tr, figure { break-inside: avoid; }
  h2, h3 { break-after: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
* { box-sizing: border-box; }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; max-width: 50rem;
  margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }
p { margin: .3rem 0; } .soft { color: var(--soft); }
dl { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; }
dl div { background: var(--band); border-radius: .5rem; padding: .5rem .9rem; }
dt { color: var(--soft); font-size: .85rem; } dd { margin: 0; font-size: 1.2rem; font-weight: 600; }
figure { margin: 1rem 0; } figcaption { color: var(--soft); font-size: .85rem; }
.where { display: grid; grid-template-columns: minmax(15rem, 22rem) 1fr; gap: 1.5rem; align-items: start; }
@media (max-width: 40rem) { .where { grid-template-columns: 1fr; } }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; } caption { text-align: left; color: var(--soft); }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.strong { color: var(--pain); font-weight: 600; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--soft); font: 12px system-ui, sans-serif;
  text-anchor: middle; } .body text { font-size: 13px; } .skin > * { fill: var(--skin); }
.skin .limb { fill: none; stroke: var(--skin); stroke-linecap: round; stroke-linejoin: round; }
.navel { fill: var(--skin-line); }
.detail { fill: none; stroke: var(--skin-line); stroke-width: 1.5; stroke-dasharray: 3 4; }
.mark circle { fill: var(--pain); stroke: var(--paper); stroke-width: 2; } .mark text, text.on { fill: var(--on);
  font-weight: 700; } .out { fill: none; stroke: var(--ink); stroke-width: 2; stroke-dasharray: 4 3; }
.axis { stroke: var(--line); fill: none; } rect.work { fill: var(--work); } rect.gentle { fill: var(--gentle); }
rect.skipped { opacity: .35; } path.pain { fill: var(--pain); }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); padding-top: .5rem; color: var(--soft);
  font-size: .85rem; }
"""


def page(visits: Sequence[Visit], period: str) -> str:
    """The page for *visits*, oldest first; *period* says which they are, "4 weeks" say."""
    reports = by_area(visits)
    title = f"{visits[0].title}, {_date(visits[0])}" if len(visits) == 1 else f"Massage at home, {period}"
    title += "" if visits[0].person == EVERYBODY else f": {visits[0].person}"
    parts = [
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><header><h1>{escape(capital(title))}</h1>",
        f'<p class="soft">{escape(_covers(visits, period))}</p></header><main>',
        _numbers(visits, reports),
        _where(visits, reports),
    ]
    if len(visits) > 1:
        parts.append(
            f'<section aria-labelledby="all"><h2 id="all">All sessions</h2><figure>{figure.weeks(visits)}<figcaption>'
            "Minutes of work in each session; the triangle counts its reports of discomfort.</figcaption></figure>"
            "</section>"
        )
    parts += [_session(visit) for visit in reversed(visits)]
    parts.append(
        "</main><footer>Written by voice_coach from the journal on this machine. It tells what was done and said; "
        "it is no medical advice.</footer></body></html>"
    )
    return "".join(parts)


def _numbers(visits: Sequence[Visit], reports: Counter[tuple[str, str]]) -> str:
    gentler = sum(work.rung > 0 for visit in visits for work in visit.work)
    skipped = sum(work.outcome == "skipped" for visit in visits for work in visit.work)
    told = {
        "sessions": str(len(visits)),
        "minutes of work": f"{sum(visit.hands_on for visit in visits) / 60:.0f}",
        "reports of discomfort": str(sum(reports.values())),
        "gentler ways taken": str(gentler),
        "steps skipped": str(skipped),
    }
    return "<dl>" + "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in told.items()) + "</dl>"


def _where(visits: Sequence[Visit], reports: Counter[tuple[str, str]]) -> str:
    out = [(left.region, left.side) for visit in visits for left in visit.left_out if not left.light]
    rows = [(visit, report) for visit in visits for report in visit.discomforts]
    head = '<section aria-labelledby="where"><h2 id="where">Where it was too strong</h2><div class="where">'
    picture = (
        f"<figure>{figure.body(reports, out)}<figcaption>L and R are the person's own left and right. "
        "The number counts reports; a dashed ring is a place that was left out.</figcaption></figure>"
    )
    if not rows:
        told = "<p>Nothing was reported.</p>"
    else:
        lines = (
            f'<tr><td class="strong">{escape(place(d.region, d.side))}</td><td>{escape(_when(d))}</td>'
            f"<td>“{escape(d.phrase)}”{_strength(d)}</td>{f'<td>{_day(v)}</td>' if len(visits) > 1 else ''}</tr>"
            for v, d in rows
        )
        day = '<th scope="col">On</th>' if len(visits) > 1 else ""
        told = (
            '<table><caption>Each report</caption><thead><tr><th scope="col">Place</th><th scope="col">During</th>'
            f'<th scope="col">Said</th>{day}</tr></thead><tbody>{"".join(lines)}</tbody></table>'
        )
    return f"{head}{picture}<div>{told}{_left_out(visits)}</div></div></section>"


def _left_out(visits: Sequence[Visit]) -> str:
    why = {"pain": "after reports", "asked": "as asked for"}
    told = Counter(
        (place(out.region, out.side), f"{out.how} {why.get(out.why, f'because of: {out.why}')}".replace("-", " "))
        for visit in visits
        for out in visit.left_out
    )
    lines = [f"<li>{escape(where)}, {escape(reason)}{_times(count)}</li>" for (where, reason), count in told.items()]
    return f"<h3>Spared</h3><ul>{''.join(lines)}</ul>" if lines else ""


def _session(visit: Visit) -> str:
    end = ENDS.get(visit.reason, str(visit.reason))
    name = f"session-{visit.number}"
    notes = [f"{capital(end)}, after {clock(visit.seconds)} minutes."]
    if visit.resumed:
        notes.append("It went on where the one before had ended.")
    notes += [f"{capital(fault.part)} lost at {clock(fault.at)}: {fault.reason}" for fault in visit.faults]
    head = (
        f'<section aria-labelledby="{name}"><h2 id="{name}">{_date(visit)}, {visit.began:%H:%M}: '
        f"{escape(visit.title)}</h2>{''.join(f'<p>{escape(note)}</p>' for note in notes)}"
    )
    if not visit.work:
        return head + "</section>"
    rows = "".join(
        f'<tr><td class="number">{work.index}</td><td>{escape(capital(work.title))}{" (gentler)" if work.rung else ""}'
        f'</td><td>{escape(place(work.region, work.side))}</td><td class="number">{clock(work.hands_on)}</td>'
        f'<td class="{"strong" if work.outcome == "too strong" else ""}">{escape(work.outcome)}</td></tr>'
        for work in visit.work
    )
    return (
        f"{head}<figure>{figure.course(visit)}<figcaption>Numbers are steps, paler ones gentler ways; a triangle is a "
        'report.</figcaption></figure><div class="wide"><table><thead><tr><th scope="col" class="number">Step</th>'
        '<th scope="col">What</th><th scope="col">Where</th><th scope="col" class="number">Worked</th>'
        f'<th scope="col">How it went</th></tr></thead><tbody>{rows}</tbody></table></div></section>'
    )


def _covers(visits: Sequence[Visit], period: str) -> str:
    if len(visits) == 1:
        return f"One session, at {visits[0].began:%H:%M}."
    names = sorted({visit.title for visit in visits})
    return f"{_date(visits[0])} to {_date(visits[-1])}: {_listed(names)}."


def _when(report: Discomfort) -> str:
    title = report.title or "no step"
    return title if report.second is None else f"{title}, at {clock(report.second)}"


def _strength(report: Discomfort) -> str:
    return f", {escape(report.strength)}" if report.strength else ""


def _times(count: int) -> str:
    return f" ({count} times)" if count > 1 else ""


def _listed(names: Iterable[str]) -> str:
    return "; ".join(names)


def _date(visit: Visit) -> str:
    return f"{visit.began.day} {visit.began:%B %Y}"


def _day(visit: Visit) -> str:
    return f"{visit.began.day}&nbsp;{visit.began:%b}"
