"""Check a rating's proof without our programs: python verify_receipt.py proof.json KEY [checkpoint.txt].

KEY, or a checkpoint that you or a witness kept, must come from elsewhere than the proof: whoever forges one signs it.
Needs the package cryptography, and for SM3 a Python whose OpenSSL has it.  RFC 6962, RFC 8032, C2SP signed-note.
"""

import hashlib
import json
import sys
from base64 import b64decode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

proof = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
notes = [Path(given).read_text(encoding="utf-8") for given in sys.argv[2:] if Path(given).is_file()]
keys = [given for given in sys.argv[2:] if not Path(given).is_file()]
note, signer = [*notes, proof["checkpoint"]][0], [*keys, proof["key"]][0].strip()
if signer != proof["key"]:
    sys.exit("the proof names another key")
line = json.loads(proof["line"])
said = json.loads(line["body"])
is_salted = said.get("receipt_rule") == "salted-sha256"
salt = bytes.fromhex(proof["salt"]) if is_salted else b""
if len(salt) != 16 * is_salted or said["receipt"] != hashlib.sha256(salt + proof["receipt"].encode()).hexdigest():
    sys.exit("the line is about another receipt")
found = hashlib.new(proof["algorithm"], b"\0" + proof["line"].encode()).digest()
place, last = proof["index"], proof["size"] - 1
for sibling in map(b64decode, proof["path"]):
    is_right = place & 1 or place == last
    pair = sibling + found if is_right else found + sibling
    found = hashlib.new(proof["algorithm"], b"\1" + pair).digest()
    while is_right and place and not place & 1:
        place, last = place >> 1, last >> 1
    place, last = place >> 1, last >> 1
text, _, signatures = note.partition("\n\n")
origin, size, root = text.split("\n")[:3]
if last or int(size) != proof["size"] or found != b64decode(root):
    sys.exit("the line does not lead to the root")
name, _, key = signer.split("+", 2)
if name != origin:
    sys.exit("the checkpoint is of another house")
signed = b64decode(signatures.split()[-1])[4:]
Ed25519PublicKey.from_public_bytes(b64decode(key)[1:]).verify(signed, text.encode() + b"\n")
if not sys.argv[2:]:
    sys.exit(f"signed by key {signer}: compare it with the published one, and give that one to this script")
print(f"holds: level {said['level']}, recorded {line['at']}, line {proof['index'] + 1} of {size}")
