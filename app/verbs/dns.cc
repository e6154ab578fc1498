#include "app/domain_report.h"
#include "app/offline.h"
#include "app/verbs/make.h"
#include "conf/load.h"
#include "core/errc.h"
#include "net/unbound_resolver.h"

namespace postern::app {
namespace {

constexpr auto kCheckTimeMax = std::chrono::seconds(30);

class DnsVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("domain", domain_, "domain whose mail this server takes");
    arguments.option("config", config_, "configuration file: its hostname, DKIM keys and certificates are used");
    arguments.option("hostname", hostname_, "this server's name (default: of the configuration, or mail.DOMAIN)");
    arguments.repeated("address", addresses_, "public address of this server (default: those of its name)");
    arguments.option("resolver", resolver_, "resolver to ask, HOST:PORT");
  }

  int run(const Output& output) override {
    pipeline::AdvisorOptions options;
    net::ResolverOptions dns;
    if (auto ready = prepare(options, dns); !ready) return output.problem(ready.error());
    boost::asio::io_context io;
    core::WorkPool pool("cpu", 1, 1);
    auto resolver = net::UnboundResolver::start(io, dns, core::system_clock());
    if (!resolver) return output.problem(resolver.error());
    pipeline::DnsDomainAdvisor advisor(**resolver, core::system_clock(), pool, std::move(options));
    const auto by = core::Deadline::after(kCheckTimeMax, core::system_clock());
    const auto advice = run_to_end(io, advisor.advise(domain_, by));
    (*resolver)->stop();
    if (!advice) return output.problem(advice.error());
    if (output.as_json()) {
      for (const Json& row : domain_report_json(*advice)) output.json(row);
    } else {
      for (const std::string& line : domain_report(*advice)) output.line(line);
    }
    return advice->is_good() ? kExitOk : kExitProblem;
  }

 private:
  core::Result<void> prepare(pipeline::AdvisorOptions& options, net::ResolverOptions& dns) const {
    if (!config_.empty()) {
      const conf::Loaded loaded = conf::load_file(config_);
      if (!loaded.ok()) return core::fail(core::Errc::kInvalid, loaded.problems.front().to_string());
      dns = loaded.options.dns;
      options = advisor_options(loaded.options);
    } else {
      options.hostname = "mail." + domain_;
    }
    if (!hostname_.empty()) options.hostname = hostname_;
    for (const std::string& address : addresses_) {
      POSTERN_TRY(const auto parsed, net::IpAddress::parse(address));
      options.addresses.push_back(parsed.to_string());
    }
    if (!resolver_.empty()) {
      POSTERN_TRY(const auto endpoint, net::Endpoint::parse(resolver_));
      dns.servers = {endpoint};
    }
    return {};
  }

  std::string domain_, config_, hostname_, resolver_;
  std::vector<std::string> addresses_;
};

}  // namespace

std::unique_ptr<Verb> make_dns_verb() { return std::make_unique<DnsVerb>(); }

}  // namespace postern::app
