#include "ticketing/senders/sender_lists.h"

#include <algorithm>

#include "core/encoding.h"
#include "ticketing/senders/keys.h"

namespace postern::ticketing {
namespace {

constexpr std::string_view kAllowed = "a";
constexpr std::string_view kBlocked = "b";
constexpr std::string_view kEverybody = "*";
constexpr std::string_view kMark = "";  // no pattern: that there ever was an entry
constexpr std::size_t kLabelsMax = 127;  // of a domain name (RFC 1035 section 2.3.4: 255 bytes)

Definitions<schema::SenderEntry>::Kind sender_kind(const SenderListLimits& limits) {
  Definitions<schema::SenderEntry>::Kind kind{DefinitionKind::kSender, "sender", {}, {}, {}, {}, nullptr};
  kind.limits.count_max = limits.entries_max;
  kind.check = [](const schema::SenderEntry& changed,
                  const std::vector<schema::SenderEntry>& others) -> core::Result<void> {
    const bool is_there =
        std::ranges::any_of(others, [&](const schema::SenderEntry& each) { return each.title() == changed.title(); });
    if (is_there) return core::fail(Errc::kInvalid, "pattern: is listed already");
    return {};
  };
  kind.shown = [](const schema::SenderEntry& entry) {
    return std::vector<std::pair<std::string, std::string>>{{"list", entry.is_block() ? "block" : "allow"}};
  };
  kind.also = [](storage::Transaction& transaction, core::WorkspaceId workspace, const schema::SenderEntry* before,
                 const schema::SenderEntry* after) -> core::Result<void> {
    if (before != nullptr) transaction.erase(intake_keys::sender(workspace, before->title()));
    if (after != nullptr) {
      transaction.put(intake_keys::sender(workspace, after->title()), std::string(after->is_block() ? kBlocked : kAllowed));
      transaction.put(intake_keys::sender(workspace, kMark), {});
    }
    return {};
  };
  return kind;
}

ListedSender to_listed(const schema::SenderEntry& from) {
  return {from.id(),   std::string(from.title()), from.is_block() ? SenderList::kBlock : SenderList::kAllow,
          from.note(), from.created_unix_ms(),    from.updated_unix_ms()};
}

bool is_domain(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.front() == '-' || text.back() == '-') return false;
  return std::ranges::none_of(text,
                              [](char c) {
                                return static_cast<unsigned char>(c) <= ' ' ||
                                       std::string_view("@,;:<>()[]\\\"*/").find(c) != std::string_view::npos;
                              }) &&
         text.find("..") == std::string_view::npos;
}

// The address, then its domain and those above it.
void add_patterns(const pipeline::EmailAddress& address, std::vector<std::string>& out) {
  if (address.empty()) return;
  out.push_back(address.canonical());
  std::string domain = address.domain_lower();
  for (std::size_t labels = 0; !domain.empty() && labels < kLabelsMax; ++labels) {
    out.push_back(domain);
    const auto dot = domain.find('.');
    domain = dot == std::string::npos ? std::string() : domain.substr(dot + 1);
  }
}

}  // namespace

std::string_view to_string(SenderList list) { return list == SenderList::kAllow ? "allow" : "block"; }

std::optional<SenderList> parse_sender_list(std::string_view word) {
  if (word == "allow") return SenderList::kAllow;
  if (word == "block") return SenderList::kBlock;
  return std::nullopt;
}

std::optional<std::string> normal_sender_pattern(std::string_view typed) {
  std::string text = core::to_lower_ascii(core::trim_ascii(typed));
  if (text == kEverybody) return text;
  const auto at = text.rfind('@');
  if (at == 0) text.erase(0, 1);  // "@example.com"
  const auto behind =
      at == std::string::npos || at == 0 ? std::string_view(text) : std::string_view(text).substr(at + 1);
  if (!is_domain(behind)) return std::nullopt;
  const bool has_control =
      std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  if (has_control) return std::nullopt;
  return text;
}

SenderLists::SenderLists(Services with, const pipeline::TextRedactor& redactor, SenderListLimits limits)
    : with_(with),
      redactor_(redactor),
      limits_(limits),
      entries_(with_.store, with_.vault, with_.ids, with_.clock, sender_kind(limits_)) {}

core::Result<std::vector<ListedSender>> SenderLists::all(core::WorkspaceId workspace) const {
  POSTERN_TRY(const auto list, entries_.all(workspace));
  std::vector<ListedSender> out;
  for (const schema::SenderEntry& each : *list) out.push_back(to_listed(each));
  std::ranges::sort(out, {}, &ListedSender::id);
  return out;
}

core::Result<ListedSender> SenderLists::find(core::WorkspaceId workspace, std::uint64_t id) const {
  POSTERN_TRY(const schema::SenderEntry found, entries_.find(workspace, id));
  return to_listed(found);
}

core::Task<core::Result<ListedSender>> SenderLists::add(auth::Principal by, std::string pattern, SenderList list,
                                                        std::string note) {
  const auto normal = normal_sender_pattern(pattern);
  if (!normal || normal->size() > limits_.pattern_bytes_max) {
    co_return core::fail(Errc::kInvalid, "pattern: an address, a domain, or * for everybody");
  }
  // An entry that redaction would change would be another one: it is refused, not stored.
  if (redactor_.redact_text(*normal, {"sender", by.workspace, {}}).text() != *normal) {
    co_return core::fail(Errc::kInvalid, "pattern: holds what may not be stored");
  }
  POSTERN_CO_TRY(const std::vector<ListedSender> known, all(by.workspace));
  const auto same = std::ranges::find(known, *normal, &ListedSender::pattern);
  if (same != known.end()) {
    std::optional<std::string> new_note;
    if (!note.empty()) new_note = std::move(note);
    co_return co_await change(by, same->id, list, std::move(new_note));
  }
  schema::SenderEntry draft;
  draft.set_is_active(true);
  draft.set_title(*normal);
  draft.set_is_block(list == SenderList::kBlock);
  draft.set_note(redactor_.redact_text(note, {"note", by.workspace, {}}).text());
  POSTERN_CO_TRY(const schema::SenderEntry made, co_await entries_.create(by, std::move(draft)));
  co_return to_listed(made);
}

core::Task<core::Result<ListedSender>> SenderLists::change(auth::Principal by, std::uint64_t id,
                                                           std::optional<SenderList> list,
                                                           std::optional<std::string> note) {
  if (note) note = redactor_.redact_text(*note, {"note", by.workspace, {}}).text();
  std::function<core::Result<void>(schema::SenderEntry&)> edit =
      [&list, &note](schema::SenderEntry& entry) -> core::Result<void> {
    if (list) entry.set_is_block(*list == SenderList::kBlock);
    if (note) entry.set_note(*note);
    return {};
  };
  POSTERN_CO_TRY(const schema::SenderEntry changed, co_await entries_.update(by, id, std::move(edit)));
  co_return to_listed(changed);
}

core::Task<core::Result<void>> SenderLists::remove(auth::Principal by, std::uint64_t id) {
  POSTERN_CO_CHECK(co_await entries_.erase(by, id));
  co_return core::Result<void>();
}

core::Result<Listed> look_up_sender(storage::Transaction& transaction, core::WorkspaceId workspace,
                                    const MailSource& source) {
  POSTERN_TRY(const std::optional<std::string> mark, transaction.get(intake_keys::sender(workspace, kMark)));
  if (!mark) return Listed::kNowhere;  // most workspaces have no lists: one read
  std::vector<std::string> author{std::string(kEverybody)};
  add_patterns(source.from, author);
  bool is_blocked = false;
  for (const std::string& each : author) {
    POSTERN_TRY(const std::optional<std::string> listed, transaction.get(intake_keys::sender(workspace, each)));
    if (!listed) continue;
    if (*listed == kAllowed && source.is_proven) return Listed::kAllowed;
    is_blocked = is_blocked || *listed == kBlocked;
  }
  if (is_blocked || source.mail_from == source.from) return is_blocked ? Listed::kBlocked : Listed::kNowhere;
  std::vector<std::string> envelope;
  add_patterns(source.mail_from, envelope);
  for (const std::string& each : envelope) {
    POSTERN_TRY(const std::optional<std::string> listed, transaction.get(intake_keys::sender(workspace, each)));
    if (listed && *listed == kBlocked) return Listed::kBlocked;
  }
  return Listed::kNowhere;
}

}  // namespace postern::ticketing
