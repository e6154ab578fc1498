#include "app/scan_report.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "web/api/shapes.h"

namespace postern::app {
namespace {

using pipeline::to_string;

JsonArray list(const std::vector<std::string>& words) {
  JsonArray out;
  for (const auto& word : words) out.emplace_back(word);
  return out;
}

JsonArray addresses(const std::vector<pipeline::NamedAddress>& from) {
  JsonArray out;
  for (const auto& one : from) out.emplace_back(JsonObject{{"name", one.name}, {"address", one.address.to_string()}});
  return out;
}

JsonObject message_of(const pipeline::MessageContent& content) {
  JsonArray attachments;
  for (const auto& one : content.attachments) {
    attachments.emplace_back(JsonObject{{"name", one.name}, {"type", one.media_type}, {"size", one.content.size()},
                                        {"inline", one.is_inline}, {"replaced", one.was_replaced}});
  }
  return {{"from", addresses(content.from)}, {"to", addresses(content.to)}, {"cc", addresses(content.cc)},
          {"reply_to", addresses(content.reply_to)}, {"subject", content.subject}, {"date", content.date},
          {"message_id", content.message_id}, {"in_reply_to", list(content.in_reply_to)}, {"references", list(content.references)},
          {"machine", JsonObject{{"auto_submitted", content.machine.is_auto_submitted}, {"bounce", content.machine.is_bounce},
                                 {"bulk", content.machine.is_bulk}, {"wants_no_reply", content.machine.wants_no_reply}}},
          {"text", content.text}, {"html", content.html}, {"attachments", std::move(attachments)}};
}

}  // namespace

Json scan_report(const std::string& file, std::size_t size, const pipeline::ScanResult& result) {
  JsonObject out{{"file", file}, {"size", size}};
  out["action"] = result.verdict.action;
  out["reply"] = fmt::format("{} {} {}", result.verdict.code, result.verdict.enhanced, result.verdict.text);
  if (!result.message) return out;
  const pipeline::Verdicts& verdicts = result.message->verdicts();
  out["parse"] = JsonObject{{"degraded", verdicts.parse.degraded}, {"defects", list(verdicts.parse.defects)}, {"ambiguity", verdicts.parse.ambiguity}};
  for (const auto& [key, value] : web::auth_json(verdicts.auth)) out[key] = value;
  out["redactions"] = web::redactions_json(verdicts.redactions);
  out["shadow_findings"] = web::redactions_json(verdicts.shadow_findings);
  JsonArray symbols;
  for (const auto& one : verdicts.spam.symbols) symbols.emplace_back(JsonObject{{"name", one.name}, {"weight", one.weight}});
  out["spam"] = JsonObject{{"score", verdicts.spam.score}, {"action", to_string(verdicts.spam.action)}, {"symbols", std::move(symbols)}};
  out["message"] = message_of(result.message->content());
  return out;
}

std::string scan_line(const std::string& file, const pipeline::ScanResult& result) {
  std::string out = fmt::format("{}: {} {} {}", file, result.verdict.action, result.verdict.code, result.verdict.enhanced);
  if (!result.message) return out;
  const pipeline::Verdicts& verdicts = result.message->verdicts();
  out += fmt::format("  spf={} dkim=", to_string(verdicts.auth.spf.result));
  if (verdicts.auth.dkim.empty()) out += "none";
  for (std::size_t i = 0; i < verdicts.auth.dkim.size(); ++i) out += fmt::format("{}{}", i == 0 ? "" : ",", to_string(verdicts.auth.dkim[i].result));
  std::uint32_t redacted = 0;
  for (const auto& one : verdicts.redactions) redacted += one.count;
  out += fmt::format(" dmarc={} redacted={} spam={:.1f}{}", to_string(verdicts.auth.dmarc.result), redacted, verdicts.spam.score,
                     verdicts.parse.degraded ? " degraded" : "");
  return out;
}

}  // namespace postern::app
