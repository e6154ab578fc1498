// postern audit: who did what: list, export, verify; and how well the desk is guarded: checklist.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>

#include "app/operator_commands.h"
#include "app/verbs/make.h"
#include "app/verdict_text.h"
#include "auth/audit_trail/export.h"
#include "auth/audit_trail/filter_text.h"
#include "core/encoding.h"
#include "core/errc.h"

namespace postern::app {
namespace {

constexpr std::chrono::milliseconds kAskAgainAfter{300};

std::string words(const Json& row, std::string_view key) { return std::string(row.as_object().at(key).as_string()); }
std::uint64_t number(const Json& row, std::string_view key) { return row.as_object().at(key).to_number<std::uint64_t>(); }
bool yes(const Json& row, std::string_view key) { return row.as_object().at(key).as_bool(); }

// A file of the caller's alone, which must not exist yet; or standard output.
class Sink {
 public:
  core::Result<void> open(const std::string& path) {
    if (path.empty()) return {};
    fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd_ < 0) return core::fail(core::Errc::kIo, path + ": " + std::strerror(errno));
    return {};
  }
  ~Sink() {
    if (fd_ >= 0) ::close(fd_);
  }
  Sink() = default;
  Sink(const Sink&) = delete;
  core::Result<void> write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t taken = ::write(fd_ >= 0 ? fd_ : STDOUT_FILENO, text.data(), text.size());
      if (taken < 0 && errno == EINTR) continue;
      if (taken <= 0) return core::fail(core::Errc::kIo, std::string("export: ") + std::strerror(errno));
      text.remove_prefix(static_cast<std::size_t>(taken));
    }
    return {};
  }

 private:
  int fd_ = -1;
};

class AuditVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positional("what", what_, "list, export, verify or checklist");
    arguments.option("workspace", workspace_, "needed when there are several; instance: what belongs to none");
    arguments.option("actor", actor_, "address or id of a user; 0: the operator and the system");
    arguments.option("action", action_, "an action, or what it begins with: sign_in, ticket.*");
    arguments.option("object", object_, "such as ticket/12 or user/5");
    arguments.option("ip", ip_, "address of the client");
    arguments.option("outcome", outcome_, "ok, denied or failed");
    arguments.option("from", from_, "2026-11-22 or 2026-11-22T09:30:00Z");
    arguments.option("to", to_, "the same; exclusive");
    arguments.option("text", text_, "in action, object, detail, device or changes");
    arguments.number("limit", limit_, "list: at most so many (default 100)");
    arguments.option("format", format_, "export: jsonl (default), which can be verified, or csv");
    arguments.option("out", out_, "export: a new file; default standard output");
    arguments.option("export", export_, "verify: an exported JSON Lines file instead of the store");
    arguments.option("anchor", anchor_, "verify: NUMBER:HASH that an earlier verify printed and somebody kept elsewhere");
    arguments.option("config", config_, "configuration file");
  }

  int run(const Output& output) override {
    if (what_ != "list" && what_ != "export" && what_ != "verify" && what_ != "checklist") {
      return output.usage("audit: list, export, verify or checklist");
    }
    if (what_ == "verify" && !export_.empty()) return verify_file(output);
    if (config_.empty()) return output.usage("audit: --config is needed");
    if (format_ != "jsonl" && format_ != "csv") return output.usage("audit export: the format is jsonl or csv");
    if (what_ == "verify") return verify_store(output);
    if (what_ == "checklist") return checklist(output);
    return what_ == "list" ? list(output) : write_export(output);
  }

 private:
  core::Result<Json> ask(const std::string& command, JsonObject more = {}) const {
    JsonObject request{{"command", "audit." + command}, {"workspace", workspace_}, {"actor", actor_}, {"action", action_},
                       {"object", object_}, {"ip", ip_}, {"outcome", outcome_}, {"from", from_}, {"to", to_}, {"text", text_}};
    for (const auto& each : more) request[each.key()] = each.value();
    return run_from_command_line(config_, Json(std::move(request)));
  }
  static int problem(const Output& output, const core::Error& error) {
    return output.problem(error.code() == core::Errc::kInvalid ? error.context() : error.describe());
  }

  int list(const Output& output) {
    std::uint64_t after = 0;
    for (std::uint64_t left = limit_; left > 0;) {
      const auto page = ask("list", {{"limit", std::min<std::uint64_t>(left, 500)}, {"after", after}});
      if (!page) return problem(output, page.error());
      for (const Json& row : page->at("entries").as_array()) {
        if (output.as_json()) output.json(row);
        else output.line(line_of(row));
        if (left > 0) --left;
      }
      after = number(*page, "after");
      if (!yes(*page, "has_more")) break;
    }
    return kExitOk;
  }

  static std::string line_of(const Json& row) {
    std::string out = fmt::format("{}  {:<8} {:<7} actor {}  {}  {}  {}", words(row, "created_at"), words(row, "method"), words(row, "outcome"),
                                  number(row, "actor_id"), for_terminal(words(row, "ip_address")), for_terminal(words(row, "action")),
                                  for_terminal(words(row, "object")));
    if (const std::string detail = words(row, "detail"); !detail.empty()) out += "  " + for_terminal(detail);
    for (const Json& change : row.at("changes").as_array()) {
      out += fmt::format("  {}: {} -> {}", for_terminal(words(change, "field")), for_terminal(words(change, "before")),
                         for_terminal(words(change, "after")));
    }
    return out;
  }

  // Everything goes by number, so that the file proves itself; what a filter selects, and CSV, by time.
  int write_export(const Output& output) {
    const bool is_whole = format_ == "jsonl" && (actor_ + action_ + object_ + ip_ + outcome_ + from_ + to_ + text_).empty();
    Sink sink;
    if (auto opened = sink.open(out_); !opened) return output.problem(opened.error().context());
    if (format_ == "csv") {
      if (auto written = sink.write(auth::csv_header()); !written) return output.problem(written.error().context());
    }
    std::uint64_t after = 0;
    for (bool has_more = true; has_more;) {
      const auto page = is_whole ? ask("chain", {{"after", after}}) : ask("list", {{"limit", 500}, {"after", after}, {"oldest_first", true}});
      if (!page) return problem(output, page.error());
      for (const Json& row : page->at("entries").as_array()) {
        std::string line = boost::json::serialize(row) + "\n";
        if (format_ == "csv") {
          const auto parsed = auth::parse_json_line(line);
          if (!parsed) return problem(output, parsed.error());
          line = auth::csv_line(parsed->second);
        }
        if (auto written = sink.write(line); !written) return output.problem(written.error().context());
      }
      after = number(*page, "after");
      has_more = yes(*page, "has_more");
    }
    return kExitOk;
  }

  int checklist(const Output& output) {
    const auto answer = ask("checklist");
    if (!answer) return problem(output, answer.error());
    if (output.as_json()) {
      output.json(*answer);
      return kExitOk;
    }
    for (const Json& row : answer->at("checks").as_array()) {
      output.line(fmt::format("{:<8} {}: {}", words(row, "state"), for_terminal(words(row, "title")), for_terminal(words(row, "found"))));
      if (const std::string fix = words(row, "fix"); !fix.empty()) output.line("         " + for_terminal(fix));
    }
    output.line(fmt::format("score {} of 100", number(*answer, "score")));
    return kExitOk;
  }

  int verify_store(const Output& output) {
    auto answer = ask("verify", {{"anchor", anchor_}});
    if (!answer) return problem(output, answer.error());
    // A running server does it while we ask how it goes.
    while (yes(*answer, "verifying")) {
      std::this_thread::sleep_for(kAskAgainAfter);
      answer = ask("state");
      if (!answer) return problem(output, answer.error());
    }
    if (answer->at("verified").is_null()) return output.problem("the server could not verify; its log tells why");
    return tell(output, answer->at("verified"));
  }

  static int tell(const Output& output, const Json& report) {
    const bool is_intact = yes(report, "intact");
    if (output.as_json()) {
      output.json(report);
      return is_intact ? kExitOk : kExitProblem;
    }
    output.line(fmt::format("{} entries in the chain are right; head {}", number(report, "verified"), words(report, "head")));
    if (const std::uint64_t waiting = number(report, "waiting"); waiting > 0) {
      output.line(fmt::format("{} entries are not in the chain yet: the server links them while it runs", waiting));
    }
    if (is_intact) {
      output.line("intact");
      return kExitOk;
    }
    const Json& fault = report.at("fault");
    return output.problem(fmt::format("BROKEN at number {} (entry {}): {}", number(fault, "sequence"), number(fault, "id"), words(fault, "what")));
  }

  int verify_file(const Output& output) {
    std::optional<auth::ChainAnchor> anchor;
    if (!anchor_.empty()) {
      auto parsed = auth::parse_anchor(anchor_);
      if (!parsed) return output.usage(parsed.error().context());
      anchor = std::move(*parsed);
    }
    std::ifstream file(export_, std::ios::binary);
    if (!file) return output.problem(export_ + ": " + std::strerror(errno));
    auth::ExportVerifier verifier(std::move(anchor));
    for (std::string line; std::getline(file, line);) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;  // what editors and pipes leave behind
      if (!verifier.add_line(line)) break;
    }
    if (file.bad()) return output.problem(export_ + ": " + std::strerror(errno));
    const bool is_right = verifier.finish();
    if (is_right && verifier.workspaces().empty()) return output.problem(export_ + ": there is no entry in it");
    JsonArray chains;
    for (const auto& [workspace, chain] : verifier.workspaces()) {
      chains.push_back(JsonObject{{"workspace", workspace}, {"first", chain.first}, {"last", chain.last}, {"entries", chain.entries},
                                  {"gaps", chain.gaps}, {"waiting", chain.waiting}, {"hash", core::to_hex(chain.last_hash)}});
      if (output.as_json()) continue;
      output.line(fmt::format("workspace {}: {} entries, numbers {} to {}; {} gaps; {} not in the chain yet; end {}", workspace, chain.entries,
                              chain.first, chain.last, chain.gaps, chain.waiting, auth::anchor_text(chain.last, chain.last_hash)));
      if (chain.gaps > 0) output.line("there are gaps (a filter?): every entry is what it was, but not that none is missing");
    }
    if (output.as_json()) {
      JsonObject out{{"intact", is_right}, {"lines", verifier.lines()}, {"workspaces", std::move(chains)}};
      if (!is_right) out["fault"] = JsonObject{{"sequence", verifier.fault()->sequence}, {"what", verifier.fault()->what}};
      output.json(Json(std::move(out)));
      return is_right ? kExitOk : kExitProblem;
    }
    if (!is_right) return output.problem(fmt::format("BROKEN at number {}, {}", verifier.fault()->sequence, verifier.fault()->what));
    output.line("intact");
    return kExitOk;
  }

  std::string what_, workspace_, actor_, action_, object_, ip_, outcome_, from_, to_, text_, format_ = "jsonl", out_, export_, anchor_, config_;
  std::uint64_t limit_ = 100;
};

}  // namespace

std::unique_ptr<Verb> make_audit_verb() { return std::make_unique<AuditVerb>(); }

}  // namespace postern::app
