"""The letters by which a name is found, e.g. zjj for 住建局; of units, never of persons."""

from functools import cache, lru_cache
from importlib.resources import files


@lru_cache(maxsize=10_000)
def initials(name: str) -> str:
    """For each character the letters with which its readings begin, parted by blanks: 长春 is "cz c".

    What is no Chinese character stands for itself, in small letters; blanks are left out.
    """
    letters = _letters()
    return " ".join(letters.get(one, one.lower()) for one in name if not one.isspace())


@cache
def _letters() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in files("nlp").joinpath("initials.txt").read_text("utf-8").splitlines()[1:]:
        letter, _, characters = line.partition(" ")
        for one in characters:
            found[one] = found.get(one, "") + letter
    return found
