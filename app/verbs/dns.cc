#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/offline.h"
#include "app/verbs/make.h"
#include "conf/load.h"
#include "core/errc.h"
#include "core/encoding.h"
#include "net/unbound_resolver.h"
#include "pipeline/sender/dns_advice.h"

namespace postern::app {
namespace {

constexpr auto kCheckTimeMax = std::chrono::seconds(20);

core::Task<core::Result<std::vector<pipeline::DnsCheck>>> check(pipeline::DnsSubject subject, net::DnsResolver& resolver) {
  co_return co_await pipeline::check_dns(std::move(subject), resolver, core::Deadline::after(kCheckTimeMax, core::system_clock()));
}

class DnsVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("domain", domain_, "domain whose mail this server takes");
    arguments.option("config", config_, "configuration file: its hostname and DKIM keys are used");
    arguments.option("hostname", hostname_, "this server's name (default: of the configuration, or mail.DOMAIN)");
    arguments.repeated("address", addresses_, "public address of this server; its PTR record is checked too");
    arguments.option("resolver", resolver_, "resolver to ask, HOST:PORT");
  }

  int run(const Output& output) override {
    pipeline::DnsSubject subject;
    net::ResolverOptions dns;
    if (auto ready = prepare(subject, dns); !ready) return output.problem(ready.error());
    boost::asio::io_context io;
    auto resolver = net::UnboundResolver::start(io, dns, core::system_clock());
    if (!resolver) return output.problem(resolver.error());
    const auto checks = run_to_end(io, check(std::move(subject), **resolver));
    (*resolver)->stop();
    if (!checks) return output.problem(checks.error());
    bool good = true;
    for (const auto& one : *checks) {
      good = good && (one.result == pipeline::DnsCheckResult::kOk || !one.advice.is_required);
      print(output, one);
    }
    return good ? kExitOk : kExitProblem;
  }

 private:
  core::Result<void> prepare(pipeline::DnsSubject& subject, net::ResolverOptions& dns) const {
    subject.domain = core::to_lower_ascii(domain_);
    subject.hostname = hostname_.empty() ? "mail." + subject.domain : hostname_;
    subject.addresses = addresses_;
    if (!config_.empty()) {
      const conf::Loaded loaded = conf::load_file(config_);
      if (!loaded.ok()) return core::fail(core::Errc::kInvalid, loaded.problems.front().to_string());
      dns = loaded.options.dns;
      if (hostname_.empty()) subject.hostname = loaded.options.process.hostname;
      const pipeline::DkimKeyFolder folder(loaded.options.resolve("dkim"));
      POSTERN_TRY(const auto keys, folder.list(subject.domain));
      for (const auto& key : keys) {
        if (key.state == pipeline::DkimKeyState::kRetired) continue;
        POSTERN_TRY(const auto record, folder.txt_record(key));
        subject.dkim.push_back(record);
      }
    }
    if (!resolver_.empty()) {
      POSTERN_TRY(const auto endpoint, net::Endpoint::parse(resolver_));
      dns.servers = {endpoint};
    }
    return {};
  }

  static void print(const Output& output, const pipeline::DnsCheck& check) {
    if (output.as_json()) {
      JsonArray found;
      for (const auto& value : check.found) found.emplace_back(value);
      return output.json(JsonObject{{"purpose", check.advice.purpose}, {"owner", check.advice.owner}, {"type", check.advice.type},
                                    {"publish", check.advice.value}, {"required", check.advice.is_required},
                                    {"result", pipeline::to_string(check.result)}, {"found", std::move(found)},
                                    {"explanation", check.explanation}});
    }
    const bool is_text = check.advice.type == "TXT";
    output.line(fmt::format("[{:^9}] {} {} {}{}{}", pipeline::to_string(check.result), check.advice.owner + ".", check.advice.type,
                            is_text ? "\"" : "", check.advice.value, is_text ? "\"" : ""));
    output.line(fmt::format("            {}", check.advice.why));
    if (check.result != pipeline::DnsCheckResult::kOk) {
      output.line(fmt::format("            {}{}", check.explanation, check.advice.is_required ? "" : " (mail flows without it, worse)"));
      for (const auto& value : check.found) output.line(fmt::format("            published now: {}", value));
    }
  }

  std::string domain_, config_, hostname_, resolver_;
  std::vector<std::string> addresses_;
};

}  // namespace

std::unique_ptr<Verb> make_dns_verb() { return std::make_unique<DnsVerb>(); }

}  // namespace postern::app
