"""What people are told that was noted of their answer: in their own language."""

import pytest

from mailer.render.noted import noted


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        ("2 is done", "el punto 2 queda cerrado"),
        ("2 is done; 3 is now due on 05 May 2026", "el punto 2 queda cerrado; el punto 3 tiene nueva fecha: martes, 5 de mayo de 2026"),
        ("4 needs help: a van; and a driver", "el punto 4 necesita ayuda: a van; and a driver"),
        ("4 needs help: a van; 5 is done", "el punto 4 necesita ayuda: a van; el punto 5 queda cerrado"),
        (
            "these times suit you: Thu 19 Mar 09:00, Fri 20 Mar 10:30",
            "le vienen bien estas horas: jueves 19 de marzo, 09:00, viernes 20 de marzo, 10:30",
        ),
        ("none of these times suits you", "ninguna de estas horas le viene bien"),
        ("you take: Schools; Welding", "usted elige: Schools; Welding"),
        ("your comment is noted", "su comentario está anotado"),
        ("Bob Brown: call again on 03 May; Cho Lee: yes", "Bob Brown: volver a llamar (3 de mayo); Cho Lee: sí"),
        ("your answer is noted, thank you; not understood: “maybe; later”", "su respuesta está anotada, gracias; no entendido: «maybe; later»"),
        (
            "“Join us” does not go out in your name as it is; the convener has your words",
            "«Join us» no saldrá en su nombre tal como está; la coordinación tiene sus palabras",
        ),
        ("Pat Lee proposes, and Dana Reyes decides:\n> add Cho", "Pat Lee propone, y Dana Reyes decide:\n> add Cho"),
        ("something nobody has put into words yet", "something nobody has put into words yet"),
        ("", ""),
    ],
)  # fmt: skip
def test_in_spanish(recorded: str, told: str) -> None:
    assert noted(recorded, "es") == noted(recorded, "es-MX") == told
    assert noted(recorded, "en") == noted(recorded, "") == noted(recorded, "fr") == recorded


def test_a_long_text_costs_little_and_is_kept() -> None:
    """A person's words of many semicolons: nothing is lost, and nothing runs for long (it is cut to pieces of four)."""
    for text in (
        "x; " * 5000 + "y",
        "4 needs help: " + "a " * 20_000,
        "a says " * 5000 + "yes to joining b",
        "(" * 9000 + ": yes",
    ):
        assert len(noted(text, "es")) >= len(text) - 10


def test_braces_in_somebodys_words_are_words() -> None:
    assert noted("4 needs help: {person} {0}", "es") == "el punto 4 necesita ayuda: {person} {0}"
