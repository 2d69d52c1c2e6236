"""core.signing: signatures, seals, tokens of one purpose, link tokens (design.md §4, §5, §7)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exhibitions.core import signing

SECRET = b"a secret of the installation"


def test_a_signature_is_known_only_by_the_right_key_and_message() -> None:
    private, stranger = signing.new_private_key(), signing.new_private_key()
    public = signing.public_key_of(private)
    signature = signing.sign(private, b"badge")
    assert (len(private), len(public), len(signature)) == (32, 32, 64)
    assert signing.verify(public, b"badge", signature) is True
    assert signing.verify(public, b"badgE", signature) is False
    assert signing.verify(signing.public_key_of(stranger), b"badge", signature) is False


def test_the_signature_is_that_of_rfc_8032() -> None:
    """RFC 8032 §7.1, TEST 2."""
    private = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    expected = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert signing.public_key_of(private).hex() == public
    assert signing.sign(private, b"\x72").hex() == expected


@pytest.mark.parametrize("length", [0, 1, 63, 65])
def test_a_signature_of_a_wrong_length_is_simply_wrong(length: int) -> None:
    public = signing.public_key_of(signing.new_private_key())
    assert signing.verify(public, b"m", b"\0" * length) is False


def test_a_key_of_a_wrong_length_verifies_nothing() -> None:
    assert signing.verify(b"short", b"m", b"\0" * 64) is False


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_a_seal_opens_only_with_its_key_and_in_its_place(plain: bytes, place: bytes) -> None:
    key, other = signing.derive_key("s", "keys"), signing.derive_key("s", "others")
    sealed = signing.seal(key, plain, place)
    assert signing.unseal(key, sealed, place) == plain
    for broken in (
        (other, sealed, place),
        (key, sealed, place + b"x"),
        (key, sealed[:-1], place),
        (key, b"", place),
    ):
        with pytest.raises(signing.SealBrokenError):
            signing.unseal(*broken)


def test_every_flipped_bit_breaks_the_seal() -> None:
    """P11: a flipped byte is a clean error."""
    key = signing.derive_key("s", "keys")
    sealed = signing.seal(key, b"E12345678", b"passports/1")
    for bit in range(8 * len(sealed)):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(signing.SealBrokenError):
            signing.unseal(key, bytes(flipped), b"passports/1")


def test_sealing_twice_gives_different_bytes() -> None:
    key = signing.derive_key("s", "keys")
    assert signing.seal(key, b"same", b"p") != signing.seal(key, b"same", b"p")


def test_derived_keys_differ_by_purpose_and_secret() -> None:
    keys = {signing.derive_key(secret, purpose) for secret in ("a", "b") for purpose in ("x", "y")}
    assert len(keys) == 4
    assert signing.derive_key("a", "x") == signing.derive_key(b"a", "x")


def test_link_tokens_have_192_random_bits_and_are_kept_as_a_hash() -> None:
    """design.md §4: at least 128 random bits, stored hashed."""
    tokens = {signing.new_link_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert {len(token) for token in tokens} == {32}
    token = next(iter(tokens))
    assert signing.hash_link_token(token) == signing.hash_link_token(token)
    assert token not in signing.hash_link_token(token)
    assert len(signing.hash_link_token(token)) == 64


def test_the_hash_of_any_text_is_found_without_an_error() -> None:
    assert len(signing.hash_link_token("\ud800 \0 三")) == 64


def test_comparison_of_bytes() -> None:
    assert signing.same(b"abc", b"abc") is True
    assert signing.same(b"abc", b"abd") is False
    assert signing.same(b"abc", b"ab") is False
