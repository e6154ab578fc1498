#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "app/audit_settings.h"
#include "app/rule_text.h"
#include "app/sender_settings.h"
#include "app/services.h"
#include "app/text_gateway.h"
#include "app/verbs/make.h"
#include "app/verbs/rules_bench.h"
#include "conf/load.h"
#include "core/secret_memory.h"
#include "core/encoding.h"
#include "net/tls_context.h"
#include "pipeline/sender/dkim_keys.h"
#include "pipeline/redaction/rules/published_rules.h"

namespace postern::app {
namespace {

// What can only be told by reading the files that the configuration names.
void check_files(const conf::GatewayOptions& options, std::vector<conf::Problem>& problems) {
  auto complain = [&](const core::Error& error) { problems.push_back({options.file, 0, error.describe()}); };
  if (auto key = read_master_key(options); !key) complain(key.error());
  auto certificate = [&](const std::filesystem::path& chain, const std::filesystem::path& key) {
    net::TlsServerOptions tls;
    tls.certificate_file = options.resolve(chain);
    tls.key_file = options.resolve(key);
    if (auto context = net::TlsContext::server(tls); !context) complain(context.error());
  };
  certificate(options.smtp_listen.certificate_file, options.smtp_listen.key_file);
  if (!options.web_listen.listen.empty()) certificate(options.web_listen.certificate_file, options.web_listen.key_file);
}

// RFC 8460 section 5.3: a report without a signature of its sender's domain is ignored.
void check_tls_reports(const conf::GatewayOptions& options, std::vector<conf::Problem>& problems) {
  const std::string domain = pipeline::split_address(options.reports.tls_address).domain_lower();
  if (domain.empty()) return;
  const auto keys = pipeline::DkimKeyFolder(options.resolve("dkim")).list(domain);
  const auto signs = [](const pipeline::DkimKeyInfo& key) { return key.state == pipeline::DkimKeyState::kActive; };
  if (keys && std::ranges::any_of(*keys, signs)) return;
  problems.push_back({options.file, 0, fmt::format("reports.tls_address: no DKIM key signs for {0}, and unsigned TLS reports are ignored (postern dkim new {0})", domain)});
}

// The inbox that takes mail for an address, by the configuration alone: "@domain" takes what no other one does.
std::optional<core::InboxId> inbox_of(const conf::GatewayOptions& options, std::string_view address) {
  const std::string wanted = core::to_lower_ascii(address);
  const auto at = wanted.rfind('@');
  const std::string domain = at == std::string::npos ? wanted : wanted.substr(at);
  for (const std::string& name : {wanted, domain}) {
    for (std::size_t i = 0; i < options.ticketing.inboxes.size(); ++i) {
      for (const std::string& own : options.ticketing.inboxes[i].addresses) {
        if (core::to_lower_ascii(own) == name) return core::InboxId{i + 1};
      }
    }
  }
  return std::nullopt;
}

// Rule files that are to be published; what is in force lies in the store and was checked before it went there.
void check_rules(const conf::GatewayOptions& options, const std::vector<std::string>& files, std::vector<conf::Problem>& problems) {
  const pipeline::PublishedRules book;
  for (const std::string& file : files) {
    const auto set = read_rule_file(file);
    if (!set) {
      problems.push_back({file, 0, set.error().describe()});
      continue;
    }
    const auto lookup = [&options](std::string_view address) { return inbox_of(options, address); };
    for (const auto& problem : book.check(set->document, lookup).problems) {
      problems.push_back({file, problem.line, problem.rule.empty() ? problem.text : fmt::format("rule {}: {}", problem.rule, problem.text)});
    }
  }
}

// What works but could be better.
std::vector<std::string> notes_on(const conf::GatewayOptions& options) {
  std::vector<std::string> out;
  const std::size_t lockable = core::lockable_bytes_max();
  if (const std::size_t wanted = options.smtp.memory_in_flight_max; lockable < wanted) {
    out.push_back(fmt::format("this user may lock {} KiB of memory (ulimit -l; LimitMEMLOCK of the unit), messages in flight may be {} KiB: what is "
                              "above may reach the swap device; core dumps leave out all of it", lockable / 1024, wanted / 1024));
  }
  for (std::string& note : audit_setting_notes(options)) out.push_back(std::move(note));
  return out;
}

class CheckVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.option("config", config_, "configuration file", true);
    arguments.repeated("rules", rules_, "file of redaction rules to check with it: their inline tests and inboxes");
  }
  int run(const Output& output) override {
    conf::Loaded loaded = conf::load_file(config_);
    for (const std::string& complaint : sender_setting_complaints(loaded.options)) {
      loaded.problems.push_back({loaded.options.file, 0, complaint});
    }
    for (const std::string& complaint : audit_setting_complaints(loaded.options)) {
      loaded.problems.push_back({loaded.options.file, 0, complaint});
    }
    for (const std::string& complaint : block_feed_complaints(loaded.options)) {
      loaded.problems.push_back({loaded.options.file, 0, complaint});
    }
    for (const std::string& complaint : text_setting_complaints(loaded.options)) {
      loaded.problems.push_back({loaded.options.file, 0, complaint});
    }
    if (loaded.ok()) check_files(loaded.options, loaded.problems);
    check_tls_reports(loaded.options, loaded.problems);
    const std::vector<std::string> notes = notes_on(loaded.options);
    check_rules(loaded.options, rules_, loaded.problems);
    if (output.as_json()) {
      JsonArray problems;
      for (const auto& problem : loaded.problems) {
        problems.emplace_back(JsonObject{{"file", problem.file.string()}, {"line", problem.line}, {"problem", problem.text}});
      }
      output.json(JsonObject{{"ok", loaded.ok()}, {"problems", std::move(problems)}, {"notes", JsonArray(notes.begin(), notes.end())}});
    } else {
      for (const auto& problem : loaded.problems) output.line(problem.to_string());
      for (const auto& note : notes) output.line("note: " + note);
      output.line(loaded.ok() ? fmt::format("{}: good", config_) : fmt::format("{} problem{}", loaded.problems.size(), loaded.problems.size() == 1 ? "" : "s"));
    }
    return loaded.ok() ? kExitOk : kExitProblem;
  }

 private:
  std::string config_;
  std::vector<std::string> rules_;
};

}  // namespace

std::unique_ptr<Verb> make_check_verb() { return std::make_unique<CheckVerb>(); }

}  // namespace postern::app
