"""Ed25519 (RFC 8032), verification only, and the curve that it shares with ristretto255."""

import functools
import hashlib


P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    """Sum of two points in extended coordinates (X, Y, Z, T)."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


# Bits of a scalar that one step takes. More are quicker for somebody who checks very much.
WINDOW = 4


@functools.lru_cache(maxsize=64)
def multiples(point):
    """The multiples of a point for each digit of a scalar below 2^256."""
    table = []
    for _ in range(256 // WINDOW):
        row = [(0, 1, 1, 0)]
        for _ in range(2**WINDOW - 1):
            row.append(add(row[-1], point))
        table.append(row)
        point = add(row[-1], point)
    return table


def times_by(table, scalar):
    """A scalar below 2^256 times the point of a table."""
    result, bits = (0, 1, 1, 0), len(table[0]).bit_length() - 1
    for row in table:
        digit = scalar & (len(row) - 1)
        if digit:
            result = add(result, row[digit])
        scalar >>= bits
        if not scalar:
            break
    return result


def same(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decode_point(data):
    """The point that 32 bytes stand for, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


@functools.lru_cache(maxsize=1 << 16)
def signed_by(public, text, signature):
    key, commitment = decode_point(public), decode_point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= ORDER:
        return False
    if same(times(8, key), (0, 1, 1, 0)) or same(times(8, commitment), (0, 1, 1, 0)):
        return False  # points of small order: a signature that fits many texts
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % ORDER
    return same(times_by(multiples(BASE), scalar), add(commitment, times_by(multiples(key), challenge)))
