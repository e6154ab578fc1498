#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fstream>

#include "core/encoding.h"
#include "core/errc.h"
#include "core/offload.h"
#include "net/errc.h"
#include "tests/net/loopback.h"
#include "tests/net/tls_peer.h"

namespace postern::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::CertificateFiles;
using test::TlsPeerOptions;
using test::TlsPeerOutcome;

core::Deadline soon(core::Duration how) { return core::Deadline::after(how, core::system_clock()); }

core::Task<void> greet(std::unique_ptr<Stream> stream, std::shared_ptr<ReloadableTls> tls) {
  if (!co_await stream->start_tls_server(tls->current(), soon(seconds(5)))) co_return;
  if (!co_await stream->write_all("hello", soon(seconds(5)))) co_return;
  std::array<char, 16> buffer;
  (void)co_await stream->read_some(buffer, soon(seconds(5)));
  stream->close();
}

// A server that greets, and a pool on which a foreign client runs.
class TlsServer {
 public:
  TlsServer(boost::asio::io_context& io, TlsServerOptions options)
      : tls_(ReloadableTls::load(std::move(options)).value()),
        listener_(Listener::bind(io, "tls", Endpoint::parse("127.0.0.1:0").value(), 16, core::system_clock()).value()),
        pool_("peer", 1, 16) {
    auto session = [tls = tls_](std::unique_ptr<Stream> stream) { return greet(std::move(stream), tls); };
    listener_->start(session);
  }
  core::Task<TlsPeerOutcome> visit(TlsPeerOptions options) {
    auto job = [to = listener_->local(), options = std::move(options)] { return test::connect_tls_peer(to, options); };
    auto outcome = co_await core::offload(pool_, std::move(job));
    co_return std::move(outcome).value();
  }
  core::Task<void> stop() { return listener_->drain(soon(milliseconds(100))); }
  ReloadableTls& tls() { return *tls_; }
  Endpoint local() const { return listener_->local(); }

 private:
  std::shared_ptr<ReloadableTls> tls_;
  std::unique_ptr<Listener> listener_;
  core::WorkPool pool_;
};

core::Task<void> check_modern(boost::asio::io_context& io) {
  const CertificateFiles files("mx.example.test");
  TlsServerOptions options = files.options();
  options.alpn = {"h2", "http/1.1"};
  TlsServer server(io, options);
  TlsPeerOptions peer;
  peer.alpn = "http/1.1";
  const TlsPeerOutcome modern = co_await server.visit(peer);
  EXPECT_TRUE(modern.is_connected);
  EXPECT_EQ(modern.version, "TLSv1.3");
  EXPECT_EQ(modern.alpn, "http/1.1");
  EXPECT_EQ(modern.greeting, "hello");
  EXPECT_TRUE(modern.saw_close_notify);
  peer.alpn = "imap";
  const TlsPeerOutcome stranger = co_await server.visit(peer);
  EXPECT_FALSE(stranger.is_connected) << "RFC 7301 section 3.2: no common protocol is fatal";
  co_await server.stop();
}

TEST(TlsServer, NegotiatesTls13AndAlpnAndSaysGoodbye) {
  boost::asio::io_context io;
  test::run_task(io, check_modern(io));
}

core::Task<void> check_old(boost::asio::io_context& io) {
  const CertificateFiles files("mx.example.test");
  TlsServer server(io, files.options());
  TlsPeerOptions peer;
  peer.version_max = TLS1_1_VERSION;
  EXPECT_FALSE((co_await server.visit(peer)).is_connected) << "RFC 8996";
  peer.version_max = TLS1_2_VERSION;
  peer.ciphers = "ECDHE-ECDSA-AES128-SHA";
  EXPECT_FALSE((co_await server.visit(peer)).is_connected) << "no CBC";
  peer.ciphers = "AES128-GCM-SHA256:DHE-RSA-AES128-GCM-SHA256";
  EXPECT_FALSE((co_await server.visit(peer)).is_connected) << "ECDHE only";
  peer.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256";
  const TlsPeerOutcome twelve = co_await server.visit(peer);
  EXPECT_TRUE(twelve.is_connected);
  EXPECT_EQ(twelve.version, "TLSv1.2");
  EXPECT_EQ(twelve.cipher, "ECDHE-ECDSA-AES128-GCM-SHA256") << "the server's preference counts";
  peer.ciphers.clear();
  peer.renegotiates = true;
  EXPECT_FALSE((co_await server.visit(peer)).has_renegotiated);
  TlsPeerOptions odd;
  odd.groups = "P-521";
  EXPECT_FALSE((co_await server.visit(odd)).is_connected);
  odd.groups = "P-384";
  EXPECT_TRUE((co_await server.visit(odd)).is_connected);
  co_await server.stop();
}

TEST(TlsServer, RefusesOldVersionsWeakCiphersAndRenegotiation) {
  boost::asio::io_context io;
  test::run_task(io, check_old(io));
}

core::Task<void> check_resumption(boost::asio::io_context& io, int version) {
  CertificateFiles files("mx.example.test");
  TlsServer server(io, files.options());
  TlsPeerOptions peer;
  peer.version_max = version;
  const TlsPeerOutcome first = co_await server.visit(peer);
  CO_ASSERT_TRUE(first.is_connected);
  EXPECT_FALSE(first.is_resumed);
  peer.session = first.session;
  EXPECT_TRUE((co_await server.visit(peer)).is_resumed);
  files.write("mx2.example.test");
  CO_ASSERT_TRUE(server.tls().reload());
  EXPECT_TRUE((co_await server.visit(peer)).is_resumed) << "ticket keys survive a reload";
  co_await server.stop();
}

TEST(TlsServer, ResumesTls13SessionsAcrossAReload) {
  boost::asio::io_context io;
  test::run_task(io, check_resumption(io, TLS1_3_VERSION));
}
TEST(TlsServer, ResumesTls12SessionsAcrossAReload) {
  boost::asio::io_context io;
  test::run_task(io, check_resumption(io, TLS1_2_VERSION));
}

core::Task<void> check_no_resumption(boost::asio::io_context& io) {
  const CertificateFiles files("mx.example.test");
  TlsServerOptions options = files.options();
  options.resumption = false;
  TlsServer server(io, options);
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsPeerOptions peer;
    peer.version_max = version;
    peer.session = (co_await server.visit(peer)).session;
    const TlsPeerOutcome again = co_await server.visit(peer);
    EXPECT_TRUE(again.is_connected);
    EXPECT_FALSE(again.is_resumed);
  }
  co_await server.stop();
}

TEST(TlsServer, ResumptionCanBeSwitchedOff) {
  boost::asio::io_context io;
  test::run_task(io, check_no_resumption(io));
}

core::Task<core::Result<TlsInfo>> call(Endpoint to, bool verify, std::filesystem::path ca, std::string host) {
  POSTERN_CO_TRY(auto context, TlsContext::client(verify, ca));
  auto connected = co_await connect_tcp(to, soon(seconds(5)), core::system_clock());
  if (!connected) co_return connected.error();
  std::unique_ptr<Stream> stream = std::move(*connected);
  const auto done = co_await stream->start_tls_client(context, host, soon(seconds(5)));
  if (!done) co_return done.error();
  std::array<char, 16> buffer;
  const auto count = co_await stream->read_some(buffer, soon(seconds(5)));
  if (!count) co_return count.error();
  EXPECT_EQ(std::string_view(buffer.data(), *count), "hello");
  EXPECT_TRUE(stream->is_tls());
  co_return stream->tls_info();
}

core::Task<void> check_client(boost::asio::io_context& io) {
  const CertificateFiles files("mx.example.test");
  const CertificateFiles others("mx.example.test");
  TlsServer server(io, files.options());
  const auto good = co_await call(server.local(), true, files.certificate(), "mx.example.test");
  CO_ASSERT_TRUE(good);
  EXPECT_EQ(good->version, "TLSv1.3");
  EXPECT_TRUE(good->peer_verified);
  EXPECT_TRUE(co_await call(server.local(), true, files.certificate(), "127.0.0.1")) << "an address in the certificate";
  const auto wrong_name = co_await call(server.local(), true, files.certificate(), "other.example.test");
  EXPECT_TRUE(!wrong_name && wrong_name.error() == Errc::kTls);
  const auto wrong_issuer = co_await call(server.local(), true, others.certificate(), "mx.example.test");
  EXPECT_TRUE(!wrong_issuer && wrong_issuer.error() == Errc::kTls);
  const auto no_name = co_await call(server.local(), true, files.certificate(), "");
  EXPECT_TRUE(!no_name && no_name.error() == Errc::kTls) << "verification without a name proves nothing";
  const auto opportunistic = co_await call(server.local(), false, {}, "");
  CO_ASSERT_TRUE(opportunistic);
  EXPECT_FALSE(opportunistic->peer_verified);
  co_await server.stop();
}

TEST(TlsClient, VerifiesNameAndIssuerOnlyWhenAsked) {
  boost::asio::io_context io;
  test::run_task(io, check_client(io));
}

std::string der_of(const CertificateFiles& files, bool whole) {
  BIO* file = BIO_new_file(files.certificate().c_str(), "r");
  X509* certificate = PEM_read_bio_X509(file, nullptr, nullptr, nullptr);
  unsigned char* bytes = nullptr;
  const int size = whole ? i2d_X509(certificate, &bytes) : i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes);
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  X509_free(certificate);
  BIO_free(file);
  return out;
}

// A certificate with its issuer's behind it.
class IssuedFiles {
 public:
  explicit IssuedFiles(const std::string& name) : files_(name) {
    EVP_PKEY* const issuer_key = EVP_EC_gen("P-256");
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    X509* const issuer = made("Issuer", issuer_key, "Issuer", issuer_key, "basicConstraints", "critical,CA:TRUE");
    X509* const leaf = made(name, key, "Issuer", issuer_key, "subjectAltName", "DNS:" + name);
    BIO* const chain = BIO_new_file(files_.certificate().c_str(), "w");
    PEM_write_bio_X509(chain, leaf);
    PEM_write_bio_X509(chain, issuer);
    BIO_free(chain);
    BIO* const secret = BIO_new_file(files_.key().c_str(), "w");
    PEM_write_bio_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
    BIO_free(secret);
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(issuer, &bytes);
    issuer_sha256 = core::sha256({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)});
    OPENSSL_free(bytes);
    X509_free(leaf);
    X509_free(issuer);
    EVP_PKEY_free(key);
    EVP_PKEY_free(issuer_key);
    options = files_.options();
  }
  std::string issuer_sha256;
  TlsServerOptions options;

 private:
  static X509* made(const std::string& subject, EVP_PKEY* key, const std::string& issuer, EVP_PKEY* by, const char* extension, const std::string& value) {
    X509* const out = X509_new();
    X509_set_version(out, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(out), subject == issuer ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(out), -60);
    X509_gmtime_adj(X509_getm_notAfter(out), 3600);
    X509_set_pubkey(out, key);
    const auto* const text = reinterpret_cast<const unsigned char*>(subject.c_str());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(out), "CN", MBSTRING_UTF8, text, -1, -1, 0);
    const auto* const by_text = reinterpret_cast<const unsigned char*>(issuer.c_str());
    X509_NAME_add_entry_by_txt(X509_get_issuer_name(out), "CN", MBSTRING_UTF8, by_text, -1, -1, 0);
    X509_EXTENSION* const more = X509V3_EXT_conf(nullptr, nullptr, extension, value.c_str());
    X509_add_ext(out, more, -1);
    X509_EXTENSION_free(more);
    X509_sign(out, by, EVP_sha256());
    return out;
  }
  CertificateFiles files_;
};

core::Task<bool> proves(Endpoint to, TlsaRecord record, std::string host, std::string domain) {
  Dane dane{{std::move(record)}, {host, std::move(domain)}};
  auto context = TlsContext::client(std::move(dane)).value();
  auto stream = co_await connect_tcp(to, soon(seconds(5)), core::system_clock());
  const auto done = co_await (*stream)->start_tls_client(context, host, soon(seconds(5)));
  if (!done) co_return false;
  std::array<char, 16> buffer;
  const auto count = co_await (*stream)->read_some(buffer, soon(seconds(5)));  // TLS 1.3: the client is done before the server is
  co_return count && (*stream)->tls_info().peer_verified;
}

core::Task<void> check_dane(boost::asio::io_context& io) {
  const CertificateFiles files("mx.example.test");
  const CertificateFiles others("mx.example.test");
  TlsServer server(io, files.options());
  const std::string key = core::sha256(der_of(files, false));
  EXPECT_TRUE(co_await proves(server.local(), {3, 1, 1, key}, "mx.example.test", "example.test"));
  EXPECT_TRUE(co_await proves(server.local(), {3, 0, 0, der_of(files, true)}, "mx.example.test", "example.test"));
  EXPECT_TRUE(co_await proves(server.local(), {3, 1, 1, key}, "another.test", "example.test")) << "the key is bound, names do not count (section 3.1.1)";
  EXPECT_FALSE(co_await proves(server.local(), {3, 1, 1, core::sha256(der_of(others, false))}, "mx.example.test", "example.test"));
  co_await server.stop();
  const IssuedFiles issued("mx.example.test");
  TlsServer other(io, issued.options);
  EXPECT_TRUE(co_await proves(other.local(), {2, 0, 1, issued.issuer_sha256}, "mx.example.test", "example.test"));
  EXPECT_TRUE(co_await proves(other.local(), {2, 0, 1, issued.issuer_sha256}, "another.test", "mx.example.test")) << "the domain that was written to (section 3.2.3)";
  EXPECT_FALSE(co_await proves(other.local(), {2, 0, 1, issued.issuer_sha256}, "another.test", "example.test")) << "an issuer has others too";
  EXPECT_FALSE(co_await proves(other.local(), {2, 0, 1, core::sha256("another")}, "mx.example.test", "example.test"));
  co_await other.stop();
}

TEST(TlsClient, Z32_DaneStandsInPlaceOfIssuers) {
  boost::asio::io_context io;
  test::run_task(io, check_dane(io));
}

TEST(TlsaRecords, Z32_AreLeftOutWhenMailCannotUseThem) {
  DnsAnswer answer;
  const std::string digest(32, 'd');
  for (const std::string& head : {std::string("\0\1\1", 3), std::string("\1\1\1", 3), std::string("\3\2\1", 3), std::string("\3\1\3", 3), std::string("\3\1\2", 3)}) {
    answer.rdata.push_back(head + digest);
  }
  answer.rdata.insert(answer.rdata.end(), {"", std::string("\3\1\1", 3), std::string("\3\1\1", 3) + digest + 'x'});
  EXPECT_TRUE(usable_tlsa(answer).empty());
  answer.rdata.push_back(std::string("\3\1\1", 3) + digest);
  answer.rdata.push_back(std::string("\2\0\2", 3) + std::string(64, 'd'));
  EXPECT_EQ(usable_tlsa(answer).size(), 2U);
}

core::Task<void> check_handshake_deadline(boost::asio::io_context& io) {
  auto [client, server] = co_await test::connect_pair(io, core::system_clock());
  const CertificateFiles files("mx.example.test");
  auto context = TlsContext::server(files.options()).value();
  const auto silent = co_await server->start_tls_server(context, soon(milliseconds(30)));
  EXPECT_TRUE(!silent && silent.error() == core::Errc::kTimedOut);
  EXPECT_FALSE(server->is_tls());
}

TEST(TlsServer, AHandshakeEndsAtItsDeadline) {
  boost::asio::io_context io;
  test::run_task(io, check_handshake_deadline(io));
}

core::Task<void> serve_tls(Stream* stream, std::shared_ptr<const TlsContext> context) {
  if (!co_await stream->start_tls_server(context, soon(seconds(5)))) co_return;
  std::string bulk(300'000, 'b');
  (void)co_await stream->write_all(bulk, soon(seconds(5)));
}

core::Task<void> check_bulk_and_pending(boost::asio::io_context& io) {
  auto [client, server] = co_await test::connect_pair(io, core::system_clock());
  const CertificateFiles files("mx.example.test");
  core::TaskGroup group("server", core::system_clock());
  group.spawn(server->executor(), serve_tls(server.get(), TlsContext::server(files.options()).value()));
  auto context = TlsContext::client(false).value();
  CO_ASSERT_TRUE(co_await client->start_tls_client(context, "", soon(seconds(5))));
  std::string got;
  std::array<char, 1000> buffer;
  while (got.size() < 300'000) {
    const auto count = co_await client->read_some(buffer, soon(seconds(5)));
    CO_ASSERT_TRUE(count);
    got.append(buffer.data(), *count);
    if (got.size() == 1000) EXPECT_TRUE(client->has_pending_input()) << "the rest of the record waits in the TLS layer";
  }
  EXPECT_EQ(got, std::string(300'000, 'b'));
  co_await group.drain(soon(seconds(5)));
}

TEST(TlsStream, CarriesBulkAndReportsPendingInput) {
  boost::asio::io_context io;
  test::run_task(io, check_bulk_and_pending(io));
}

TEST(TlsContext, NamesTheBadFile) {
  const CertificateFiles files("a.test");
  const CertificateFiles others("b.test");
  TlsServerOptions options = files.options();
  options.key_file = others.key();
  const auto mismatch = TlsContext::server(options);
  ASSERT_FALSE(mismatch);
  EXPECT_TRUE(mismatch.error() == Errc::kCertificate);
  EXPECT_NE(mismatch.error().context().find(others.key().string()), std::string::npos);
  options.certificate_file = "/nonexistent/cert.pem";
  EXPECT_FALSE(TlsContext::server(options));
}

TEST(ReloadableTls, KeepsTheOldCertificateWhenTheNewFilesAreBad) {
  const CertificateFiles files("a.test");
  auto tls = ReloadableTls::load(files.options()).value();
  const auto before = tls->current();
  std::ofstream(files.certificate()) << "not a certificate";
  EXPECT_FALSE(tls->reload());
  EXPECT_EQ(tls->current(), before);
}

TEST(MakeSelfSigned, RefusesNamesThatAreNoHostNames) {
  EXPECT_FALSE(make_self_signed({}, 30));
  EXPECT_FALSE(make_self_signed({"a.test,IP:1.2.3.4"}, 30));
  EXPECT_FALSE(make_self_signed({"a.test"}, 0));
  const auto made = make_self_signed({"a.test", "::1"}, 30);
  ASSERT_TRUE(made);
  EXPECT_NE(made->key_pem.find("PRIVATE KEY"), std::string::npos);
}

}  // namespace
}  // namespace postern::net
