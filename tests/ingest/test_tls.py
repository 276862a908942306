"""TLS: the host is named, its certificate checked, and a cut is seen."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ingest.retries import Stopped
from ingest.wire import Allowance, Wire
from tests.servers import loopback, response, serving, then_close


class Authority:
    """A certificate authority of the test's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        own = self._builder(self._name, self._key.public_key())
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        own = own.add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
        self._certificate = own.sign(self._key, hashes.SHA256())

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
        return (
            x509.CertificateBuilder(subject_name=subject, issuer_name=self._name, public_key=key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + datetime.timedelta(days=1))
        )

    def trusted(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        pem = self._certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
        context.load_verify_locations(cadata=pem)
        return context

    def server(self, host: str, seen: list[str | None]) -> ssl.SSLContext:
        """A server's context with a certificate for `host`; the names that clients send go to `seen`."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(x509.Name([]), key.public_key())
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=True)
        certificate = builder.sign(self._key, hashes.SHA256())
        path = self._folder / f"{host}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        context.sni_callback = lambda _socket, name, _context: seen.append(name)
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    yield Authority(tmp_path)


def test_tls_names_the_host_and_trusts_its_certificate(authority: Authority) -> None:
    seen: list[str | None] = []
    with serving({"/": response(b"secure")}, tls=authority.server("site.test", seen)) as server:
        transport = loopback(server.port, authority.trusted())
        with httpx.Client(transport=transport, trust_env=False) as client:
            assert client.get("https://site.test/").content == b"secure"
    assert seen == ["site.test"]


@pytest.mark.parametrize(("host", "trust"), [("site.test", False), ("other.test", True)])
def test_a_certificate_that_cannot_be_trusted_stops_the_fetch(authority: Authority, host: str, trust: bool) -> None:
    with serving({"/": response(b"secure")}, tls=authority.server(host, [])) as server:
        transport = loopback(server.port, authority.trusted() if trust else None)
        with httpx.Client(transport=transport, trust_env=False) as client, pytest.raises(Stopped, match="TLS failed"):
            client.get("https://site.test/")
        assert server.asked == []


def test_an_end_without_a_close_alert_is_no_end_under_tls(authority: Authority) -> None:
    cut = then_close(b"HTTP/1.0 200 OK\r\n\r\n<p>the first half")
    with serving({"/": cut}, tls=authority.server("site.test", [])) as server:
        transport = loopback(server.port, authority.trusted())
        with httpx.Client(transport=transport, trust_env=False) as client, pytest.raises(httpx.ReadError):
            client.get("https://site.test/")


@contextmanager
def secured(authority: Authority) -> Iterator[tuple[Wire, TlsEnd]]:
    """A wire under TLS, and its other end, which writes the records by hand."""
    ours, theirs = socket.socketpair()
    end = TlsEnd(theirs, authority.server("site.test", []))
    shaking = threading.Thread(target=end.shake_hands, daemon=True)
    shaking.start()
    wire = Wire(ours).start_tls(authority.trusted(), "site.test", Allowance.starting_now())
    shaking.join(20)
    assert isinstance(wire, Wire)
    yield wire, end
    wire.close()
    theirs.close()


class TlsEnd:
    """The server's end of a connection under TLS, whose records leave when and as far as a test says."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        self._connection = connection
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)

    def shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._connection.sendall(self._out.read())
                self._in.write(self._connection.recv(65_536))
            else:
                self._connection.sendall(self._out.read())
                return

    def record(self, content: bytes) -> bytes:
        """The content as it crosses the wire."""
        self._tls.write(content)
        return self._out.read()

    def send(self, piece: bytes) -> None:
        self._connection.sendall(piece)


def test_what_tls_has_read_is_not_waited_for_again(authority: Authority) -> None:
    with secured(authority) as (wire, end):
        end.send(end.record(b"a" * 9_000))
        allowance = Allowance.starting_now(idle_seconds=1.0)
        assert b"".join(wire.read(1_000, allowance) for _ in range(9)) == b"a" * 9_000


def test_the_rest_of_a_record_is_waited_for(authority: Authority) -> None:
    with secured(authority) as (wire, end):
        record = end.record(b"whole")
        end.send(record[:10])
        threading.Timer(0.1, end.send, [record[10:]]).start()
        assert wire.read(1_000, Allowance.starting_now()) == b"whole"
        end.send(end.record(b"half")[:10])
        with pytest.raises(httpcore.ReadTimeout):
            wire.read(1_000, Allowance.starting_now(idle_seconds=0.05))
