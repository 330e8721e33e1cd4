"""Questions at sign-up in the demo, and the answers of its guests."""

from .plan import QuestionPlan

AVATAR_QUESTIONS = (
    QuestionPlan(
        {
            "text": "What do you bring?",
            "kind": "one",
            "choices": "A model of my own\nA model that I may change\nNothing yet",
            "is_required": True,
            "translations": {
                "ja": {
                    "text": "何を持ってきますか。",
                    "choices": "自分のモデル\n変更してよいモデル\nまだ何もない",
                }
            },
        },
        (("A model of my own",), ("Nothing yet",), ("A model that I may change",)),
    ),
    QuestionPlan(
        {
            "text": "What would you like to learn?",
            "kind": "long",
            "position": 1,
            "translations": {"ja": {"text": "何を学びたいですか。"}},
        },
        (("Hair that moves.",), (), ("How to halve the triangles.",), ()),
    ),
    QuestionPlan(
        {
            "text": "I agree that the session is recorded.",
            "help": "The recording is for people who were there, and is deleted after a month.",
            "kind": "consent",
            "is_required": True,
            "position": 2,
            "translations": {
                "ja": {
                    "text": "セッションの録画に同意します。",
                    "help": "録画は参加した人のためのもので、一か月後に削除されます。",
                }
            },
        },
        (("yes",),),
    ),
)
