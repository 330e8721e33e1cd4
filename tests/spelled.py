"""Names as people write them, and as they are kept: typed here or told by Neos."""

#: Each is written with signs that nobody sees, and is another word or picture without them.
SPELLED = [
    "ශ්\u200dරී",
    "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
    "\U0001f469\u200d\U0001f680 Zoe",
    "क्\u200dष",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "❤\ufe0f",
    "葛\U000e0100",
    "ᠠ\u180eᠠ",
    "\u2067\u05e9\u05dc\u05d5\u05dd\u2069 Zoe",
    "a \u2066b \u202bc\u202c d\u2069",
    "C++ \u200f\u05e2\u05d1\u05e8\u05d9\u05ea",
    "\U0001fae8\U0001fadf",  # newer than some tables of Unicode
]

#: What is typed, and what is kept of it.
DROPPED = [
    (" Me \u0007 too ", "Me too"),
    ("a\tb\r\nc\u2028d\x85e", "a b c d e"),
    ("zed\u200b", "zed"),
    ("\ufeffzed\u2060", "zed"),
    ("soft\u00adhyphen", "softhyphen"),
    ("abc\u202edef\u202c", "abcdef"),
    ("abc\u202edef", "abcdef"),
    ("\u2066abc", "abc"),
    ("abc\u2069", "abc"),
    ("a\u2067b\u202bc\u2069d\u202c", "a\u2067bc\u2069d"),
    ("\u202d\u2066a\u2069\u202c", "\u2066a\u2069"),
    ("x\U000e0041\U000e007fy", "xy"),
    ("\U0001f3f4\U000e0067", "\U0001f3f4"),
    ("lone \ud800 half", "lone half"),
    ("\ufdd0\uffff\U0001ffffok\ufff9", "ok"),
    ("e\u0301", "é"),
    ("\u200d\u3164\u2800", ""),
    ("\ufe0f", ""),
]
