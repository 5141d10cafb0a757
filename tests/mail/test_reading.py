"""What is read of a mail, whatever program wrote it: its words, its photos, and whether a person wrote it at all."""

import base64
import quopri
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mail.writing import KEY, TEXT, encoded_word, mail, raw_mail, read
from tests.photos.making import archive, photo
from tickets.kinds import TicketType
from tickets.mail.answer_ids import answer_name
from tickets.mail.markup import text_of_html
from tickets.mail.quoting import newly_said
from tickets.mail.rules import Mark, form_of, number_in, phone_in
from tickets.numbers import in_fours, number_of


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (raw_mail(TEXT.encode("gb18030"), content_type="text/plain; charset=gb2312"), "GBK called gb2312"),
        (raw_mail(TEXT.encode("gb18030"), content_type="text/plain"), "GBK called nothing"),
        (raw_mail(TEXT.encode(), content_type="text/plain; charset=us-ascii"), "UTF-8 called ASCII"),
        (raw_mail(TEXT.encode(), content_type='text/plain; charset="no-such-set"'), "an unknown set"),
        (raw_mail(TEXT.encode(), content_type="text/plain; charset=base64"), "no character set at all"),
        (raw_mail(TEXT.encode("gb18030"), content_type="text/plain; charset=utf-8"), "GBK called UTF-8"),
        (
            raw_mail(base64.encodebytes(TEXT.encode("gbk")), content_type="text/plain; charset=gbk", encoding="base64"),
            "base64",
        ),
        (
            raw_mail(
                quopri.encodestring(TEXT.encode()), content_type="text/plain; charset=utf-8",
                encoding="quoted-printable",
            ),
            "quoted-printable",
        ),
        (raw_mail(f"<p>{TEXT}</p>".encode("gbk"), content_type="text/html; charset=gbk"), "HTML alone"),
        (mail(TEXT, html=f"<div>{TEXT}</div>"), "both, said once"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_chinese_is_read_whatever_its_encoding_is_called(content: bytes, why: str, tmp_path: Path) -> None:
    assert read(content, tmp_path).text == TEXT, why


@pytest.mark.parametrize(
    "subject",
    [
        encoded_word("投诉镕基路噪音", "gb2312"),
        "投诉镕基路噪音".encode("gb18030"),
        "投诉镕基路噪音".encode(),
        b"=?utf-8?Q?" + quopri.encodestring("投诉镕基路噪音".encode()).replace(b"\n", b"") + b"?=",
    ],
    ids=["encoded word of the wrong set", "bare GBK", "bare UTF-8", "quoted-printable"],
)
def test_subjects_are_read_likewise(subject: bytes, tmp_path: Path) -> None:
    found = read(raw_mail(TEXT.encode(), content_type="text/plain; charset=utf-8", subject=subject), tmp_path)

    assert found.subject == "投诉镕基路噪音"
    assert form_of(found).type is TicketType.COMPLAINT


def test_html_is_read_as_text_and_nothing_of_it_runs() -> None:
    said, _ = text_of_html(
        "<style>p{}</style><script>alert(1)</script><p>第一行</p><table><tr><td>甲<td>乙</tr></table>"
        "&lt;b&gt;&nbsp;不是标签<br><!-- 暗 --><img src=x onerror=alert(1)>尾"
    )

    assert said == "第一行\n\n甲 乙\n\n<b> 不是标签\n尾"


@pytest.mark.parametrize(
    "history",
    [
        '------------------ 原始邮件 ------------------\n发件人: "12345"\n旧话',
        "-----Original Message-----\nFrom: a\n旧话",
        '在 2026-10-13 09:00:00，"12345" <a@b.example> 写道：\n旧话',
        "On Tue, Oct 13, 2026 at 9:00 AM 12345 <a@b.example> wrote:\n> 旧话",
        "发件人: 12345\n发送时间: 2026年10月13日\n收件人: 张三\n旧话",
        "2026年10月13日 09:00，12345 <a@b.example> 写道：\n> 旧话",
        "> 旧话\n> 旧话",
        "————请在此线以上书写回信————\n旧话",
        "发自我的iPhone",
        "-- \n张三\n旧话",
    ],
)
def test_what_was_said_before_is_cut_off(history: str) -> None:
    assert newly_said(f"{TEXT}\n\n{history}") == TEXT


def test_a_forwarded_mail_is_what_was_said_before() -> None:
    assert newly_said(f"-----Original Message-----\n{TEXT}", is_forward=True).endswith(TEXT)
    assert newly_said(f"> {TEXT}") == f"> {TEXT}"


@pytest.mark.parametrize(
    "html",
    [
        f"<div>{TEXT}</div><div class='gmail_quote'>旧话<blockquote>旧话</blockquote></div>",
        f"<p>{TEXT}</p><div id=isReplyContent>旧话</div>",
        f"{TEXT}<includetail><div>旧话</div></includetail>",
        f"{TEXT}<blockquote type=cite>旧话",
    ],
)
def test_what_html_quotes_is_cut_off(html: str, tmp_path: Path) -> None:
    found = read(raw_mail(html.encode(), content_type="text/html; charset=utf-8"), tmp_path)

    assert (found.text, "旧话" in found.whole) == (TEXT, True)


def test_photos_are_judged_by_their_content_and_other_files_are_counted(tmp_path: Path) -> None:
    found = read(mail(photos=(photo(), archive(), photo("PNG"), b"MZ\x90"), subject="楼道"), tmp_path)

    assert (len(found.pictures), found.left_out) == (2, 2)


@pytest.mark.parametrize(
    ("content", "mark"),
    [
        (mail(Auto_Submitted="auto-replied"), Mark.AUTOMATIC),
        (mail(Precedence="bulk"), Mark.AUTOMATIC),
        (mail(List_Id="<news.example>"), Mark.AUTOMATIC),
        (mail(subject="自动回复：我在休假"), Mark.AUTOMATIC),
        (mail(sender="no-reply@shop.example"), Mark.AUTOMATIC),
        (mail(sender="MAILER-DAEMON@mail.example"), Mark.BOUNCE),
        (mail(X_Failed_Recipients="a@b.example"), Mark.BOUNCE),
        (mail(X_Hotline_Answer="7"), Mark.OWN),
        (mail(X_Spam_Flag="YES"), Mark.SPAM),
        (mail(Authentication_Results="mx; spf=pass; dmarc=fail (p=reject)"), Mark.SPAM),
    ],
)
def test_what_no_person_wrote_is_known_by_its_heads(content: bytes, mark: Mark, tmp_path: Path) -> None:
    assert mark in read(content, tmp_path).marks


def test_a_person_who_says_so_is_one(tmp_path: Path) -> None:
    assert read(mail(Auto_Submitted="no", Precedence="first-class"), tmp_path).marks == frozenset()


def test_only_we_can_name_our_answers(tmp_path: Path) -> None:
    ours = answer_name(17, KEY, "city.example")

    assert read(mail(In_Reply_To=ours), tmp_path).answer_ids == (17,)
    assert read(mail(In_Reply_To=ours.replace("17", "18")), tmp_path).answer_ids == ()


def test_numbers_are_found_in_full_width_too_and_misheard_ones_are_none() -> None:
    number = number_of(date(2026, 10, 13), 1)
    spoken = in_fours(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    assert number_in(f"Re: 工单 {spoken} 补充") == number
    assert number_in(f"工单{number}") == number
    assert number_in(f"工单 {number[:11]}{(int(number[11]) + 1) % 10}") is None
    assert number_in("电话 13900000000") is None


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("我的电话：１３９ ０００１ ２３４５", "13900012345"),
        ("联系电话 0431-88001234", "043188001234"),
        ("他的号码是 13900012345", ""),
        ("电话13900012345，邻居电话13900012346", ""),
    ],
)
def test_a_telephone_is_taken_when_the_mail_calls_one_number_so(text: str, phone: str) -> None:
    assert phone_in(text) == phone


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_comes_is_read_or_marked_unreadable(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(mail(html=f"<p>{TEXT}", photos=(photo(size=(20, 20)),)))
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), max_size=30)):
        content[at] = byte
    cut = data.draw(st.integers(0, len(content)))

    found = read(bytes(content[:cut]), tmp_path)

    assert "\0" not in found.text + found.subject + found.sender
    form_of(found)


def test_a_mail_of_mails_of_mails_is_read_or_marked(tmp_path: Path) -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3_000))

    found = read(b"From: <zhang@mail.example>\r\nSubject: deep\r\n" + deep, tmp_path)

    assert (found.sender, found.subject) == ("zhang@mail.example", "deep")
