"""A list of people, as a spreadsheet saves it → rows for the register, and every row that was not taken, with its reasons.

Promises: pure; a row is taken whole or refused whole; columns are found by their headings, in English, Spanish, German or French, in any order;
          what was made of a cell that can be read in one way only ("Lee, Ann") is told. Never: guesses where two readings fit.
Fails:    `Problem` values that name file and line; a file without the needed headings gives no rows.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import pairwise

from mailer.errors import MailerError, Problem
from mailer.partnership.names import ADDRESS, is_formula, is_shared, plain, read_addresses, read_name
from mailer.partnership.people import PartnerKind, Role
from mailer.partnership.sheet import Sheet, heading, read_sheet, returned
from mailer.terms import canonical, language_of, no_language

COLUMNS = (
    "name", "email", "other emails", "organisation", "title", "kind", "roles", "champion", "language", "phone", "assistant of",
)  # fmt: skip
"""The headings, as `convener init` writes them. Only name and email are needed."""

MOST_ROWS = 20_000
REASON = "reason"
"""The column that returned rows get; a file that has it already may come back with it."""

_GIVEN, _FAMILY, _FAMILY_2, _EMAIL_2, _EMAIL_3 = "given name", "family name", "second family name", "email 2", "email 3"
_WORDS = {
    "name": "full name; display name; contact; contact name; person; nombre completo; nombre y apellidos; vollstandiger name; ansprechpartner;"
    " ansprechpartnerin; nom complet; nom et prenom; kontakt; contacto; nombre",
    _GIVEN: "given name; first name; first; firstname; forename; nombre de pila; vorname; prenom",
    _FAMILY: "family name; last name; last; lastname; surname; apellido; apellidos; apellido 1; primer apellido; apellido paterno; nachname;"
    " familienname; nom de famille",
    _FAMILY_2: "apellido 2; segundo apellido; apellido materno",
    "email": "e mail; mail; email address; e mail address; e mail adresse; email adresse; mailadresse; address; email 1; e mail 1; primary email;"
    " work email; correo; correo electronico; correo e; direccion de correo; direccion de correo electronico; courriel; adresse mail;"
    " adresse e mail; adresse electronique; adresse email; e mail 1 value; mel",
    _EMAIL_2: "e mail 2; email 2; e mail 2 address; e mail 2 value; secondary email; otro correo; weitere e mail; autre courriel",
    _EMAIL_3: "e mail 3; email 3; e mail 3 address; e mail 3 value",
    "other emails": "other e mails; aliases; other addresses; otros correos; weitere e mails; weitere adressen; autres courriels",
    "organisation": "organization; company; company name; employer; firm; business; account; organizacion; empresa; compania; firma; unternehmen;"
    " arbeitgeber; betrieb; einrichtung; entreprise; societe; employeur; etablissement; organisme",
    "title": "job title; position; job; puesto; cargo; titulo; stelle; funktion; titel; poste; fonction; titre",
    "kind": "type; partner kind; tipo; art; typ; genre; categorie; categoria; kategorie",
    "roles": "role; rol; roles; rolle; rollen; roles dans le partenariat",
    "champion": "their champion; signer; referente; pate",
    "language": "lang; idioma; lengua; sprache; langue",
    "phone": "telephone; phone number; tel; business phone; work phone; mobile; mobile phone; telefono; movil; telefon; telefonnummer; handy; mobil;"
    " telephone portable; portable",
    "assistant of": "assistant to; answers for; asistente de; assistenz von; assistant de",
    REASON: "reason",
}  # fmt: skip
_HEADINGS = {word.strip(): column for column, words in _WORDS.items() for word in (column, *words.split(";"))}

_KINDS = {k.value: k for k in PartnerKind} | {
    word: kind
    for kind, words in (
        (PartnerKind.BUSINESS, "businesses; company; employer; industry; private; empresa; unternehmen; firma; betrieb; entreprise"),
        (PartnerKind.PUBLIC_PARTNER, "public; public partners; partner; public sector; publico; socio publico; offentlich; offentlicher partner;"
         " partenaire public"),
        (PartnerKind.SUPPORT_PARTNER, "support; support partners; supporter; socio de apoyo; unterstutzer; soutien"),
    )
    for word in words.split("; ")
}  # fmt: skip
_ROLES = {r.value.replace("-", " "): r for r in Role} | {"cochair": Role.CO_CHAIR, "notes": Role.NOTE_TAKER}
_LONGEST = {"organisation": 300, "title": 200, "phone": 60}


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as a people file or a convener gives them; *champion* is an address or empty. Addresses are canonical. *assistant_of*: the
    addresses of those for whom this person may answer. *given*: the columns that the file has, where it need not have all: what it does
    not have stays as it is known."""

    name: str
    addresses: tuple[str, ...]
    organisation: str = ""
    title: str = ""
    kind: PartnerKind = PartnerKind.BUSINESS
    roles: frozenset[Role] = frozenset()
    champion: str = ""
    language: str = "en"
    phone: str = ""
    line: int = 0
    assistant_of: tuple[str, ...] = ()
    given: frozenset[str] | None = None

    def gives(self, column: str) -> bool:
        return self.given is None or column in self.given

    def filled(self) -> "PersonRow":
        """The same, without what is empty: on a list that is not the whole register an empty cell says nothing."""
        cells = {
            "organisation": self.organisation, "title": self.title, "roles": self.roles, "champion": self.champion, "phone": self.phone,
        }  # fmt: skip
        if self.given is None:
            return self
        return replace(self, given=self.given - {column for column, cell in cells.items() if not cell})


@dataclass(frozen=True, slots=True)
class PeopleList:
    """*refused*: the lines that were not taken, each with its reasons; more may be added once the register is asked."""

    where: str
    rows: tuple[PersonRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    sheet: Sheet | None = None

    def rest(self, more: Mapping[int, Sequence[str]] | None = None) -> bytes | None:
        """Every row that was not taken as a file for the same spreadsheet, with the reasons in a column more; None where all were."""
        whys = {
            line: (*self.refused.get(line, ()), *(more or {}).get(line, ())) for line in {*self.refused, *(more or {})}
        }
        if self.sheet is None or not whys:
            return None
        return returned(
            self.sheet,
            [
                (cells, ". ".join(w[:1].upper() + w[1:] for w in whys[line]))
                for line, cells in self.sheet.rows
                if line in whys
            ],
            REASON,
        )


def read_people(
    where: str, content: bytes, *, default_language: str = "en"
) -> tuple[tuple[PersonRow, ...], tuple[Problem, ...]]:
    """Read a people file; *where* is its name as the person knows it."""
    found = read_list(where, content, default_language=default_language)
    return found.rows, found.problems


def read_list(where: str, content: bytes, *, default_language: str = "en") -> PeopleList:
    """The same, with what is to be returned."""
    sheet = read_sheet(content, _HEADINGS)
    if isinstance(sheet, Sheet) and _WORKBOOK.search(where) and sheet.plain and not _found_in(sheet):
        sheet = "This file has the name of a workbook, and is none."
    if isinstance(sheet, str):
        if sheet == "The file is empty.":
            return PeopleList(where, problems=(Problem(where, 1, sheet, remedy=_FIRST_LINE),))
        return PeopleList(
            where,
            problems=(Problem(where, 0, sheet, remedy="Save it from the spreadsheet as CSV (Save as, CSV UTF-8)."),),
        )
    return read_table(where, sheet, default_language=default_language)


_WORKBOOK = re.compile(r"\.(?:xlsx?|ods)$", re.IGNORECASE)


def _found_in(sheet: Sheet) -> bool:
    return any(_folded(cell) in _HEADINGS for cell in sheet.headings)


_FIRST_LINE = f"Its first line names the columns: {', '.join(COLUMNS)}. Only name and email are needed."


def read_table(where: str, sheet: Sheet, *, default_language: str = "en") -> PeopleList:
    """Read rows that are taken apart already."""
    problems: list[Problem] = []
    columns = _columns(where, sheet, problems)
    if columns is None:
        return PeopleList(where, problems=tuple(problems), sheet=sheet)
    reader = _Reader(where, default_language, frozenset(columns), problems)
    for count, (line, cells) in enumerate(sheet.rows):
        if cells[0].lstrip().startswith("#") and not is_formula(cells[0]):
            continue
        if count >= MOST_ROWS:
            if count == MOST_ROWS:
                problems.append(
                    Problem(where, line, f"The file has more than {MOST_ROWS:,} rows; the rest was not read.")
                )
            reader.refused[line] = ("the file has too many rows; this one was not read",)
            continue
        reader.row(line, {name: cells[i].strip() if i < len(cells) else "" for name, i in columns.items()})
    if sheet.broken:
        problems.append(Problem(where, 0, sheet.broken, remedy="Save the file from the spreadsheet once more."))
    _check_roles(where, reader.rows, problems)
    for found, told, remedy in (
        (
            reader.shared,
            "several people may read mail to {}",
            "Better the person's own address: one answer is one person's.",
        ),
        (
            reader.capitals,
            "letters will have {} as it is written here",
            "Write the name as it should stand in letters.",
        ),
    ):
        some = ", ".join(what for _, what in found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
        if found:
            sentence = told.format(some)
            problems.append(
                Problem(where, found[0][0], f"{sentence[:1].upper()}{sentence[1:]}.", remedy=remedy, warning=True)
            )
    return PeopleList(where, tuple(reader.rows), tuple(problems), reader.refused, sheet)


_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]{0,100}[)\]]")


def _columns(where: str, sheet: Sheet, problems: list[Problem]) -> dict[str, int] | None:
    columns: dict[str, int] = {}
    unknown = []
    if any(ADDRESS.fullmatch(cell.strip()) for cell in sheet.headings):
        told = "There is no line with headings: the first one has an e-mail address in it."
        problems.append(Problem(where, sheet.line, told, remedy=_FIRST_LINE))
        return None
    for i, cell in enumerate(sheet.headings):
        name = _HEADINGS.get(_folded(cell)) or _HEADINGS.get(_folded(_IN_BRACKETS.sub("", cell)), "")
        if name == "email" and name in columns:
            name = _EMAIL_2 if _EMAIL_2 not in columns else _EMAIL_3
        if name:
            columns.setdefault(name, i)
        elif heading(cell):
            unknown.append(plain(cell))
    # "Nombre" and "Name" are the first or the family name where the other of the two has a column of its own
    if "name" in columns and _GIVEN in columns and _FAMILY not in columns:
        columns[_FAMILY] = columns.pop("name")
    elif "name" in columns and _FAMILY in columns and _GIVEN not in columns:
        columns[_GIVEN] = columns.pop("name")
    if len(unknown) > 3:
        listed = ", ".join(unknown)
        listed = listed if len(listed) < 300 else listed[:300] + "…"
        problems.append(
            Problem(
                where,
                sheet.line,
                f"I do not know {len(unknown)} of the columns; they are left out: {listed}.",
                warning=True,
            )
        )
    else:
        for cell in unknown:
            near = get_close_matches(cell.lower(), COLUMNS, 1)
            hint = f"Did you mean “{near[0]}”?" if near else f"Columns I know: {', '.join(COLUMNS)}."
            problems.append(
                Problem(
                    where, sheet.line, f"I do not know the column “{cell}”; it is left out.", remedy=hint, warning=True
                )
            )
    missing = [
        n for n, there in (("name", {"name", _GIVEN, _FAMILY}), ("email", {"email"})) if not there & set(columns)
    ]
    if missing:
        problems.append(Problem(where, sheet.line, f"The column “{missing[0]}” is missing.", remedy=_FIRST_LINE))
        return None
    return columns


def _folded(cell: str) -> str:
    """A heading or a word of a list, without accents."""
    spread = unicodedata.normalize("NFKD", cell.replace("ß", "ss"))
    return heading("".join(c for c in spread if not unicodedata.combining(c)))


class _Reader:
    """Rows one after the other; what came before is remembered, so that nobody is taken twice."""

    def __init__(self, where: str, language: str, columns: frozenset[str], problems: list[Problem]) -> None:
        self.where, self.language, self.columns, self.problems = where, language, columns, problems
        self.rows: list[PersonRow] = []
        self.shared: list[tuple[int, str]] = []
        self.capitals: list[tuple[int, str]] = []
        self.refused: dict[int, tuple[str, ...]] = {}
        self._by_address: dict[str, PersonRow] = {}
        self._by_name: dict[tuple[str, str], int] = {}

    def row(self, line: int, cells: Mapping[str, str]) -> None:
        said: list[tuple[str, str]] = []
        row = self._read(line, cells, said)
        if row is not None:
            self._compare(row, said)
        name = row.name if row else plain(cells.get("name", "") or cells.get(_FAMILY, ""))[:200]
        for why, remedy in said:
            self.problems.append(refused(self.where, line, name, why, remedy))
        if said or row is None:
            self.refused[line] = tuple(why for why, _ in said)
            return
        self._by_address |= dict.fromkeys(row.addresses, row)
        self._by_name.setdefault((row.name.casefold(), row.organisation.casefold()), line)
        self.rows.append(row)

    def _compare(self, row: PersonRow, said: list[tuple[str, str]]) -> None:
        double = next((self._by_address[a] for a in row.addresses if a in self._by_address), None)
        if double is not None:
            why = f"an address of this row stands in line {double.line} already"
            if double.name.casefold() != row.name.casefold():
                said.append((f"{why}, for {double.name}", "One address is one person's: find out whose it is."))
            elif self.gives_kind(double) and self.gives_kind(row) and double.kind is not row.kind:
                said.append(
                    (
                        f"{why}, as {double.kind.value}; here as {row.kind.value}",
                        "Decide which letter they get, and keep that row.",
                    )
                )
            else:
                said.append((why, "Keep one of them."))
            return
        twin = self._by_name.get((row.name.casefold(), row.organisation.casefold()))
        if twin is not None and row.organisation:
            said.append(
                (
                    f"{row.name} of {row.organisation} stands in line {twin} already, with another address",
                    "If it is the same person, put both addresses into one row; if not, tell the names apart, for example by an initial.",
                )
            )

    def gives_kind(self, row: PersonRow) -> bool:
        return row.gives("kind")

    def _read(self, line: int, cells: Mapping[str, str], said: list[tuple[str, str]]) -> PersonRow | None:
        def cell(column: str) -> str:
            return cells.get(column, "")

        name = self._name(line, cells, said)
        try:
            first = read_addresses(cell("email"))
            others = [a for c in ("other emails", _EMAIL_2, _EMAIL_3) for a in read_addresses(cell(c))]
            if not first and not others:
                said.append(
                    (
                        "it has no e-mail address",
                        "Write the address, or remove the row: convener print letters makes letters to post.",
                    )
                )
        except MailerError as exc:
            said.append((str(exc), "It needs the form name@example.org; several go under “other emails”."))
            first, others = (), []
        kinds = _kinds(cell("kind"))
        if kinds is None:
            said.append(
                (
                    f"I do not know the kind “{cell('kind')}”",
                    f"{_meant(cell('kind'), PartnerKind)}Kinds: {', '.join(k.value for k in PartnerKind)}.",
                )
            )
        elif len(kinds) > 1:
            said.append(
                (f"it has two kinds, “{cell('kind')}”, and each gets another letter", "Decide for one of them.")
            )
        roles = set()
        for word in [w.strip() for w in re.split(r"[;,]", cell("roles")) if w.strip()]:
            if _folded(word) in _ROLES:
                roles.add(_ROLES[_folded(word)])
            else:
                said.append(
                    (
                        f"I do not know the role “{word.lower()}”",
                        f"{_meant(word, Role)}Roles: {', '.join(r.value for r in Role)}.",
                    )
                )
        language = language_of(cell("language"))
        if cell("language") and not language:
            told, remedy = no_language(cell("language"))
            told += f" Letters go out in “{self.language}”, or in the language that is known already."
            self.problems.append(Problem(self.where, line, told, context=name, remedy=remedy, warning=True))
        champion = cell("champion")
        if champion and not ADDRESS.fullmatch(champion):
            said.append(
                (
                    f"the champion “{champion}” is no e-mail address",
                    "Write the address under which the champion stands in this file.",
                )
            )
        bosses = tuple(a for a in re.split(r"[;,\s]+", cell("assistant of")) if a)
        for boss in [b for b in bosses if not ADDRESS.fullmatch(b)]:
            said.append(
                (
                    f"“{boss}” under “assistant of” is no e-mail address",
                    "Write the address under which the person whom this one may answer for stands in this file.",
                )
            )
        facts = {column: plain(cell(column)) for column in _LONGEST}
        said += [
            (f"its {c} “{facts[c][:80]}” is a formula", "Write the value itself.")
            for c in _LONGEST
            if is_formula(facts[c])
        ]
        said += [
            (f"its {c} is longer than {most} characters", "Shorten it.")
            for c, most in _LONGEST.items()
            if len(facts[c]) > most
        ]
        if said or not kinds:
            return None
        addresses = tuple(dict.fromkeys((*first, *others)))
        if is_shared(addresses[0]):
            self.shared.append((line, addresses[0]))
        if name.isupper() or name.islower():
            self.capitals.append((line, name))
        given = self.columns - (frozenset() if cell("kind") else {"kind"}) - (frozenset() if language else {"language"})
        return PersonRow(
            name=name, addresses=addresses, organisation=facts["organisation"], title=facts["title"], kind=kinds[0], roles=frozenset(roles),
            champion=canonical(champion) if champion else "", language=language or self.language, phone=facts["phone"], line=line,
            assistant_of=tuple(dict.fromkeys(canonical(b) for b in bosses)), given=given,
        )  # fmt: skip

    def _name(self, line: int, cells: Mapping[str, str], said: list[tuple[str, str]]) -> str:
        cell = cells.get("name", "") or " ".join(cells.get(c, "") for c in (_GIVEN, _FAMILY, _FAMILY_2)).strip()
        try:
            name, told = read_name(cell)
        except MailerError as exc:
            said.append((str(exc), "Write the name as it should stand in letters, one person a row."))
            return ""
        if not name:
            said.append(("it has no name", "Write the name as it should stand in letters."))
        if told:
            self.problems.append(
                Problem(self.where, line, told, remedy="If that is wrong, turn it round in the file.", warning=True)
            )
        return name


def _meant(typed: str, words: Iterable[str]) -> str:
    """Did they mean one of *words*?"""
    near = get_close_matches(typed.casefold(), list(words), 1, 0.75)
    return f"Did you mean {near[0]}? " if near else ""


def _kinds(cell: str) -> tuple[PartnerKind, ...] | None:
    """The kinds that a cell names: as a rule one; business where it is empty; None where a word is unknown."""
    whole = _KINDS.get(_folded(cell)) if cell.strip() else PartnerKind.BUSINESS
    if whole is not None:
        return (whole,)
    words = [_folded(w) for w in re.split(r"[,;/&+]|\band\b|\bund\b|\bet\b|\by\b", cell) if w.strip()]
    found = tuple(dict.fromkeys(_KINDS[w] for w in words if w in _KINDS))
    return found if words and all(w in _KINDS for w in words) else None


def refused(where: str, line: int, name: str, why: str, remedy: str) -> Problem:
    """A row that was not taken."""
    return Problem(where, line, f"This row is left out: {why}.", context=name, remedy=remedy)


def _check_roles(where: str, rows: Sequence[PersonRow], problems: list[Problem]) -> None:
    """Roles that go together badly: told, never changed."""

    def tell(row: PersonRow, sentence: str, remedy: str = "") -> None:
        problems.append(Problem(where, row.line, sentence, context=row.name, remedy=remedy, warning=True))

    for one, other in pairwise(r for r in rows if Role.LEAD_CHAMPION in r.roles):
        tell(
            other,
            f"{one.name} and {other.name} are both lead champion.",
            "Letters that name the lead champion take one of them.",
        )
    for row in rows:
        if row.kind is not PartnerKind.BUSINESS and row.roles & {Role.CHAMPION, Role.LEAD_CHAMPION}:
            tell(row, f"{row.name} is a champion and a {row.kind.value}: champions are business leaders, as a rule.")
        if row.champion and row.champion in row.addresses:
            tell(row, f"{row.name} is named as their own champion.")
    by_name: dict[str, PersonRow] = {}
    for row in rows:
        twin = by_name.setdefault(row.name.casefold(), row)
        if twin is not row:
            tell(
                row,
                f"{row.name} stands in line {twin.line}, too, with another address: is it the same person?",
                "If so, put both addresses into one row.",
            )
