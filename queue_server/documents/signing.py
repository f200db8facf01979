"""Signs a PDF with the hospital's own certificate: what was changed since is seen by any reader."""

import io
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

_FIELD: Final = "Signature"
_DIGEST: Final = "sha256"


class SigningError(Exception):
    """Key or certificate can't be used; the sentence says what is wrong."""


class PdfSigner:
    """Signs. Any thread may ask.

    Args:
        certificates: the hospital's own as PEM, and those between it and its authority.
        private_key: the key of the first one as PEM, without a password.

    Raises:
        SigningError: they are none, or do not belong together.
    """

    def __init__(self, *, certificates: str, private_key: str) -> None:
        try:
            own, *others = load_certs_from_pemder_data(certificates.encode())
            key = load_private_key_from_pemder_data(private_key.encode(), passphrase=None)
            self.valid_until = _valid_until(certificates, private_key)
        except (OSError, ValueError, TypeError) as error:
            raise SigningError(f"no certificate, or no key ({type(error).__name__})") from None
        chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        chain.register_multiple(others)
        self._signer = signers.SimpleSigner(
            signing_cert=own, signing_key=key, cert_registry=chain, embed_roots=True
        )

    def signed(self, pdf: bytes, *, reason: str) -> bytes:
        """Return the document, signed: nobody may change it any more without being seen."""
        about = signers.PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm=_DIGEST,
            reason=reason,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            subfilter=fields.SigSeedSubFilter.PADES,
        )
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        # Some readers find a signature only if it has a place on a page, be it an empty one.
        field = fields.SigFieldSpec(_FIELD, on_page=0, box=(0, 0, 0, 0))
        signer = signers.PdfSigner(about, signer=self._signer, new_field_spec=field)
        out: io.BytesIO = signer.sign_pdf(writer)
        return out.getvalue()


def _valid_until(certificates: str, private_key: str) -> datetime:
    """Return when the first certificate ends, which must be that of the key."""
    certificate = load_pem_x509_certificate(certificates.encode())
    key = load_pem_private_key(private_key.encode(), password=None)
    if certificate.public_key() != key.public_key():
        raise SigningError("the key is not that of the certificate")
    return certificate.not_valid_after_utc
