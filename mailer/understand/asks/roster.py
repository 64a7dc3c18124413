"""The answer to "whom do we miss, and who is wrong?": people to take off a list, and people to add.

    drop Bob, he left          Cho has retired          add Ann Lee ann@acme.example, Acme          3 is wrong          the list is fine

Promises: pure; linear patterns on capped text. A name counts only where it fits exactly one person of the list. Whoever is to be added needs a name
          and an address; without an address they are named, and given back.
Never:    changes anything: what is read here is a proposal.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.terms import PersonId, canonical
from mailer.understand.asks.courtesy import answer_in
from mailer.understand.asks.listed import Names, names_of
from mailer.understand.asks.question import Callee
from mailer.understand.asks.tokens import tidy, tokens

MOST_PIECES = 60
LONGEST_PIECE = 300


@dataclass(frozen=True, slots=True)
class Addition:
    """Somebody who is missing from the list."""

    name: str
    address: str
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class ListChanges:
    """*drop*: who should not be on the list; *fine*: nothing is to be changed."""

    drop: tuple[PersonId, ...] = ()
    add: tuple[Addition, ...] = ()
    fine: bool = False
    not_understood: tuple[str, ...] = ()


_ADDRESS = re.compile(r"<?(?:mailto:)?([^\s<>@,;:()\"']{1,64}@[^\s<>@,;:()\"']{1,190}\.[A-Za-z]{2,24})>?")
_FINE = re.compile(
    r"(?:(?:yes|ok|okay|sí|ja|oui)[,.! ]*)?(?:(?:the|this|your|my|la|die|cette)? ?(?:list|lista|liste)?(?: ?is| ?looks| ?está| ?ist| ?est|"
    r" ?passt)? ?"
    r"(?:all )?(?:fine|good|great|right|correct|complete|perfect|ok|okay|bien|completa|correcta|gut|vollständig|richtig|bonne|complète|correcte)"
    r"(?: to me| as it is| for me| by me| así| so)?|(?:all|everything)(?: is)? (?:fine|good|right|ok|correct)|no changes?(?: from me)?|"
    r"(?:nobody|no one|none)(?: is)?(?: missing| wrong)?|nothing to (?:add|change)(?:,? nothing to (?:drop|add|change))?|keine änderungen|"
    r"sin cambios|nadie falta|no falta nadie|niemand fehlt|rien à changer|todo bien|alles gut|passt|c'est bon|tout est bon)[.! ]*",
    re.IGNORECASE,
)
_DROP = re.compile(
    r"(?:please |kindly |bitte |por favor,? |you can |you should |could you |i would |we should |merci de )?"
    r"(?:drop|remove|delete|take off|take out|take|strike|leave out|cross out|cross off|uninvite|do not invite|don'?t invite|"
    r"quite(?:n)?(?: a)?|quitar(?: a)?|elimine(?: a)?|borre(?: a)?|saque(?: a)?|no invite(?: a)?|streichen sie|streich|entfernen sie|löschen sie|"
    r"retirez|retirer|supprimez|enlevez|n'invitez pas)[: ]+(?P<rest>.+)",
    re.IGNORECASE,
)
_DROP_AFTER = re.compile(
    r"(?:bitte )?(?P<rest>.+?) (?:bitte )?(?:streichen|entfernen|löschen|herausnehmen|should (?:come off|be off|be removed|not be (?:on it|"
    r"there|invited|"
    r"on (?:the|this) list))|is wrong|are wrong|does(?: not|n'?t) belong(?: here| there)?|can go|wrong)",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"(?P<rest>.+?),? (?:(?:has|have|is|are|had)? ?(?:already )?(?:left|retired|resigned|gone|quit|died|deceased|moved (?:on|away)|"
    r"passed away|"
    r"changed jobs|sold the)|"
    r"(?:is|are|works?|does|do)(?: ?not|n'?t)? (?:no longer|not|any ?more|work there)|no longer (?:works?|is)|se (?:jubiló|fue|retiró|"
    r"ha jubilado|ha ido)|"
    r"ya no (?:trabaja|está|es)|falleció|(?:ist|arbeitet) (?:nicht mehr|im ruhestand|in rente|weg)|hat (?:die firma|das unternehmen|uns) verlassen|"
    r"est (?:parti|partie|à la retraite)|ne travaille plus|n'est plus|a (?:quitté|pris sa retraite))\b.{0,120}",
    re.IGNORECASE,
)
_ADD_WORDS = re.compile(
    r"^(?:please |kindly |bitte |por favor,? |you (?:should |could |might )?|i would |we should |and |also |then )*"
    r"(?:add|invite|include|ask|miss(?:ing)?|missed|forgot|new|agregue|agregar|añada|añadir|incluya|invite a|falta|hinzufügen|ergänzen(?: sie)?|"
    r"laden sie|es fehlt|fehlt|ajoutez|ajouter|invitez|il manque|manque)?(?: is| are| also| noch| a)?(?:[: ]+|(?<=[: ]))",
    re.IGNORECASE,
)
_ASKS_TO_ADD = re.compile(
    r"(?:please |you |i |we |and |also |por favor,? |bitte |il |es )*(?:add|invite|include|miss|missed|missing|forgot|agregue|añada|incluya|falta|"
    r"ergänzen|fehlt|ajoutez|invitez|manque)\b",
    re.IGNORECASE,
)
_FROM = re.compile(r",? +(?:from|of|at|with|de|von|bei|du|chez)(?: the)? +|\s*[,(]\s*", re.IGNORECASE)
_OFF = re.compile(
    r" (?:off|from|out of|de|von|de la)(?: the| my| your| this| der| la)? ?(?:list|lista|liste)?[.! ]*$", re.IGNORECASE
)
_REASON = re.compile(
    r"(?:he|she|they|who|it|has|is|was|left|retired|no|not|now|moved|since|because|as|since|ya|se|er|sie|il|elle|gone|died|wrong|too|the)\b.*",
    re.IGNORECASE,
)
_OF = frozenset({"of", "from", "at", "with", "de", "del", "von", "bei", "du", "chez"})
_HELD_BACK = re.compile(
    r"\?|\b(?:but|keep|keeps|still|unless|maybe|perhaps|possibly|if|not sure|aber|behalten|nicht(?! mehr)|vielleicht|pero|quizás?|mais|garde[rz]?|"
    r"peut-être|sauf|has not|have not|is not (?:gone|wrong)|(?:has|have|is|are)n['’]t (?:left|gone|retired|wrong))\b",
    re.IGNORECASE,
)
"""Words beside which nobody is taken off."""
_NO_NAME = frozenset(
    ["replace", "contact", "try", "email", "e-mail", "mail", "write", "call", "use", "his", "her", "my", "our", "your", "the", "new", "see", "cc",
     "copy",     "instead", "change", "swap", "update", "correct", "also", "invite", "please", "add", "ask", "include", "from", "for", "with"]
)  # fmt: skip
_AND = re.compile(r"\s*(?:,(?:\s*(?:and|y|und|et)\b)?|&|\band\b|\by\b|\bund\b|\bet\b)\s*", re.IGNORECASE)
_BULLET = re.compile(r"^\s{0,8}(?:[-*•·–]|\(?\d{1,3}[.)])\s+")
_BEGIN = re.compile(
    r"(?<=[.!])\s+(?=[A-ZÁÉÍÓÚÄÖÜ\d])|\s*;\s*|,?\s+(?:and|but|y|und|et)\s+(?=(?:please )?(?:add|drop|remove|delete|invite|agregue|quite|"
    r"ajoutez|retirez)\b)|"
    r",\s+(?=(?:please )?(?:add|drop|remove|delete|invite)\b)",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"(?:(?:many )?thanks?(?: you)?(?: very much| for asking| so much)?|hi|hello|dear .{0,40}|best|regards|best regards|kind regards|cheers|"
    r"gracias|"
    r"danke|merci|saludos|ok|okay|yes|sure|of course|here (?:you go|are my changes|they are)|otherwise (?:fine|good|ok|the list is fine)|"
    r"the rest is fine)[.,:! ]*",
    re.IGNORECASE,
)


def read_roster(text: str, people: Sequence[Callee], author: str = "") -> ListChanges:
    """Read what somebody says of the list *people*."""
    names = names_of((c.number, c.name, c.organisation) for c in people)
    by_number = {c.number: c.person for c in people}
    drop: list[PersonId] = []
    add: list[Addition] = []
    odd: list[str] = []
    fine = False
    pieces = [
        piece.strip(" \t,")
        for line in answer_in(text, author).splitlines()
        for piece in _BEGIN.split(_BULLET.sub("", line))
        if piece and piece.strip(" \t,.")
    ]
    for piece in pieces[:MOST_PIECES]:
        if len(piece) > LONGEST_PIECE:
            odd.append(piece)
        elif _FINE.fullmatch(piece):
            fine = True
        elif _COURTESY.fullmatch(piece):
            continue
        elif (found := _ADDRESS.search(piece)) is not None and not _DROP.match(piece):
            made = _addition(piece, found)
            if made is None:
                odd.append(piece)
            else:
                add.append(made)
        elif _ASKS_TO_ADD.match(piece):
            odd.append(f"{piece} (no address is given)")
        else:
            taken = _dropped(piece, names, by_number)
            if taken is None:
                odd.append(piece)
            else:
                drop += taken
    odd += pieces[MOST_PIECES:]
    return ListChanges(tuple(dict.fromkeys(drop)), tuple(dict.fromkeys(add)), fine and not drop and not add, tuple(odd))


def _addition(piece: str, found: re.Match[str]) -> Addition | None:
    before = _ADD_WORDS.sub(
        "", f" {piece[: found.start()]}".lstrip() if piece[: found.start()].strip() else "", count=1
    )
    name, *firm = [part.strip(" ,()<>:-–") for part in _FROM.split(before, maxsplit=1)]
    after = re.sub(
        r"^(?:from|of|at|with|de|von|bei)\s+", "", piece[found.end() :].strip(" ,().:-–"), flags=re.IGNORECASE
    )
    organisation = (firm[0] if firm and firm[0] else after).strip(" ,().")
    words = name.split()
    if (
        not 2 <= len(words) <= 5
        or not name[:1].isupper()
        or any(word.lower() in _NO_NAME for word in words)
        or any(c.isdigit() for c in name)
        or len(organisation.split()) > 8
    ):
        return None
    return Addition(name, canonical(found[1]), organisation)


def _dropped(piece: str, names: Names, by_number: dict[int, PersonId]) -> list[PersonId] | None:
    """Who is to go; None where that is not wholly clear."""
    plain = piece.rstrip(" .!")
    found = _DROP.fullmatch(plain) or _GONE.fullmatch(plain) or _DROP_AFTER.fullmatch(plain)
    if found is None or _HELD_BACK.search(plain):
        return None
    whole = _ADDRESS.sub("", _OFF.sub("", found["rest"])).strip(" ,()<>")
    one = _whom(whole, names, by_number)
    if one is not None:
        return [one]
    out: list[PersonId] = []
    for part in _AND.split(re.split(r"\s*(?:[(:]|\s[-–—]\s|\bbecause\b|\bsince\b)", whole, maxsplit=1)[0]):
        if out and _REASON.fullmatch(part):
            break
        who = _whom(_OFF.sub("", part), names, by_number)
        if who is None:
            return None
        out.append(who)
    return out or None


def _whom(typed: str, names: Names, by_number: dict[int, PersonId]) -> PersonId | None:
    word = re.sub(
        r"^(?:#\s*|(?:number|no\.?|nr\.?|mr\.?|mrs\.?|ms\.?|dr\.?|a)\s+)(?=\w)",
        "",
        typed.strip(" .,"),
        flags=re.IGNORECASE,
    )
    if word.isdecimal() and len(word) < 5:
        return by_number.get(int(word))
    forms = tuple(t.form for t in tokens(tidy(word)) if t.sort == "word")
    numbers = names.get(forms, frozenset())
    if not numbers and len(forms) > 2 and forms[2] in _OF:  # "Bob Brown of Brown Works"
        numbers = names.get(forms[:2], frozenset())
    return by_number.get(next(iter(numbers))) if len(numbers) == 1 else None
