"""ristretto255 (RFC 9496): encoding, derivation from 64 bytes, sums and products of elements.

An element is a point of edwards25519 in extended coordinates (X, Y, Z, T); two points may stand for one element.
"""

import functools
import hashlib

from .keys import BASE, D, ORDER, P, add, multiples, times_by

IDENTITY = (0, 1, 1, 0)
SQRT_M1 = pow(2, (P - 1) // 4, P)


def absolute(x):
    return P - x if x & 1 else x


def sqrt_ratio(u, v):
    """RFC 9496, 4.2: whether u/v is a square, and the root of u/v, or of i·u/v."""
    v3 = v * v % P * v % P
    root = u * v3 % P * pow(u * v3 % P * v3 % P * v % P, (P - 5) // 8, P) % P
    check = v * root % P * root % P
    negative = check in ((-u) % P, (-u) * SQRT_M1 % P)
    if negative:
        root = root * SQRT_M1 % P
    return check in (u % P, (-u) % P), absolute(root)


INVSQRT_A_MINUS_D = sqrt_ratio(1, (-1 - D) % P)[1]
# The root that the RFC names, which is the odd one of the two.
SQRT_AD_MINUS_ONE = 25063068953384623474111414158702152701244531502492656460079210482610430750235
ONE_MINUS_D_SQ, D_MINUS_ONE_SQ = (1 - D * D) % P, (D - 1) * (D - 1) % P


@functools.lru_cache(maxsize=1 << 16)
def decode(data):
    """The element that 32 bytes stand for (4.3.1), or None."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or s & 1:
        return None
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    u2_sq = u2 * u2 % P
    v = (-(D * u1 % P * u1) - u2_sq) % P
    is_square, root = sqrt_ratio(1, v * u2_sq % P)
    dx = root * u2 % P
    dy = root * dx % P * v % P
    x, y = absolute(2 * s * dx % P), u1 * dy % P
    t = x * y % P
    if not is_square or t & 1 or y == 0:
        return None
    return (x, y, 1, t)


def encode(point):
    """The one spelling of an element (4.3.2)."""
    x0, y0, z0, t0 = point
    u1, u2 = (z0 + y0) * (z0 - y0) % P, x0 * y0 % P
    _, root = sqrt_ratio(1, u1 * u2 % P * u2 % P)
    den1, den2 = root * u1 % P, root * u2 % P
    z_inv = den1 * den2 % P * t0 % P
    if t0 * z_inv % P & 1:
        x, y, den_inv = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P, den1 * INVSQRT_A_MINUS_D % P
    else:
        x, y, den_inv = x0, y0, den2
    if x * z_inv % P & 1:
        y = P - y
    return absolute(den_inv * (z0 - y) % P).to_bytes(32, "little")


def elligator(t):
    """RFC 9496, 4.3.4, MAP."""
    r = SQRT_M1 * t % P * t % P
    u = (r + 1) * ONE_MINUS_D_SQ % P
    v = (-1 - r * D) % P * ((r + D) % P) % P
    was_square, s = sqrt_ratio(u, v)
    c = P - 1
    if not was_square:
        s, c = (P - absolute(s * t % P)) % P, r
    n = (c * (r - 1) % P * D_MINUS_ONE_SQ - v) % P
    w0, w1, w2, w3 = 2 * s * v % P, n * SQRT_AD_MINUS_ONE % P, (1 - s * s) % P, (1 + s * s) % P
    return (w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P)


def derive(data):
    """The element of 64 uniform bytes (4.3.4)."""
    half = lambda part: elligator((int.from_bytes(part, "little") & ((1 << 255) - 1)) % P)
    return add(half(data[:32]), half(data[32:]))


def is_same(a, b):
    """Whether two points are one element (4.3.3)."""
    return (a[0] * b[1] - a[1] * b[0]) % P == 0 or (a[1] * b[1] - a[0] * b[0]) % P == 0


def frame(text):
    data = text.encode()
    return len(data).to_bytes(4, "big") + data


@functools.lru_cache(maxsize=64)
def value_generator(origin, form):
    """V of a form of the poll whose log has this origin."""
    return derive(hashlib.sha512(b"tinnhiem count value v2\n" + frame(origin) + frame(form)).digest())


def blinding(nonce, origin, form, batch, cell):
    text = b"tinnhiem count blinding v2\n" + nonce + frame(origin) + frame(form) + batch.to_bytes(4, "big") + frame(cell)
    return int.from_bytes(hashlib.sha512(text).digest(), "little") % ORDER


@functools.lru_cache(maxsize=1 << 14)
def value_times(origin, form, value):
    return times_by(multiples(value_generator(origin, form)), value % ORDER)


def commit(origin, form, value, blinding_scalar):
    """value·V + blinding·B."""
    return add(value_times(origin, form, value), times_by(multiples(BASE), blinding_scalar % ORDER))
