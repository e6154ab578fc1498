#include "ticketing/detail/finding_counts.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "ticketing/detail/keys.h"

namespace postern::ticketing {
namespace {

using keys::FindingCount;
using keys::FindingMeasure;
using keys::FindingMode;

constexpr std::string_view kOther = "other";
constexpr std::size_t kWordBytesMax = 40;  // of a rule id or a label

constexpr std::array<std::string_view, 20> kPlaces{
    "text/plain",       "text/html",       "text/csv",        "text/calendar", "text/vcard",     "text/rtf", "text/xml",
    "application/json", "application/xml", "application/pdf", "application/rtf", "application/zip", "application/gzip",
    "application/octet-stream", "message/rfc822", "comment", "file", "filename", "subject", "note"};
constexpr std::array<std::string_view, 10> kHeaders{"subject", "from", "to",      "cc",   "reply-to",
                                                    "sender",  "date", "comments", "keywords", "message-id"};

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kWordBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == ' ';
  });
}

std::string word_of(std::string_view text) { return text.empty() || is_word(text) ? std::string(text) : std::string(kOther); }

// By rule: places and labels of one mode, with how often.
using Kinds = std::map<std::string, std::map<std::pair<std::string, std::string>, std::int64_t>>;

Kinds kinds_of(const std::vector<pipeline::Redaction>& findings, std::size_t& room) {
  Kinds out;
  for (const pipeline::Redaction& one : findings) {
    if (!is_word(one.rule)) continue;
    auto& places = out[one.rule];
    std::pair<std::string, std::string> kind{place_of(one.where), word_of(one.brand)};
    if (room == 0 && !places.contains(kind)) kind = {std::string(kOther), {}};
    const auto [place, is_new] = places.try_emplace(std::move(kind), 0);
    if (is_new && room > 0) --room;
    place->second += one.count;
  }
  return out;
}

void add_kinds(storage::Transaction& transaction, const FindingScene& scene, FindingMode mode, const Kinds& kinds) {
  for (const auto& [rule, places] : kinds) {
    FindingCount count{scene.day, rule, scene.inbox, mode, FindingMeasure::kMessages, {}, {}};
    transaction.add(keys::finding_count(scene.workspace, count), 1);
    count.measure = FindingMeasure::kFindings;
    for (const auto& [kind, findings] : places) {
      std::tie(count.place, count.label) = kind;
      transaction.add(keys::finding_count(scene.workspace, count), findings);
    }
  }
}

}  // namespace

std::string place_of(std::string_view where) {
  constexpr std::string_view kHeader = "header:";
  if (where.starts_with(kHeader)) {
    const bool is_known = std::ranges::find(kHeaders, where.substr(kHeader.size())) != kHeaders.end();
    return is_known ? std::string(where) : "header:other";
  }
  if (std::ranges::find(kPlaces, where) != kPlaces.end()) return std::string(where);
  if (where.starts_with("text/")) return "text/other";
  if (where.starts_with("image/")) return "image";
  if (where.starts_with("application/vnd.openxmlformats-") || where.starts_with("application/vnd.oasis.opendocument.") ||
      where.starts_with("application/msword") || where.starts_with("application/vnd.ms-")) {
    return "office";
  }
  return std::string(kOther);
}

void count_findings(storage::Transaction& transaction, const FindingScene& scene, const std::vector<pipeline::Redaction>& redactions,
                    const std::vector<pipeline::Redaction>& shadow_findings, const FindingLimits& limits) {
  transaction.add(keys::finding_count(scene.workspace, {scene.day, {}, scene.inbox, FindingMode::kEnforced, FindingMeasure::kMessages, {}, {}}), 1);
  std::size_t room = limits.kinds_per_message_max;
  add_kinds(transaction, scene, FindingMode::kEnforced, kinds_of(redactions, room));
  add_kinds(transaction, scene, FindingMode::kShadow, kinds_of(shadow_findings, room));
}

void count_false_positive(storage::Transaction& transaction, const FindingScene& scene, std::string_view rule, std::int64_t by) {
  const FindingCount count{scene.day, word_of(rule), scene.inbox, FindingMode::kFalsePositive, FindingMeasure::kMessages, {}, {}};
  transaction.add(keys::finding_count(scene.workspace, count), by);
}

}  // namespace postern::ticketing
