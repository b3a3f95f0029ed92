#!/usr/bin/env python3
"""Whether the second verifier reads no file of a folder twice: what it uses is what it held to the manifest, whatever is put in
its place meanwhile.

    python3 once.py BUNDLE
"""

import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import verify  # noqa: E402


class Swapped(verify.Folder):
    """Gives each file once; whoever asks again gets what somebody put in its place."""

    def __init__(self, folder):
        super().__init__(folder)
        self.given = set()

    def read(self, file):
        if file in self.given:
            return b"something else"
        self.given.add(file)
        return super().read(file)


def main():
    holds, said = verify.judged(lambda: Swapped(sys.argv[1]), is_hash_only="--hash-only" in sys.argv)
    print(said[-1])
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
