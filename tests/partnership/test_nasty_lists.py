"""Lists as Excel and its users really make them: what is taken, what is given back, and that it opens in the same Excel again."""

import csv
import io
import zipfile

import pytest

from mailer.partnership.people import PartnerKind
from mailer.partnership.register import PeopleList, read_list

ANN = ("Ann Lee", ("ann@acme.example",))


def read(content: str | bytes, codec: str = "utf-8") -> PeopleList:
    return read_list("people.csv", content.encode(codec) if isinstance(content, str) else content)


def taken(found: PeopleList) -> list[tuple[str, tuple[str, ...]]]:
    return [(r.name, r.addresses) for r in found.rows]


@pytest.mark.parametrize(
    ("content", "codec"),
    [
        ("name;email\r\nAnn Lee;ann@acme.example\r\n", "utf-8-sig"),
        ("sep=;\r\nname;email\r\nAnn Lee;ann@acme.example\r\n", "cp1252"),
        ("SEP=,\nname,email\nAnn Lee,ann@acme.example\n", "utf-8"),
        ("name\temail\r\nAnn Lee\tann@acme.example\r\n", "utf-16"),  # “Unicode text” of Excel
        ("name\temail\r\nAnn Lee\tann@acme.example\r\n" + "\r\n" * 30, "utf-16-le"),  # the same without its mark
        ("name|email\nAnn Lee|ann@acme.example\n", "utf-8"),
        ('"name";"email"\r\n"Ann Lee";"ann@acme.example"\r\n', "utf-8"),
        ('"name,email"\r\n"Ann Lee,ann@acme.example"\r\n', "utf-8"),  # each line went through a program as one cell
        ("Invitation list 2026;;\r\n;;\r\nName;E-Mail;\r\nAnn Lee;ann@acme.example;\r\n", "utf-8"),  # a title above
        ("name;email;;;\r\nAnn Lee;ann@acme.example;;;\r\n;;;;\r\n", "utf-8"),  # columns that were deleted
        ("name;email\rAnn Lee;ann@acme.example\r", "utf-8"),  # an old Macintosh
        ("  NAME  ;  E-MAIL:\r\n  Ann\u00a0Lee\t ; ann@acme.example\u200b \r\n", "utf-8"),
        ("Nombre;Apellidos;Correo electrónico\r\nAnn;Lee;ann@acme.example\r\n", "cp1252"),
        ("Vorname;Name;E-Mail-Adresse\r\nAnn;Lee;ann@acme.example\r\n", "utf-8"),
        ("Prénom;Nom de famille;Courriel\r\nAnn;Lee;ann@acme.example\r\n", "mac_roman"),
        ("First Name,Last Name,E-mail Address\nAnn,Lee,ann@acme.example\n", "utf-8"),  # Outlook
        ("Contact name,Work email\nAnn Lee,mailto:ann@acme.example\n", "utf-8"),
        ('name,email\nAnn Lee,"Ann Lee <Ann@ACME.example>"\n', "utf-8"),
        ('name,email\nAnn Lee,"=HYPERLINK(""mailto:ann@acme.example"",""Ann"")"\n', "utf-8"),
        ('name,email\n"Lee, Ann",ann@acme.example\n', "utf-8"),
        ("name,email\nAnn Lee,ann@acme.example.\n", "utf-8"),
        ("Full Name (as on the badge),E-mail [work]\nAnn Lee,ann@acme.example\n", "utf-8"),
        ("First,Last,Mail\nAnn,Lee,ann@acme.example\n", "utf-8"),
        ("Nombre;Primer apellido;Correo\r\nAnn;Lee;ann@acme.example\r\n", "cp1252"),
        ("name,email\n“Ann Lee”,ann@acme.example\n", "utf-8"),
        ("name,email\n'Ann Lee,ann@acme.example\n", "utf-8"),
        ('name,email\n"Lee, Ann (she/her)",ann@acme.example\n', "utf-8"),
        ("name,email\nAnn Lee (Ella/Ella),ann@acme.example\n", "utf-8"),
        (
            "Liste der Partner\nStand: März\nName;E-Mail-Adresse\nAnn Lee;ann@acme.example\n",
            "cp1252",
        ),  # headings in row 3
        (
            'name,email,notes\nAnn Lee,ann@acme.example,"said ""yes""\n\non the phone"\n',
            "utf-8",
        ),  # line breaks within quotes
        ("name,email," + ",".join(f"column {n}" for n in range(38)) + "\nAnn Lee,ann@acme.example\n", "utf-8"),
        ("name;email\r\n\r\n;\r\nAnn Lee;ann@acme.example\r\n ; \r\n\r\n", "utf-8"),  # empty rows
    ],
)
def test_one_person_however_the_file_was_saved(content: str, codec: str) -> None:
    found = read(content, codec)
    assert taken(found) == [ANN], found.problems
    assert not found.refused


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("Lee, Ann", "Ann Lee"),
        ("Lee, Ann Marie", "Ann Marie Lee"),
        ("de la Cruz, Inés", "Inés de la Cruz"),
        ("Ann Lee, PhD", "Ann Lee PhD"),
        ("Lee, Ann, Ph.D.", "Ann Lee Ph.D."),
        ("King, Martin, Jr.", "Martin King Jr."),
        ("José Ortega y Gasset", "José Ortega y Gasset"),
        ("O’Brien, Seán", "Seán O’Brien"),
        ("Anderson", "Anderson"),
        ("李安", "李安"),
    ],
)
def test_a_name_that_can_be_read_in_one_way_is(name: str, read_as: str) -> None:
    found = read(f'name,email\n"{name}",x@acme.example\n')
    assert [r.name for r in found.rows] == [read_as], found.problems


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Ann & Bob;a@acme.example", "may be two people"),
        ("Ann and Bob Lee;a@acme.example", "may be two people"),
        ("Ann Lee / Bob Stone;a@acme.example", "may be two people"),
        ("Ana López y Juan Díaz;a@acme.example", "may be two people"),
        ("Anna und Bernd;a@acme.example", "may be two people"),
        ("Ann Lee, Bob Stone;a@acme.example", "may be two people"),
        ("García López, María José;a@acme.example", "one whose family name stands first"),
        ('"Ann Lee\nBob Stone";a@acme.example', "may be two people"),
        ("Widgets, Inc.;a@acme.example", "is a firm and no person"),
        ("a@acme.example;a@acme.example", "is an address and no name"),
        ("???;a@acme.example", "is no name"),
        (";a@acme.example", "it has no name"),
        ("Ann Lee;", "it has no e-mail address"),
        ("Ann Lee;n/a", "is no e-mail address"),
        ("Ann Lee;ann@acme", "is no e-mail address"),
        ("Ann Lee;ann@acme.example; bob at acme", ""),  # three cells: the third has no heading
        ('Ann Lee;"ann@acme.example, bob"', "“bob” is no e-mail address"),
        ('Ann Lee;"Ann <ann@acme.example>; Bob <bob@acme.example>"', "addresses of several people"),
        ("Ann Lee;änn@acme.example", "rarely take letters like those"),
        (f"{'x' * 201};a@acme.example", "longer than 200"),
        ("=A1&B1;a@acme.example", "is a formula and no name"),
        ("#NAME?;a@acme.example", "is a formula and no name"),
        ('Ann Lee;"=CONCATENATE(""ann"",""@acme.example"")"', "is no e-mail address"),
        ("Ann Lee;#REF!", "is no e-mail address"),
        ("Ann Lee;no-reply@acme.example", "nobody reads no-reply@acme.example"),
        (f"Ann Lee;{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.example", "longer than an address may be"),
        ("Total;2", "is no e-mail address"),
        ("Total: 2 people;", "it has no e-mail address"),
    ],
)
def test_what_two_readings_fit_is_given_back(row: str, reason: str) -> None:
    found = read(f"name;email\r\n{row}\r\n")
    if not reason:
        assert taken(found) == [ANN]
        return
    assert found.rows == ()
    rest = found.rest()
    assert rest is not None
    header, *rows = csv.reader(io.StringIO(rest.decode("utf-8-sig"), newline=""), delimiter=";")
    assert header == ["name", "email", "reason"]
    assert len(rows) == 1
    assert reason.lower() in rows[0][-1].lower()


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("sep", ["", "sep={}\r\n"])
def test_the_rest_opens_in_the_same_spreadsheet(codec: str, delimiter: str, sep: str) -> None:
    rows = [
        ["Name", "E-Mail", "Straße"],
        ["Jörg Müller", "joerg@m.example", "Süd 1"],
        ["Ann & Bób", "a@b.example", "Nord, 2; links"],
        ["Éva", "", ""],
    ]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    content = (sep.format(delimiter) + out.getvalue()).encode(codec)
    found = read(content)
    assert [r.name for r in found.rows] == ["Jörg Müller"]
    rest = found.rest()
    assert rest is not None
    assert rest.startswith(content[:3]) or codec == "utf-16"
    text = rest.decode(codec)
    if sep:
        assert text.startswith(f"sep={delimiter}\r\n")
        text = text.partition("\r\n")[2]
    header, *back = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    assert header == [*rows[0], "reason"]
    assert [r[:3] for r in back] == rows[2:]
    # mended, it is a list again, and the column of reasons is no mistake
    again = read(rest.decode(codec).replace("Ann & Bób", "Bób Stone").encode(codec))
    assert [r.name for r in again.rows] == ["Bób Stone"]
    assert not [p for p in again.problems if "reason" in p.sentence]
    third = again.rest()
    assert third is not None
    assert third.decode(codec).count("reason") == 1


def test_the_same_person_twice_and_one_address_for_two() -> None:
    found = read(
        "name,email,organisation,kind\n"
        "Ann Lee,ann@acme.example,Acme,business\n"
        "ann lee ,ANN@acme.example , Acme,business\n"  # the same with blanks
        "Ann Lee,alee@acme.example,Acme,\n"  # the same person, or two of a name
        "Bob Stone,ann@acme.example,Acme,\n"  # one address for two
        "Ann Lee,ann@acme.example,Acme,public partner\n"  # both letters
        "Ann Lee,ann@other.example,Other,\n"  # somebody else, perhaps
        'Cho Park,"cho@park.example; c.park@park.example",Park,\n'
        "Dia Roe,dia@roe.example,Roe,business/public partner\n"
    )
    assert taken(found) == [
        ANN,
        ("Ann Lee", ("ann@other.example",)),
        ("Cho Park", ("cho@park.example", "c.park@park.example")),
    ]
    whys = {line: " ".join(why) for line, why in found.refused.items()}
    assert "stands in line 2 already" in whys[3]
    assert "with another address" in whys[4]
    assert "for Ann Lee" in whys[5]
    assert "as business; here as public partner" in whys[6]
    assert "two kinds" in whys[9]
    assert any("is it the same person" in p.sentence for p in found.problems if p.warning)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("Öffentlicher Partner", PartnerKind.PUBLIC_PARTNER),
        ("socio público", PartnerKind.PUBLIC_PARTNER),
        ("EMPRESA", PartnerKind.BUSINESS),
        ("Entreprise", PartnerKind.BUSINESS),
        ("support partner", PartnerKind.SUPPORT_PARTNER),
    ],
)
def test_kinds_in_other_languages(word: str, kind: PartnerKind) -> None:
    (row,) = read(f"name;email;Typ\nAnn Lee;ann@acme.example;{word}\n", "cp1252").rows
    assert row.kind is kind
    assert row.gives("kind")


def test_what_a_list_does_not_have_is_not_said() -> None:
    (row,) = read("name,email,kind\nAnn Lee,ann@acme.example,\n").rows
    assert not row.gives("kind")
    assert not row.gives("title")
    assert row.gives("name")


def test_a_quotation_mark_that_is_never_closed_costs_one_row() -> None:
    lines = "".join(f"Person {chr(97 + n)}x,p{n}@acme.example\n" for n in range(20))
    found = read(f'name,email\n"Ann Lee,ann@acme.example\n{lines}')
    assert len(found.rows) == 20
    assert list(found.refused) == [2]


def test_a_formula_is_no_organisation_and_is_given_back() -> None:
    found = read(
        "name,email,organisation,title\nAnn Lee,ann@acme.example,#N/A,Owner\nBob Stone,bob@stone.example,Stone,=1+1\n"
    )
    assert found.rows == ()
    assert {line: why[0] for line, why in found.refused.items()} == {
        2: "its organisation “#N/A” is a formula", 3: "its title “=1+1” is a formula",
    }  # fmt: skip


def test_two_columns_of_addresses_with_one_heading() -> None:
    assert taken(read("name,email,email\nAnn Lee,ann@acme.example,ann@home.example\n")) == [
        ("Ann Lee", ("ann@acme.example", "ann@home.example"))
    ]


def test_two_family_names() -> None:
    found = read("Nombre;Apellido 1;Apellido 2;Correo\nAna;López;Díaz;ana@lopez.example\nEva;Ruiz;;eva@ruiz.example\n")
    assert [r.name for r in found.rows] == ["Ana López Díaz", "Eva Ruiz"]


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_list_without_headings_is_one_remark(delimiter: str) -> None:
    found = read(f"Ann Lee{delimiter}ann@acme.example\nBob Stone{delimiter}bob@stone.example\n")
    assert found.rows == ()
    (told,) = found.problems
    assert told.sentence == "There is no line with headings: the first one has an e-mail address in it."


def test_shared_addresses_and_capitals_are_taken_and_told() -> None:
    found = read("name,email\nANN LEE,info@acme.example\nbob stone,office+x@stone.example\nCho Park,cho@park.example\n")
    assert len(found.rows) == 3
    assert [p.sentence for p in found.problems] == [
        "Several people may read mail to info@acme.example, office+x@stone.example.",
        "Letters will have ANN LEE, bob stone as it is written here.",
    ]
    assert all(p.warning for p in found.problems)


@pytest.mark.parametrize("name", ["people.xlsx", "people.XLS", "people.ods"])
def test_plain_text_with_the_name_of_a_workbook(name: str) -> None:
    found = read_list(name, b"this is no list,\nbut plain text\n")
    assert [p.sentence for p in found.problems] == ["This file has the name of a workbook, and is none."]
    # many programs save CSV under that name: where headings stand, it is a list
    assert taken(read_list(name, b"name;email\nAnn Lee;ann@acme.example\n")) == [ANN]


def test_what_nobody_sees_is_no_part_of_a_name() -> None:
    (row,) = read(b'name,email\n"A\x01nn\x08 Lee",ann@acme.example\x1f\n').rows
    assert (row.name, row.addresses) == ANN


def test_ninety_columns_of_outlook_are_one_remark() -> None:
    more = ",".join(f"Business Fax {n}" for n in range(90))
    found = read(f"First Name,Last Name,E-mail Address,{more}\nAnn,Lee,ann@acme.example\n")
    assert taken(found) == [ANN]
    assert len(found.problems) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 500,
        b"PK\x03\x04" + bytes(range(256)) * 20,
        b"\xff\xfe",
        b'"',
        b'"\n"\n"',
        b";" * 10_000,
        b"name,email\n" + b'"' * 999,
        b"\xef\xbb\xbf",
    ],
)
def test_nothing_of_it_raises(content: bytes) -> None:
    found = read(content)
    assert found.rows == ()
    assert found.problems


def workbook(*sheets: tuple[str, str], hidden: str = "") -> bytes:
    """(name, the rows as XML) as a spreadsheet program saves them."""
    out = io.BytesIO()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    names = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"{" state=" + chr(34) + "hidden" + chr(34) if name == hidden else ""}/>'
        for n, (name, _) in enumerate(sheets, 1)
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        types = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{kind}.worksheet+xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        parts.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>{types}</Types>',
        )
        parts.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        parts.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{names}</sheets></workbook>'
        )
        related = "".join(
            f'<Relationship Id="r{n}" Type="{office}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        parts.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships">{related}</Relationships>'
        )
        for n, (_, rows) in enumerate(sheets, 1):
            parts.writestr(
                f"xl/worksheets/sheet{n}.xml", f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
            )
    return out.getvalue()


def row(number: int, *cells: str | int) -> str:
    """One row; numbers are kept as numbers."""
    written = "".join(
        f'<c r="{chr(65 + i)}{number}"><v>{c}</v></c>'
        if isinstance(c, int)
        else f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{c}</t></is></c>'
        for i, c in enumerate(cells)
    )
    return f'<row r="{number}">{written}</row>'


LIST = (
    row(1, "Invitation list 2026")
    + row(3, "Name", "E-mail", "Phone")
    + row(4, "Lee, Ann", "ann@acme.example", 4145550100)
)


def test_a_workbook_is_read_where_the_list_stands() -> None:
    notes = ("Notes", row(1, "to do"))
    for content in (
        workbook(("People", LIST)),
        workbook(notes, ("People", LIST)),
        workbook(("Old", LIST.replace("ann@", "old@")), ("People", LIST), hidden="Old"),
    ):
        found = read(content)
        assert taken(found) == [ANN], found.problems
        assert found.rows[0].phone == "4145550100"


def test_what_a_workbook_leaves_out_comes_back_as_csv() -> None:
    found = read(workbook(("People", LIST + row(5, "Bob Katz", "bob at katz"))))
    assert taken(found) == [ANN]
    assert list(found.refused) == [5]
    rest = found.rest({})
    assert rest is not None
    rows = list(csv.reader(io.StringIO(rest.decode("utf-8-sig"))))
    assert rows[0] == ["Name", "E-mail", "Phone", "reason"]
    assert rows[1][:2] == ["Bob Katz", "bob at katz"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (workbook(("Far", LIST + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')), "A sheet of this workbook is too large."),
        (workbook(("Empty", "")), "The file is empty."),
        (workbook(("People", LIST))[:400], "This workbook cannot be read; it may be damaged, or locked with a password."),
        (b"PK\x03\x04\x00\x00\xff\xfe\x00", "This workbook cannot be read; it may be damaged, or locked with a password."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "This file is a workbook of an old spreadsheet program, or is locked with a password."),
    ],
)  # fmt: skip
def test_a_workbook_that_cannot_be_read(content: bytes, sentence: str) -> None:
    found = read(content)
    assert [p.sentence for p in found.problems] == [sentence]


def test_a_zip_that_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("letter.txt", "hello")
    assert [p.sentence for p in read(out.getvalue()).problems] == ["This file is no workbook that I know."]
