import pytest

from core.errors import FileRejected
from core.files.decoding import decode

GERMAN = "Frage;Antwort\nWie lange dauert die Rückgabe?;Über 14 Tage, größer als üblich – für Sie „immer“\n"


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
        ("cp1252", "Windows-1252 (Western Europe)"),
        ("mac_roman", "Mac Roman"),
    ],
)
def test_a_german_text_is_read_in_any_encoding_that_spreadsheets_write(codec: str, name: str) -> None:
    decoded = decode(GERMAN.encode(codec))

    assert (GERMAN, name) == (decoded.text, decoded.encoding)


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("question,answer\nHow much is it?,It costs £5 and it’s “free” after\n", "cp1252"),
        ("question,answer\nOù est ma commande ?,Elle a été expédiée hier à Besançon : 5 €\n", "cp1252"),
        ("question\ncafé\n", "cp1252"),
        ("pytanie,odpowiedź\nGdzie jest moje zamówienie?,Zostało wysłane wczoraj łącznie z fakturą\n", "cp1250"),
        ("вопрос,ответ\nГде мой заказ?,Он отправлен вчера\nКак вернуть товар?,В течение 14 дней\n", "cp1251"),
        ("ερώτηση,απάντηση\nΠού είναι η παραγγελία μου;,Στάλθηκε χθες\n", "cp1253"),
        ("問題,答え\n私の注文はどこですか？,昨日発送されました\n", "cp932"),
        ("问题,答案\n我的订单在哪里？,昨天已经发货了\n", "gb18030"),
    ],
)
def test_a_code_page_is_guessed_and_said_to_be_a_guess(text: str, codec: str) -> None:
    decoded = decode(text.encode(codec))

    assert (text, True) == (decoded.text, decoded.guessed)


def test_utf_8_is_no_guess() -> None:
    assert not decode("question\ncafé\n".encode()).guessed


def test_a_byte_that_no_western_code_page_knows_is_still_read() -> None:
    decoded = decode("question\ncafé \x81\n".encode("latin-1"))

    assert decoded.text == "question\ncafé \x81\n"
    assert decoded.encoding == "ISO 8859-1 (Western Europe)"


def test_one_broken_byte_does_not_garble_the_rest_of_a_utf_8_text() -> None:
    decoded = decode("größer\nÜber\n".encode() + b"caf\xe9\n")

    assert decoded.encoding == "UTF-8"
    assert decoded.text == "größer\nÜber\ncaf\udce9\n"


@pytest.mark.parametrize("broken", [1, 3])
def test_lines_of_another_encoding_do_not_turn_the_others(broken: int) -> None:
    lines = ["où est ma commande".encode()] * 3 + ["café ouvert ?".encode("cp1252")] * broken

    decoded = decode(b"question\n" + b"\n".join(lines))

    assert (decoded.encoding, decoded.guessed) == ("UTF-8", False)
    assert decoded.text.count("où est ma commande") == 3
    assert decoded.text.count("caf\udce9 ouvert ?") == broken


def test_one_line_of_utf_8_in_a_western_file_is_the_broken_one() -> None:
    decoded = decode("café ouvert ?\n".encode("cp1252") * 5 + "où est-ce ?\n".encode())

    assert decoded.encoding == "Windows-1252 (Western Europe)"
    assert decoded.text == "café ouvert ?\n" * 5 + "o\udcc3\udcb9 est-ce ?\n"


def test_a_single_nul_does_not_make_ascii_into_utf_16() -> None:
    decoded = decode(b"question,answer\nhello\0,there is more text than that\n")

    assert decoded.encoding == "UTF-8"
    assert "hello\0" in decoded.text


def test_utf_16_that_is_cut_off_is_refused_in_words() -> None:
    with pytest.raises(FileRejected, match="cut off or damaged"):
        decode(GERMAN.encode("utf-16")[:-1])


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(FileRejected, match="not a text file"):
        decode(bytes(range(256)) * 10)


def test_a_long_line_is_decoded_in_linear_time() -> None:
    decoded = decode(b"x" * 3_000_000 + "é".encode("cp1252"))

    assert decoded.text.endswith("xé")
