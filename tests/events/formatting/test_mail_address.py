"""Addresses of people: carriers' dots are kept, and nothing else gets into a header."""

import pytest

from events.formatting import mail_address


@pytest.mark.parametrize(
    ("typed", "stored", "sent"),
    [
        ("ann@example.org", "ann@example.org", "ann@example.org"),
        (" Ann+tag@Example.org\n", "Ann+tag@Example.org", "Ann+tag@Example.org"),
        ("a..b@docomo.ne.jp", "a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp'),
        ("ann.@docomo.ne.jp", "ann.@docomo.ne.jp", '"ann."@docomo.ne.jp'),
        (".ann@docomo.ne.jp", ".ann@docomo.ne.jp", '".ann"@docomo.ne.jp'),
        ("...@docomo.ne.jp", "...@docomo.ne.jp", '"..."@docomo.ne.jp'),
        ("-ann-@docomo.ne.jp", "-ann-@docomo.ne.jp", "-ann-@docomo.ne.jp"),
        ("ann./?+@docomo.ne.jp", "ann./?+@docomo.ne.jp", "ann./?+@docomo.ne.jp"),
        ('"a..b"@docomo.ne.jp', "a..b@docomo.ne.jp", '"a..b"@docomo.ne.jp'),
        ('"ann"@example.org', "ann@example.org", "ann@example.org"),
        ('"john smith"@example.org', '"john smith"@example.org', '"john smith"@example.org'),
        ('"a@b,c"@example.org', '"a@b,c"@example.org', '"a@b,c"@example.org'),
        ("ann@münchen.example", *["ann@xn--mnchen-3ya.example"] * 2),
        ("ann@例え。テスト", *["ann@xn--r8jz45g.xn--zckzah"] * 2),
        ("x" * 64 + "@example.org", *["x" * 64 + "@example.org"] * 2),
    ],
)
def test_address_is_stored_plain_and_sent_quoted_r20(typed: str, stored: str, sent: str) -> None:
    assert mail_address.read(typed) == stored
    assert mail_address.for_mail(stored) == sent
    assert mail_address.read(sent) == stored


@pytest.mark.parametrize(
    "typed",
    [
        *("", "ann", "@", "ann@", "@example.org", "ann@example", "ann@@example.org", "a b@x.org"),
        *("ann@example..org", "ann@-x.org", "ann@x.org, bo@x.org", "dörte@example.org"),
        *("ann@faß.de", "ann@σς.gr", "ann@" + "ü" * 64 + ".de", "x" * 250 + "@x.org"),
        *('"ann@x.org', 'ann"@x.org', '""@x.org', '"a"b"@x.org', '"a\\"b"@x.org', "<ann@x.org>"),
        *("ann@x.org\r\nBcc: v@x.org", "ann\n@x.org", '"ann\nb"@x.org', "a\x00@x.org", "a,b@x.org"),
        *("ann@x.org>\r\nRCPT TO:<v@x.org", '"a\r\nBcc: v"@x.org', "ann@x\u2028.org", "a;b@x.org"),
    ],
)
def test_address_that_is_none_is_refused_r20(typed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        mail_address.read(typed)
