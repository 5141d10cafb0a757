"""Draw a sample without our programs: python draw_sample.py numbers.txt SEED N.

`numbers.txt` holds ticket numbers, one a line, as `hotline evaluation sample --population` prints them.  The order is
that of HMAC-SHA256 (RFC 2104) of the number, the seed being the key.
"""

import hashlib
import hmac
import sys
from pathlib import Path

numbers = sorted(set(Path(sys.argv[1]).read_text(encoding="utf-8").split()))
listed = "".join(f"{number}\n" for number in numbers)
print(f"list {len(numbers)} {hashlib.sha256(listed.encode()).hexdigest()}", file=sys.stderr)
numbers.sort(key=lambda number: hmac.digest(sys.argv[2].encode(), number.encode(), "sha256"))
print("\n".join(numbers[: int(sys.argv[3])]))
