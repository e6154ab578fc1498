#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/object.hpp>

#include "app/offline.h"
#include "app/services.h"
#include "app/verbs/make.h"
#include "conf/load.h"
#include "core/file.h"
#include "core/random.h"
#include "net/tls_context.h"
#include "pipeline/sender/dkim_keys.h"

namespace postern::app {
namespace {

constexpr int kCertificateDays = 397;  // self-signed: meant to be replaced; browsers take none that is valid for longer

struct Ports {
  std::uint16_t smtp, smtp_tls, web, operators;
};
constexpr Ports kStandard{25, 465, 443, 9090};
constexpr Ports kUnprivileged{2525, 4465, 8443, 9090};

net::Endpoint endpoint(bool any, std::uint16_t port) {
  return *net::Endpoint::parse(fmt::format("{}:{}", any ? "0.0.0.0" : "127.0.0.1", port));
}

core::Task<core::Result<std::pair<auth::User, std::string>>> make_owner(conf::GatewayOptions options, std::string email) {
  POSTERN_CO_TRY(const auto services, co_await Services::open(std::move(options), core::system_clock()));
  const auto workspace = services->directory()->workspaces().front();
  co_return co_await services->accounts().invite(services->operator_principal(workspace), email, {}, auth::Role::kOwner);
}

class InitVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.option("data", data_, "folder to set up; must be new or empty of a configuration", true);
    arguments.option("domain", domain_, "domain whose mail this server takes (default example.com)");
    arguments.option("owner", owner_, "e-mail address of the first owner (default owner@DOMAIN)");
    arguments.option("hostname", hostname_, "this server's name in DNS (default mail.DOMAIN)");
    arguments.option("workspace", workspace_, "name of the first workspace (default: the domain)");
    arguments.flag("unprivileged", unprivileged_, "ports 2525, 4465, 8443 and 9090 on loopback, for trying out");
  }

  int run(const Output& output) override {
    if (data_.empty()) return output.usage("init: into which folder?");
    if (hostname_.empty()) hostname_ = "mail." + domain_;
    if (owner_.empty()) owner_ = "owner@" + domain_;
    if (workspace_.empty()) workspace_ = domain_;
    if (domain_.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") != std::string::npos || domain_.find('.') == std::string::npos) {
      return output.usage("init: --domain is a domain such as example.com");
    }
    if (owner_.find('@') == std::string::npos) return output.usage("init: --owner is an e-mail address");
    const conf::GatewayOptions options = make_options();
    if (std::filesystem::exists(options.file)) {
      return output.problem(fmt::format("{} exists; init never overwrites a configuration", options.file.string()));
    }
    if (auto made = make_files(options); !made) return output.problem(made.error());
    const conf::Loaded loaded = conf::load_file(options.file);
    if (!loaded.ok()) return output.problem(loaded.problems.front().to_string());
    boost::asio::io_context io;
    const auto owner = run_to_end(io, make_owner(loaded.options, owner_));
    if (!owner) return output.problem(owner.error());
    if (auto given = give_to_user(loaded.options); !given) return output.problem(given.error());
    print(output, loaded.options, owner->second);
    return kExitOk;
  }

 private:
  conf::GatewayOptions make_options() const {
    const Ports ports = unprivileged_ ? kUnprivileged : kStandard;
    conf::GatewayOptions options;
    options.process.data = std::filesystem::absolute(data_);
    options.file = options.process.data / "postern.toml";
    options.process.hostname = hostname_;
    if (!unprivileged_ && ::getpwnam("postern") != nullptr) options.process.user = "postern";
    options.smtp_listen.listen = {endpoint(!unprivileged_, ports.smtp)};
    options.smtp_listen.listen_tls = {endpoint(!unprivileged_, ports.smtp_tls)};
    options.web_listen.listen = {endpoint(!unprivileged_, ports.web)};
    options.operator_listen = endpoint(false, ports.operators);
    options.pipeline.runner.defers_dmarc_temperror = !unprivileged_;  // a first try should not fail for want of DNS
    ticketing::InboxOptions inbox;
    inbox.workspace = workspace_;
    inbox.addresses = {"support@" + domain_};
    inbox.display_name = "Support";
    options.ticketing.inboxes = {inbox};
    return options;
  }

  core::Result<void> make_files(const conf::GatewayOptions& options) const {
    const auto& folder = options.process.data;
    std::error_code ec;
    ::umask(0077);
    for (const char* part : {"keys", "tls", "dkim", "store"}) {
      std::filesystem::create_directories(folder / part, ec);
      if (ec) return core::fail(core::Errc::kIo, (folder / part).string() + ": " + ec.message());
    }
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ec);
    if (!std::filesystem::exists(folder / "keys/master.key")) {
      POSTERN_CHECK(core::write_file(folder / "keys/master.key", core::random_bytes(32), 0600));
    }
    POSTERN_TRY(const auto certificate, net::make_self_signed({hostname_, "localhost"}, kCertificateDays));
    POSTERN_CHECK(core::write_file(folder / "tls/cert.pem", certificate.certificate_pem, 0644));
    POSTERN_CHECK(core::write_file(folder / "tls/key.pem", certificate.key_pem, 0600));
    pipeline::DkimKeyFolder keys(folder / "dkim");
    POSTERN_CHECK(keys.create(domain_, core::system_clock()));
    return core::write_file(options.file, conf::render(options), 0640);
  }

  // Run as root for a server that becomes another user: everything in the folder is that user's.
  static core::Result<void> give_to_user(const conf::GatewayOptions& options) {
    const passwd* user = options.process.user.empty() || ::geteuid() != 0 ? nullptr : ::getpwnam(options.process.user.c_str());
    if (user == nullptr) return {};
    bool ok = ::chown(options.process.data.c_str(), user->pw_uid, user->pw_gid) == 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(options.process.data)) {
      ok = ::lchown(entry.path().c_str(), user->pw_uid, user->pw_gid) == 0 && ok;
    }
    if (!ok) return core::fail(core::Errc::kIo, "could not give the data folder to " + options.process.user);
    return {};
  }

  void print(const Output& output, const conf::GatewayOptions& options, const std::string& token) const {
    const std::string link = fmt::format("{}/#/enrol/{}", options.origin(), token);
    if (output.as_json()) {
      return output.json(JsonObject{{"config", options.file.string()}, {"owner", owner_}, {"enrolment_token", token}, {"enrolment_link", link},
                                    {"inbox", options.ticketing.inboxes.front().addresses.front()}});
    }
    output.line(fmt::format("Set up {}\n", options.process.data.string()));
    output.line(fmt::format("1. Start it:              postern serve --config {}", options.file.string()));
    output.line(fmt::format("2. Set {}'s password (once, within 24 hours):\n     {}", owner_, link));
    output.line(fmt::format("3. What to put into DNS:  postern dns {} --config {}", domain_, options.file.string()));
    output.line("4. Replace tls/cert.pem and tls/key.pem by a certificate of your own, then send SIGHUP.");
    output.line(fmt::format("\nKeep a copy of {} apart from backups of the data: without it nothing can be read.",
                            (options.process.data / "keys/master.key").string()));
  }

  std::string data_, domain_ = "example.com", owner_, hostname_, workspace_;
  bool unprivileged_ = false;
};

}  // namespace

std::unique_ptr<Verb> make_init_verb() { return std::make_unique<InitVerb>(); }

}  // namespace postern::app
