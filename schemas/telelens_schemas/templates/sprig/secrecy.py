"""Passwords and encryption."""

from __future__ import annotations

import base64
from typing import Final

from telelens_schemas.templates.functions import Calling, Family, FunctionError
from telelens_schemas.templates.sprig.encodings import decode_base64
from telelens_schemas.templates.values import byte_length, from_bytes, to_bytes

SECRECY = Family()
function = SECRECY.function

_BLOCK: Final = 16
_LONGEST_PASSWORD: Final = 72
_SCRYPT_MEMORY: Final = 64 << 20
_SEED: Final = b"com.lyndir.masterpassword"
_SHAPES: Final = {
    "maximum": "anoxxxxxxxxxxxxxxxxx axxxxxxxxxxxxxxxxxno",
    "long": "CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv "
    "CvcvCvccnoCvcv CvcvCvccCvcvno CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv "
    "CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno",
    "medium": "CvcnoCvc CvcCvcno",
    "short": "Cvcn",
    "basic": "aaanaaan aannaaan aaannaaa",
    "pin": "nnnn",
}
"""Templates of the Master Password algorithm; a letter stands for a class of characters."""
_CONSONANTS: Final = "BCDFGHJKLMNPQRSTVWXYZ"
_LETTERS: Final = f"AEIOUaeiou{_CONSONANTS}{_CONSONANTS.lower()}"
_CLASSES: Final = {
    "v": "aeiou",
    "C": _CONSONANTS,
    "c": _CONSONANTS.lower(),
    "a": _LETTERS,
    "n": "0123456789",
    "o": "@&%?,=[]_:-+*$#!'^~;()/.",
    "x": f"{_LETTERS}0123456789!@#$%^&*()",
}


@function("bcrypt", "password string", "string", "The password's bcrypt hash, of cost 10.")
def bcrypt(calling: Calling, password: str) -> str:
    import bcrypt as implementation

    calling.budget.look_at_clock()
    if byte_length(password) > _LONGEST_PASSWORD:
        return f"failed to encrypt string with bcrypt: bcrypt: password length exceeds {_LONGEST_PASSWORD} bytes"
    return implementation.hashpw(to_bytes(password), implementation.gensalt(10, prefix=b"2a")).decode()


@function("htpasswd", "user string, password string", "string", "A line for a file of passwords, hashed with bcrypt.")
def htpasswd(calling: Calling, user: str, password: str) -> str:
    return f"invalid username: {user}" if ":" in user else f"{user}:{bcrypt(calling, password)}"


@function(
    "derivePassword",
    "counter uint32, type, password, user, site string",
    "string",
    "A password for a site, always the same for these; maximum, long, medium, short, basic or pin.",
)
def derive_password(calling: Calling, counter: int, kind: str, password: str, user: str, site: str) -> str:
    import hashlib
    import hmac

    shapes = _SHAPES.get(kind, "").split()
    if not shapes:
        return f"cannot find password template {kind}"
    calling.budget.look_at_clock()
    name, place = to_bytes(user), to_bytes(site)
    salt = _SEED + len(name).to_bytes(4, "big") + name
    key = hashlib.scrypt(to_bytes(password), salt=salt, n=32768, r=8, p=2, maxmem=_SCRYPT_MEMORY, dklen=64)
    message = _SEED + len(place).to_bytes(4, "big") + place + int(counter).to_bytes(4, "big")
    seed = hmac.new(key, message, hashlib.sha256).digest()
    shape = shapes[seed[0] % len(shapes)]
    return "".join(
        _CLASSES[letter][byte % len(_CLASSES[letter])] for letter, byte in zip(shape, seed[1:], strict=False)
    )


@function(
    "encryptAES", "password string, text string", "string", "The text encrypted with AES-256 in CBC mode, in base64."
)
def encrypt_aes(calling: Calling, password: str, text: str) -> str:
    from secrets import token_bytes

    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if not text:
        return ""
    calling.budget.memory(3 * byte_length(text))
    data = to_bytes(text)
    missing = _BLOCK - len(data) % _BLOCK
    start = token_bytes(_BLOCK)
    encryptor = Cipher(algorithms.AES(_key(password)), modes.CBC(start)).encryptor()
    encrypted = encryptor.update(data + bytes([missing]) * missing) + encryptor.finalize()
    return base64.b64encode(start + encrypted).decode()


@function("decryptAES", "password string, encrypted string", "string", "What encryptAES made, in clear.")
def decrypt_aes(calling: Calling, password: str, encrypted: str) -> str:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    if not encrypted:
        return ""
    calling.budget.memory(2 * byte_length(encrypted))
    data = decode_base64(encrypted)
    if len(data) < _BLOCK:
        capacity = byte_length(encrypted) // 4 * 3
        raise FunctionError(f"runtime error: slice bounds out of range [:{_BLOCK}] with capacity {capacity}")
    if len(data) % _BLOCK:
        raise FunctionError("crypto/cipher: input not full blocks")
    decryptor = Cipher(algorithms.AES(_key(password)), modes.CBC(data[:_BLOCK])).decryptor()
    decrypted = decryptor.update(data[_BLOCK:]) + decryptor.finalize()
    if not decrypted:
        raise FunctionError("runtime error: index out of range [-1]")
    end = len(decrypted) - decrypted[-1]
    if end < 0:
        raise FunctionError(f"runtime error: slice bounds out of range [:{end}]")
    return from_bytes(decrypted[:end])


def _key(password: str) -> bytes:
    """32 bytes of it, filled up with zeros."""
    return to_bytes(password)[:32].ljust(32, b"\0")
