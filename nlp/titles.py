"""A short title for a matter, proposed to the agent."""

import re

from nlp.text import find_identities

MOST_CHARACTERS = 30
_LEAST_CLAUSE = 4
_CLAUSE_END = re.compile(r"[，。！？；,.!?;\n：:]+")
#: openings that say nothing of the matter
_OPENING = re.compile(
    r"^(?:您好|你好|请问|麻烦|喂|我想|我要|想要|反映一下|反映|咨询一下|咨询|投诉|举报"
    r"|市民来电|来电人|市民|来电|称|说|就是|我是|那个|关于|一下|问一下|问)+"
)
_TELLING = re.compile(r"不|没|无|坏|漏|停|堵|拖欠|扰民|污染|占|破|收费|退|丢|臭|吵|乱|差|慢|拒|欠|能否|怎么|如何|什么")


def propose_title(text: str, *, place: str = "", accused: str = "", topic: str = "") -> str:
    """At most 30 characters: where, who, what.  What is the topic's name when it is known, else the telling clause.

    Never holds a phone, an ID number or a plate.  Empty when the text says nothing.
    """
    matter = topic or _telling_clause(_without_identities(text))
    where = place.rsplit("›", maxsplit=1)[-1].strip()
    head = "".join(part for part in (where, accused.strip()) if part and part not in matter)
    if len(head) + len(matter) > MOST_CHARACTERS:
        head = where if len(where) + len(matter) <= MOST_CHARACTERS and where not in matter else ""
    return (head + matter)[:MOST_CHARACTERS]


def _telling_clause(text: str) -> str:
    clauses = [_OPENING.sub("", clause.strip()) for clause in _CLAUSE_END.split(text)]
    long_enough = [clause for clause in clauses if len(clause) >= _LEAST_CLAUSE]
    telling = [clause for clause in long_enough if _TELLING.search(clause)]
    return next(iter(telling or long_enough), "")


def _without_identities(text: str) -> str:
    kept, at = [], 0
    for identity in find_identities(text):
        kept.append(text[at : identity.start])
        at = identity.end
    return "".join([*kept, text[at:]])
