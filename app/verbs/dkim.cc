#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/control.h"
#include "app/privileges.h"
#include "app/verbs/make.h"
#include "conf/load.h"
#include "core/errc.h"
#include "core/encoding.h"
#include "pipeline/sender/dkim_keys.h"

namespace postern::app {
namespace {

class DkimVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("action", action_, "list, new, rotate or retire");
    arguments.positional("domain", domain_, "whose keys");
    arguments.positional("selector", selector_, "of the key to retire", false);
    arguments.option("config", config_, "configuration file", true);
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
    if (auto changed = become_owner_of(loaded.options.resolve(".")); !changed) return output.problem(changed.error());
    auto done = act(folder);
    if (!done) return done.error() == core::Errc::kInvalid ? output.usage(done.error().context()) : output.problem(done.error());
    if (auto told = action_ == "list" ? core::Result<void>() : tell_server(loaded.options); !told) {
      return output.problem("the files are changed, but the running server still signs with the keys of before: " + told.error().context());
    }
    auto keys = folder.list(domain_);
    if (!keys) return output.problem(keys.error());
    print(output, folder, *keys);
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

  core::Result<void> act(pipeline::DkimKeyFolder folder) const {
    if (action_ == "list") return {};
    if (action_ == "new" || action_ == "rotate") {
      POSTERN_TRY(const auto before, folder.list(domain_));
      POSTERN_CHECK(folder.create(domain_, core::system_clock()));
      for (const auto& key : before) {
        if (action_ == "rotate" && key.state == pipeline::DkimKeyState::kActive) POSTERN_CHECK(folder.retire(domain_, key.selector));
      }
      return {};
    }
    if (action_ == "retire") {
      if (selector_.empty()) return core::fail(core::Errc::kInvalid, "dkim retire: which selector? (see dkim list)");
      POSTERN_CHECK(folder.retire(domain_, selector_));
      return {};
    }
    return core::fail(core::Errc::kInvalid, "dkim: the action is list, new, rotate or retire");
  }

  // A running server signs with the new set at once. Errors: it could not, and why.
  static core::Result<void> tell_server(const conf::GatewayOptions& options) {
    POSTERN_TRY(const auto answer, call_control(options.resolve("control.sock"), Json(JsonObject{{"command", "reload"}})));
    if (!answer) return {};
    if (const Json* error = answer->is_object() ? answer->as_object().if_contains("error") : nullptr) {
      return core::fail(core::Errc::kIo, error->is_string() ? std::string(error->as_string()) : "its answer is not understood");
    }
    std::fputs("The running server has loaded the keys.\n", stderr);
    return {};
  }

  void print(const Output& output, const pipeline::DkimKeyFolder& folder, const std::vector<pipeline::DkimKeyInfo>& keys) const {
    if (keys.empty() && !output.as_json()) output.line(fmt::format("{} has no keys; make some with: postern dkim new {}", domain_, domain_));
    for (const auto& key : keys) {
      const auto record = folder.txt_record(key);
      if (!record) {
        output.problem(record.error());
        continue;
      }
      if (output.as_json()) {
        output.json(JsonObject{{"domain", key.domain}, {"selector", key.selector}, {"algorithm", pipeline::to_string(key.algorithm)},
                               {"state", pipeline::to_string(key.state)}, {"created", key.created}, {"owner", record->owner}, {"txt", record->value}});
      } else {
        output.line(fmt::format("{:<16} {:<15} {:<9} {}", key.selector, pipeline::to_string(key.algorithm), pipeline::to_string(key.state), key.created));
        if (key.state != pipeline::DkimKeyState::kRetired) output.line(fmt::format("  {}. TXT \"{}\"", record->owner, record->value));
      }
    }
  }

  std::string action_, domain_, selector_, config_;
};

}  // namespace

std::unique_ptr<Verb> make_dkim_verb() { return std::make_unique<DkimVerb>(); }

}  // namespace postern::app
