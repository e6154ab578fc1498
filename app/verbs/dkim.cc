#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/control.h"
#include "app/dkim_by_hand.h"
#include "app/dkim_rotation_task.h"
#include "app/offline.h"
#include "app/privileges.h"
#include "app/verbs/make.h"
#include "conf/load.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "net/unbound_resolver.h"

namespace postern::app {
namespace {

using pipeline::DkimKeyInfo;
using pipeline::DkimKeyState;

constexpr auto kLookTimeMax = std::chrono::seconds(20);

core::Task<core::Result<std::vector<pipeline::DkimObservation>>> look(DkimKeysOfDomain loaded, net::DnsResolver& resolver) {
  const auto by = core::Deadline::after(kLookTimeMax, core::system_clock());
  co_return co_await observe_keys(std::move(loaded), resolver, by);
}

std::string age_of(const DkimKeyInfo& key, core::WallTime now) {
  const auto age = std::chrono::floor<std::chrono::hours>(now - made_at(key));
  if (age < std::chrono::hours(0)) return "made in the future";
  return age < std::chrono::days(2) ? fmt::format("{} hours old", age.count())
                                    : fmt::format("{} days old", std::chrono::floor<std::chrono::days>(age).count());
}

class DkimVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("action", action_, "list, new, rotate or retire");
    arguments.positional("domain", domain_, "whose keys");
    arguments.positional("selector", selector_, "of the key to retire", false);
    arguments.option("config", config_, "configuration file", true);
    arguments.flag("live", is_live_, "list: ask DNS for the records now, not what the server noted");
    arguments.option("resolver", resolver_, "list --live: resolver to ask, HOST:PORT");
    arguments.flag("now", is_now_, "rotate: sign with the new keys at once, seen in DNS or not (a key was stolen)");
    arguments.flag("force", is_forced_, "retire: even the only key that signs, or before mail on its way has arrived");
  }

  int run(const Output& output) override {
    const conf::Loaded loaded = conf::load_file(config_);
    if (!loaded.ok()) return output.problem(loaded.problems.front().to_string());
    domain_ = core::to_lower_ascii(domain_);
    const pipeline::DkimKeyFolder folder(loaded.options.resolve("dkim"));
    if (!is_ours(loaded.options)) {
      return output.problem(fmt::format("no inbox of {} has an address at {}", loaded.options.file.string(), domain_));
    }
    // Keys that root made would be unreadable for the server, now and at its next start.
    rotation_ = loaded.options.dkim;
    if (!is_action()) return output.usage("dkim: the action is list, new, rotate or retire");
    if (auto changed = become_owner_of(loaded.options.resolve(".")); !changed) return output.problem(changed.error());
    auto done = act(folder);
    // What failed may have changed some of the keys.
    if (!done && action_ != "list" && done.error() != core::Errc::kInvalid) (void)tell_server(loaded.options, reason());
    if (!done && done.error() == core::Errc::kInvalid) return is_usage() ? output.usage(done.error().context()) : output.problem(done.error().context());
    if (!done) return output.problem(done.error());
    if (auto told = action_ == "list" ? core::Result<void>() : tell_server(loaded.options, reason()); !told) {
      return output.problem("the files are changed, but the running server still signs with the keys of before: " + told.error().context());
    }
    auto keys = load_keys(folder, domain_);
    if (!keys) return output.problem(keys.error());
    std::vector<pipeline::DkimObservation> observations;
    if (is_live_) {
      auto seen = ask_dns(loaded.options, *keys);
      if (!seen) return output.problem(seen.error());
      observations = std::move(*seen);
    }
    print(output, *keys, observations);
    return kExitOk;
  }

 private:
  bool is_ours(const conf::GatewayOptions& options) const {
    for (const auto& inbox : options.ticketing.inboxes) {
      for (const auto& address : inbox.addresses) {
        if (core::equals_ignoring_case(address.substr(address.rfind('@') + 1), domain_)) return true;
      }
    }
    return false;
  }

  core::Result<void> act(const pipeline::DkimKeyFolder& folder) const {
    if (action_ == "list") return {};
    if (action_ == "retire") {
      if (selector_.empty()) return core::fail(core::Errc::kInvalid, "dkim retire: which selector? (see dkim list)");
      return retire_by_hand(folder, domain_, selector_, is_forced_, core::system_clock(), rotation_);
    }
    POSTERN_TRY(const bool has_changed, rotate_by_hand(folder, domain_, is_now_, core::system_clock()));
    if (!has_changed) std::fputs("The next keys are made already and wait for their records to be published.\n", stderr);
    return {};
  }
  bool is_usage() const { return !is_action() || (action_ == "retire" && selector_.empty()); }
  bool is_action() const { return action_ == "list" || action_ == "retire" || action_ == "new" || action_ == "rotate"; }

  // For the audit log.
  std::string reason() const { return fmt::format("dkim {} {} {}", action_, domain_, selector_); }

  // A running server signs with the new set at once. Errors: it could not, and why.
  static core::Result<void> tell_server(const conf::GatewayOptions& options, const std::string& reason) {
    POSTERN_TRY(const auto answer, call_control(options.resolve("control.sock"), Json(JsonObject{{"command", "reload"}, {"reason", reason}})));
    if (!answer) return {};
    if (const Json* error = answer->is_object() ? answer->as_object().if_contains("error") : nullptr) {
      return core::fail(core::Errc::kIo, error->is_string() ? std::string(error->as_string()) : "its answer is not understood");
    }
    std::fputs("The running server has loaded the keys.\n", stderr);
    return {};
  }

  core::Result<std::vector<pipeline::DkimObservation>> ask_dns(const conf::GatewayOptions& options, const DkimKeysOfDomain& keys) const {
    net::ResolverOptions dns = options.dns;
    if (!resolver_.empty()) {
      POSTERN_TRY(const auto endpoint, net::Endpoint::parse(resolver_));
      dns.servers = {endpoint};
    }
    boost::asio::io_context io;
    POSTERN_TRY(const auto resolver, net::UnboundResolver::start(io, dns, core::system_clock()));
    auto seen = run_to_end(io, look(keys, *resolver));
    resolver->stop();
    return seen;
  }

  void print(const Output& output, const DkimKeysOfDomain& loaded, const std::vector<pipeline::DkimObservation>& observations) const {
    if (loaded.keys.empty() && !output.as_json()) output.line(fmt::format("{} has no keys; make some with: postern dkim new {}", domain_, domain_));
    const core::WallTime now = core::system_clock().wall_now();
    const auto outlooks = look_ahead(loaded.keys, observations, now, rotation_);
    for (std::size_t i = 0; i < outlooks.size(); ++i) {
      if (output.as_json()) {
        output.json(to_json(outlooks[i], loaded.records[i]));
      } else {
        print_one(output, outlooks[i], loaded.records[i], now);
      }
    }
  }

  static void print_one(const Output& output, const pipeline::DkimOutlook& outlook, const pipeline::DkimTxtRecord& record, core::WallTime now) {
    const DkimKeyInfo& key = outlook.key;
    output.line(fmt::format("{:<16} {:<15} {:<9} {}, {}; in DNS: {}", key.selector, to_string(key.algorithm), to_string(key.state), key.created,
                            age_of(key, now), to_string(outlook.sighting)));
    output.line(fmt::format("  {}", describe(outlook)));
    if (key.state != DkimKeyState::kRetired) output.line(fmt::format("  {}. TXT \"{}\"", record.owner, record.value));
  }

  static Json to_json(const pipeline::DkimOutlook& outlook, const pipeline::DkimTxtRecord& record) {
    const DkimKeyInfo& key = outlook.key;
    const auto time = [](const std::optional<core::WallTime>& at) { return at ? Json(core::to_rfc3339(*at)) : Json(nullptr); };
    return JsonObject{{"domain", key.domain},
                      {"selector", key.selector},
                      {"algorithm", to_string(key.algorithm)},
                      {"state", to_string(key.state)},
                      {"created", key.created},
                      {"activated", time(key.activated)},
                      {"stopped", time(key.stopped)},
                      {"retired", time(key.retired)},
                      {"seen_since", time(key.seen_since)},
                      {"in_dns", to_string(outlook.sighting)},
                      {"next", to_string(outlook.next)},
                      {"next_at", time(outlook.at)},
                      {"explanation", describe(outlook)},
                      {"owner", record.owner},
                      {"txt", record.value}};
  }

  std::string action_, domain_, selector_, config_, resolver_;
  bool is_live_ = false, is_now_ = false, is_forced_ = false;
  pipeline::DkimRotationOptions rotation_;
};

}  // namespace

std::unique_ptr<Verb> make_dkim_verb() { return std::make_unique<DkimVerb>(); }

}  // namespace postern::app
