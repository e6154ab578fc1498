#include "auth/audit_trail/filter_text.h"

#include <charconv>

#include "auth/audit_trail/entry.h"
#include "core/encoding.h"
#include "core/errc.h"

namespace postern::auth {
namespace {

core::Error wrong(std::string what) { return core::fail(core::Errc::kInvalid, std::move(what)); }

// Takes `digits` digits from the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int out = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + digits, out);
  if (bad != std::errc() || end != text.data() + digits || out < 0) return std::nullopt;
  text.remove_prefix(digits);
  return out;
}

bool take(std::string_view& text, char letter) {
  if (!text.starts_with(letter)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_days(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

// "09:30", "09:30:15", "09:30:15.250" in milliseconds.
std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  std::optional<int> second = 0;
  if (minute && take(text, ':')) second = take_number(text, 2);
  if (!minute || !second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  if (take(text, '.')) {
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
  }
  return ((*hour * 60 + *minute) * 60 + *second) * std::int64_t{1000};
}

}  // namespace

core::Result<std::int64_t> parse_moment(std::string_view text) {
  std::string_view rest = text;
  const auto days = take_days(rest);
  std::optional<std::int64_t> time = 0;
  if (days && !rest.empty()) {
    if (take(rest, 'T') || take(rest, ' ')) time = take_time(rest);
    if (!rest.empty() && rest.front() == 'Z') rest.remove_prefix(1);
    else if (rest.starts_with("+00:00")) rest.remove_prefix(6);
  }
  if (!days || !time || !rest.empty()) return wrong("a time is of the form 2026-11-22 or 2026-11-22T09:30:00Z");
  return *days * 86'400'000 + *time;
}

core::Result<AuditFilter> parse_filter(const AuditFilterText& text) {
  for (const std::string* field : {&text.actor, &text.action, &text.object, &text.ip, &text.outcome, &text.from, &text.to, &text.text}) {
    if (field->size() > kFilterTextMax) return wrong("a filter has at most 200 bytes");
  }
  AuditFilter out;
  if (!text.actor.empty()) {
    std::uint64_t id = 0;
    const char* end = text.actor.data() + text.actor.size();
    const auto [at, bad] = std::from_chars(text.actor.data(), end, id);
    if (bad != std::errc() || at != end) return wrong("actor: the id of a user");
    out.actor = core::UserId{id};
  }
  out.action = text.action;
  out.object = text.object;
  out.client_ip = text.ip;
  out.text = text.text;
  for (const Outcome each : {Outcome::kOk, Outcome::kDenied, Outcome::kFailed}) {
    if (text.outcome == to_string(each)) out.outcome = each;
  }
  if (!text.outcome.empty() && !out.outcome) return wrong("outcome: ok, denied or failed");
  if (!text.from.empty()) {
    POSTERN_TRY(out.from_unix_ms, parse_moment(text.from));
  }
  if (!text.to.empty()) {
    POSTERN_TRY(out.to_unix_ms, parse_moment(text.to));
  }
  return out;
}

core::Result<ChainAnchor> parse_anchor(std::string_view text) {
  ChainAnchor out;
  const char* end = text.data() + text.size();
  const auto [at, bad] = std::from_chars(text.data(), end, out.sequence);
  std::optional<std::string> hash;
  if (bad == std::errc() && at != end && *at == ':') hash = core::from_hex(std::string_view(at + 1, static_cast<std::size_t>(end - at - 1)));
  if (!hash || hash->size() != kHashBytes || out.sequence == 0) return wrong("an anchor is NUMBER:HASH, as verify prints it");
  out.hash = std::move(*hash);
  return out;
}

std::string anchor_text(std::uint64_t sequence, std::string_view hash) { return std::to_string(sequence) + ":" + core::to_hex(hash); }

}  // namespace postern::auth
