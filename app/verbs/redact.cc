#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "app/mail_files.h"
#include "app/rule_text.h"
#include "app/verbs/make.h"
#include "app/verbs/rules_bench.h"
#include "app/verdict_text.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "core/secret.h"
#include "pipeline/extraction/process_extractor.h"
#include "pipeline/redaction/redactor.h"

namespace postern::app {
namespace {

constexpr std::size_t kInputBytesMax = 100U << 20U;

core::Result<core::SecretBuffer> read_standard_input() {
  core::SecretBuffer out;
  std::array<char, 65536> block;
  for (;;) {
    const std::size_t got = std::fread(block.data(), 1, block.size(), stdin);
    if (got == 0) break;
    out.insert(out.end(), block.data(), block.data() + got);
    if (out.size() > kInputBytesMax) return core::fail(core::Errc::kInvalid, "more than 100 MiB on standard input");
  }
  core::wipe(block.data(), block.size());
  return out;
}

JsonArray findings_json(const std::vector<pipeline::Redaction>& findings) {
  JsonArray out;
  for (const auto& one : findings) {
    out.emplace_back(JsonObject{{"rule", one.rule}, {"brand", one.brand}, {"part", one.part}, {"where", one.where}, {"count", one.count}});
  }
  return out;
}

JsonObject report_json(const pipeline::RedactedMessage& message) {
  JsonArray hits;
  std::set<std::string> tags;
  for (const auto& hit : message.verdicts().rule_hits) {
    tags.insert(hit.tags.begin(), hit.tags.end());
    hits.emplace_back(JsonObject{{"rule", hit.rule}, {"on_match", pipeline::to_string(hit.on_match)}});
  }
  JsonArray tag_list;
  for (const std::string& tag : tags) tag_list.emplace_back(tag);
  return {{"size", message.original_bytes()},
          {"redactions", findings_json(message.verdicts().redactions)},
          {"shadow_findings", findings_json(message.verdicts().shadow_findings)},
          {"rule_hits", std::move(hits)},
          {"tags", std::move(tag_list)}};
}

std::vector<std::string> report_lines(const pipeline::RedactedMessage& message) {
  const auto& verdicts = message.verdicts();
  std::vector<std::string> lines;
  const auto tell = [&lines](std::string_view what, const std::vector<pipeline::Redaction>& findings) {
    for (const auto& one : findings) {
      lines.push_back(for_terminal(fmt::format("{} {}{}{} in part {} ({}), {} time{}", what, one.rule, one.brand.empty() ? "" : " ", one.brand,
                                               one.part, one.where, one.count, one.count == 1 ? "" : "s")));
    }
  };
  tell("redacted", verdicts.redactions);
  tell("counted only: shadow rule", verdicts.shadow_findings);
  for (const auto& hit : verdicts.rule_hits) {
    for (const std::string& tag : hit.tags) lines.push_back(for_terminal(fmt::format("rule {} tags the ticket {}", hit.rule, tag)));
    if (hit.on_match == pipeline::OnMatch::kSuspend) lines.push_back(fmt::format("rule {} holds the message back", hit.rule));
    if (hit.on_match == pipeline::OnMatch::kReject) lines.push_back(fmt::format("rule {} refuses the message", hit.rule));
  }
  if (verdicts.redactions.empty()) lines.insert(lines.begin(), "nothing to redact");
  return lines;
}

// A copy that can be made again: not worth the wait for the disk that core::write_file() has for each.
core::Result<void> write_copy(const std::filesystem::path& to, std::string_view content) {
  std::ofstream out(to, std::ios::binary | std::ios::trunc);
  out.write(content.data(), static_cast<std::streamsize>(content.size()));
  out.close();
  if (!out) return core::fail(core::Errc::kIo, to.string() + ": it cannot be written");
  return {};
}

class RedactVerb final : public Verb {
 public:
  void declare(Arguments& arguments) override {
    arguments.positionals("path", paths_, "message files (.eml), mboxes or folders instead of standard input; needs --out");
    arguments.option("rules", rules_, "file of redaction rules (default: the shipped ones)");
    arguments.repeated("rcpt", rcpts_, "recipient, for rules that depend on the inbox");
    arguments.option("out", out_, "folder for the redacted messages of PATH: 000001.eml …");
  }

  int run(const Output& output) override {
    core::forbid_core_dumps();
    if (paths_.empty() != out_.empty()) return output.usage("redact: PATH and --out belong together");
    auto book = std::make_shared<pipeline::PublishedRules>();
    if (auto ready = publish_rules(*book); !ready) return output.problem(ready.error());
    for (const std::string& rcpt : rcpts_) {
      pipeline::Recipient recipient;
      recipient.address = pipeline::split_address(rcpt);
      recipient.inbox = inbox_of(rcpt);
      envelope_.rcpts.push_back(std::move(recipient));
    }
    const pipeline::RedactionOptions options;
    const pipeline::ProcessExtractor extractor(options.extractor, options.files);  // starts nothing until a file needs it
    const pipeline::Redactor redactor(std::move(book), {}, {}, options, &extractor);
    return paths_.empty() ? redact_input(output, redactor) : redact_files(output, redactor);
  }

 private:
  // Each address is an inbox of its own.
  core::InboxId inbox_of(std::string_view address) {
    return inboxes_.try_emplace(core::to_lower_ascii(address), core::InboxId{inboxes_.size() + 1}).first->second;
  }

  core::Result<void> publish_rules(pipeline::PublishedRules& book) {
    if (rules_.empty()) return {};
    POSTERN_TRY(const NamedRules set, read_rule_file(rules_));
    const auto lookup = [this](std::string_view address) { return std::optional(inbox_of(address)); };
    const pipeline::CheckedRules checked = book.check(set.document, lookup);
    if (!checked.is_good()) return core::fail(core::Errc::kInvalid, problem_line(checked.problems.front(), set.name));
    return book.publish({}, set.document, lookup);
  }

  int redact_input(const Output& output, const pipeline::Redactor& redactor) const {
    auto input = read_standard_input();
    if (!input) return output.problem(input.error());
    const auto redacted = redactor.redact(std::make_shared<const pipeline::Message>(std::move(*input)), envelope_, {});
    if (!redacted) return output.problem(redacted.error());
    std::fwrite(redacted->raw().data(), 1, redacted->raw().size(), stdout);
    if (output.as_json()) {
      std::fputs((boost::json::serialize(report_json(*redacted)) + "\n").c_str(), stderr);
    } else {
      for (const std::string& line : report_lines(*redacted)) std::fputs((line + "\n").c_str(), stderr);
    }
    return kExitOk;
  }

  int redact_files(const Output& output, const pipeline::Redactor& redactor) const {
    std::error_code wrong;
    std::filesystem::create_directories(out_, wrong);
    if (wrong) return output.problem(fmt::format("{}: {}", out_, wrong.message()));
    int code = kExitOk;
    std::uint64_t count = 0;
    const auto visit = [&](MailFile& mail) {
      const auto redacted = redactor.redact(pipeline::Message::copy_of(mail.bytes), envelope_, {});
      core::wipe(mail.bytes.data(), mail.bytes.size());
      if (!redacted) {
        code = output.problem(mail.name + ": " + redacted.error().describe());
        return;
      }
      const std::filesystem::path to = std::filesystem::path(out_) / fmt::format("{:06}.eml", ++count);
      if (const auto written = write_copy(to, redacted->raw()); !written) {
        code = output.problem(written.error());
        return;
      }
      tell(output, mail.name, to.string(), *redacted);
    };
    const auto complain = [&](const core::Error& error) { code = output.problem(error); };
    for (const std::string& path : paths_) for_each_mail(path, visit, complain);
    return code;
  }

  static void tell(const Output& output, const std::string& name, const std::string& to, const pipeline::RedactedMessage& message) {
    if (output.as_json()) {
      JsonObject report = report_json(message);
      report["file"] = name;
      report["to"] = to;
      output.json(report);
      return;
    }
    for (const std::string& line : report_lines(message)) output.line(fmt::format("{}: {}", for_terminal(name), line));
  }

  std::string rules_, out_;
  std::vector<std::string> rcpts_, paths_;
  std::map<std::string, core::InboxId, std::less<>> inboxes_;
  pipeline::Envelope envelope_;
};

}  // namespace

std::unique_ptr<Verb> make_redact_verb() { return std::make_unique<RedactVerb>(); }

}  // namespace postern::app
