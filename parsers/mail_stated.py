"""What a message states: subject, date, sender and words, its own or those of the original that it forwards."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from parsers.dates import Stated
from parsers.lines import Anchor, Line
from parsers.mail_dates import read_block_date, read_header_date
from parsers.mail_forwarded import Block, blocks, is_forward, is_reply, without_prefixes, without_recipients
from parsers.mail_headers import ADDRESS, Headers
from parsers.mail_parts import MAX_DEPTH, Part
from parsers.mail_refs import IDENTIFIED
from parsers.mail_words import Body, Said, bodies
from parsers.page import PageChanged

RECEIVERS = ("to", "cc", "bcc", "delivered-to", "x-original-to", "envelope-to", "x-forwarded-to", "x-envelope-to")
SENDERS = ("from", "sender", "reply-to")
LISTS = ("list-post", "list-id", "list-owner", "list-help", "x-beenthere")
LEFT_OUT = "[recipient]"


@dataclass(frozen=True)
class Statement:
    """What is stated. `private` are the addresses of recipients and forwarders, none of which goes into a record."""

    subject: str
    date: str
    read: Callable[[str], Stated]
    where: str
    """The header or block that states them."""
    senders: Collection[str]
    lines: Sequence[Line]
    taken_from: Sequence[str]
    """Kind and section of the parts that the lines are from."""
    private: frozenset[str] = frozenset()
    forwarded: Sequence[str] = ()
    """How each original was recognised, the outermost first."""
    references: tuple[str, ...] = ()
    attached: int = 0
    """Messages within it whose words follow its own."""

    @property
    def title(self) -> str:
        return _without(without_prefixes(self.subject), self.private)[0]

    def issued(self) -> Stated:
        """Raises ValueError where there is no date, or none that can be read."""
        if not self.date.strip():
            raise ValueError("no date, expected when it was sent")
        return self.read(self.date)


def state(message: Part, url: str, own_domains: Collection[str], depth: int = 0) -> Statement:
    """What a message states; one that its publisher forwards is the publisher's own, whatever it forwards.

    Raises PageChanged where originals lie too deep in one another.
    """
    headers = message.headers
    said = bodies(message, url) if not message.is_message else [message]
    within = [each for each in said if isinstance(each, Part)]
    own = _own(headers, [each for each in said if isinstance(each, Body)])
    if is_reply(own.subject) or _is_of(own.senders, own_domains):
        return _whole(own, within, url)
    forwards = is_forward(own.subject) or not any(line.text for line in own.lines)
    if len(within) == 1 and forwards and within[0].parts:
        inner = state(within[0].parts[0], url, own_domains, depth + 1)
        return replace(
            inner,
            private=inner.private | own.private | (frozenset(own.senders) - frozenset(inner.senders)),
            forwarded=(_how(f"{within[0].kind} part {within[0].section}", own.lines), *inner.forwarded),
            references=tuple(dict.fromkeys((*_id_of(within[0].parts[0].headers), *inner.references))),
        )
    return _whole(_original(own), within, url)


def _own(headers: Headers, said: Sequence[Body]) -> Statement:
    """What the headers state, with the words of these bodies. Raises PageChanged where words are missing in one."""
    torn = next((body.part for body in said if body.part.is_torn), None)
    if torn is not None:
        raise PageChanged(f"message: {torn.kind} part {torn.section}: base64 that is cut or damaged, expected it whole")
    senders, lists = headers.addresses(*SENDERS), headers.addresses(*LISTS)
    return Statement(
        subject=headers.words("subject"),
        date=headers.words("date"),
        read=read_header_date,
        where="header",
        senders=sorted(senders),
        lines=[line for body in said for line in body.lines],
        taken_from=[_named(body) for body in said],
        private=frozenset(headers.addresses(*RECEIVERS) - senders - lists),
    )


def _named(body: Body) -> str:
    """The part that words are from, and that its end was not seen or something in it is damaged."""
    named = f"{body.part.kind} part {body.part.section}"
    return named if body.is_whole else f"{named}, damaged or cut off"


def _original(outer: Statement) -> Statement:
    """The innermost original that a message forwards inline; the message itself where it forwards none."""
    stated = outer
    for count in range(MAX_DEPTH + 1):
        block = next(blocks(stated.lines), None)
        if block is None or not _is_forwarded(stated, block):
            return stated
        if count == MAX_DEPTH:
            raise PageChanged(f"message: more than {MAX_DEPTH} originals one in another, expected fewer")
        stated = _of_block(stated, block)
    return stated


def _is_forwarded(stated: Statement, block: Block) -> bool:
    """Whether a block begins what is forwarded, not what is answered: as the program, the subject or silence says."""
    says_nothing = not any(line.text for line in stated.lines[: block.start])
    return not is_reply(stated.subject) and (block.announces or is_forward(stated.subject) or says_nothing)


def _of_block(outer: Statement, block: Block) -> Statement:
    fields = block.fields
    senders = sorted({found.lower() for found in ADDRESS.findall(fields["from"])})
    private = outer.private | frozenset(outer.senders) | _people(fields)
    return replace(
        outer,
        subject=fields["subject"],
        date=fields["date"],
        read=read_block_date,
        where="forwarded block",
        senders=senders,
        lines=block.rest(outer.lines),
        private=private - frozenset(senders),
        forwarded=(*outer.forwarded, _how("block of headers", outer.lines[: block.start])),
    )


def _how(what: str, above: Sequence[Line]) -> str:
    """How an original was recognised, and how much of the one who forwards it is left out."""
    count = sum(bool(line.text) for line in above)
    return f"{what}, lines of the forwarder left out: {count}" if count else what


def _people(fields: Mapping[str, str]) -> frozenset[str]:
    named = (fields.get(name, "") for name in ("to", "cc", "bcc"))
    return frozenset(found.lower() for value in named for found in ADDRESS.findall(value))


def _whole(stated: Statement, within: Sequence[Part], url: str) -> Statement:
    """The statement with the words of the messages within it after its own, and without recipients."""
    lines, private, taken_from = list(stated.lines), set(stated.private), list(stated.taken_from)
    for part in within:
        for each in _within(part, url):
            lines += [Line(each.subject), *each.lines]
            private |= each.private
            taken_from += each.taken_from
    lines, found = without_recipients(lines)
    private |= {person for fields in found for person in _people(fields)}
    return replace(
        stated,
        lines=lines,
        private=frozenset(private - set(stated.senders)),
        taken_from=taken_from,
        attached=len(within),
    )


def _within(part: Part, url: str) -> Iterator[Statement]:
    """What each message within a message says, outermost first."""
    waiting = list(part.parts)
    while waiting:
        message = waiting.pop(0)
        said: Said = bodies(message, url) if not message.is_message else [message]
        yield _own(message.headers, [each for each in said if isinstance(each, Body)])
        waiting = [inner for each in said if isinstance(each, Part) for inner in each.parts] + waiting


def _id_of(headers: Headers) -> Iterator[str]:
    found = IDENTIFIED.fullmatch(headers.raw("message-id"))
    if found:
        yield found[1].decode("ascii")


def _is_of(senders: Collection[str], domains: Collection[str]) -> bool:
    hosts = [sender.rpartition("@")[2] for sender in senders]
    return any(host == domain or host.endswith(f".{domain}") for host in hosts for domain in domains)


@dataclass(slots=True)
class Discretion:
    """Leaves the addresses of recipients out of words and links, and counts how often."""

    private: frozenset[str]
    count: int = field(default=0)

    def lines(self, lines: Sequence[Line]) -> list[Line]:
        return [self._line(line) for line in lines] if self.private else list(lines)

    def _line(self, line: Line) -> Line:
        text, count = _without(line.text, self.private)
        anchors = [self._anchor(anchor) for anchor in line.anchors]
        self.count += count
        kept = tuple(anchor for anchor in anchors if anchor is not None)
        return line._replace(text=text, anchors=kept)

    def _anchor(self, anchor: Anchor) -> Anchor | None:
        """The link, None where its address names a recipient: an unsubscription, mostly."""
        plain = anchor.href.lower().replace("%40", "@")
        if any(person in plain for person in self.private):
            self.count += 1
            return None
        return Anchor(anchor.href, _without(anchor.text, self.private)[0])


def _without(words: str, private: Collection[str]) -> tuple[str, int]:
    """Words without the addresses of these people, and how many there were."""
    count = 0
    for found in dict.fromkeys(ADDRESS.findall(words) if private and "@" in words else ()):
        plain = found.rstrip(".")
        if plain.lower() in private:
            count += words.count(plain)
            words = words.replace(plain, LEFT_OUT)
    return words, count
