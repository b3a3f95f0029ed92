#!/usr/bin/env python3
"""ristretto255 against the vectors of RFC 9496, appendix A, and commitments against those of the program; says nothing where
all of them hold.
"""

import json
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from verifier.base import LEVELS, canonical, sha256  # noqa: E402
from verifier.keys import BASE, ORDER, add  # noqa: E402
from verifier.ristretto import IDENTITY, decode, derive, encode, is_same, value_generator  # noqa: E402
from verifier.sums import TAG, Cells, at, blindings_of, points_of  # noqa: E402

# A.1: 0 to 3 times the generator.
MULTIPLES = ["00" * 32, "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
             "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
             "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259"]
# A.2, one of each sort: not canonical, negative, not a square, s = -1.
BAD = ["00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "ff" * 31 + "7f", "01" + "00" * 31,
       "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
       "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"]
# A.3: from 64 bytes.
WIDE = "5d1be09e3d0c82fc538112490e35701979d99e06ca3e2b5b54bffe8b4dc772c14d98b696a1bbfb5ca32c436cc61c16563790306c79eaca77" \
    "05668b47dffe5bb6"

point = IDENTITY
for text in MULTIPLES:
    assert encode(point).hex() == text, text
    assert is_same(decode(bytes.fromhex(text)), point), text
    point = add(point, BASE)
for text in BAD:
    assert decode(bytes.fromhex(text)) is None, text
assert encode(derive(bytes.fromhex(WIDE))).hex() == "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"

told = json.loads((pathlib.Path(__file__).resolve().parents[2] / "src/domain/audit/pedersen/vectors.json").read_text())
origin, form = told["origin"], told["form"]
for kind in LEVELS:
    vote, sums = told[kind], {}
    assert encode(value_generator(origin, form)).hex() == vote["value_generator"], kind
    for batch in vote["batches"]:
        opening, points = batch["opening"], batch["commitments"]
        cells = Cells(len(opening["counts"]["lines"]), LEVELS[kind], points["invalid"])
        assert points_of(origin, opening, cells) == points, kind
        assert sha256(TAG, canonical(points).encode()).hex() == batch["commitment"], kind
        nonce = bytes.fromhex(opening["nonce"])
        for place, scalar in blindings_of(origin, form, opening["batch"], nonce, cells).items():
            sums[place] = (sums.get(place, 0) + scalar) % ORDER
    for place, scalar in sums.items():
        assert at(vote["closed"]["blindings"], place) == scalar.to_bytes(32, "little").hex(), (kind, place)
