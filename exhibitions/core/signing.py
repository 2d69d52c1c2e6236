"""Signatures, sealed values and secret links.

Everything here is stateless: keys come in as bytes and go out as bytes. Three things are offered:

* Ed25519 signatures, which gate devices check with public keys only;
* sealing at rest by AES-256-GCM, bound to the place where the value lies;
* random link tokens, of which the store keeps a hash only.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

LINK_TOKEN_BYTES = 24
_NONCE_BYTES = 12
_SALT_BYTES = 16


class SealBrokenError(Exception):
    """A sealed value was altered, moved to another place, or sealed with another key."""


def new_private_key() -> bytes:
    """A fresh Ed25519 private key as 32 raw bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key_of(private_key: bytes) -> bytes:
    """The 32 raw bytes of the public key that belongs to a private key of 32 raw bytes."""
    return _private(private_key).public_key().public_bytes_raw()


def sign(private_key: bytes, message: bytes) -> bytes:
    """The 64 bytes of the Ed25519 signature (RFC 8032) of `message`."""
    return _private(private_key).sign(message)


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is the Ed25519 signature of `message` by the owner of `public_key`.

    Signatures and keys of a wrong length are simply not right: nothing is raised.
    """
    try:
        _public(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def same(left: bytes, right: bytes) -> bool:
    """Whether two byte strings are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(left, right)


def derive_key(secret: str | bytes, purpose: str) -> bytes:
    """32 bytes for one purpose from the installation's secret (HKDF-SHA-256, RFC 5869).

    Two purposes give keys that say nothing about each other or about the secret.
    """
    material = secret.encode() if isinstance(secret, str) else secret
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(material)


def seal(key: bytes, plain: bytes, place: bytes) -> bytes:
    """`plain` encrypted and authenticated by AES-256-GCM: 12 bytes of nonce, then text and tag.

    `place` names where the value lies (table, row, column); the seal opens only there.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, place)


def unseal(key: bytes, sealed: bytes, place: bytes) -> bytes:
    """What `seal` was given. Raises `SealBrokenError` if the bytes, the key or the place are others."""
    nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, text, place)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError from error


def seal_by_passphrase(passphrase: str, plain: bytes, place: bytes) -> bytes:
    """`plain` sealed by a key that scrypt makes of the words (128 MiB, a second): 16 bytes of salt, then as `seal`."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return salt + seal(_stretched(passphrase, salt), plain, place)


def unseal_by_passphrase(passphrase: str, sealed: bytes, place: bytes) -> bytes:
    """What `seal_by_passphrase` was given. Raises `SealBrokenError` for other words, bytes or another place."""
    return unseal(_stretched(passphrase, sealed[:_SALT_BYTES]), sealed[_SALT_BYTES:], place)


def _stretched(passphrase: str, salt: bytes) -> bytes:
    # The parameters that OWASP asks of scrypt: they make each guess of a list of passphrases dear.
    return Scrypt(salt=salt, length=32, n=2**17, r=8, p=1).derive(passphrase.encode())


def new_link_token() -> str:
    """A fresh secret for a personal link: 192 random bits as 32 url-safe characters."""
    return secrets.token_urlsafe(LINK_TOKEN_BYTES)


def hash_link_token(token: str) -> str:
    """The SHA-256 of a link token as 64 hexadecimal digits: what is stored in its place.

    A slow hash is not needed, because the token is random and cannot be guessed from a list.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache(maxsize=64)
def _private(raw: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(raw)


@lru_cache(maxsize=64)
def _public(raw: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(raw)
