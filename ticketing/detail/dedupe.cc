#include "ticketing/detail/dedupe.h"

#include <array>
#include <utility>

#include "core/encoding.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {
namespace {

constexpr std::array<std::string_view, 3> kTraceFields{"received", "authentication-results", "return-path"};

// Which of the fields this line begins, or kTraceFields.size().
std::size_t trace_field(std::string_view line) {
  const std::string_view name = core::trim_ascii(line.substr(0, line.find(':')));
  std::size_t i = 0;
  while (i < kTraceFields.size() && !core::equals_ignoring_case(name, kTraceFields[i])) ++i;
  return i;
}

std::size_t line_end(std::string_view text, std::size_t from) {
  const auto end = text.find('\n', from);
  return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace

std::string_view without_leading_trace(std::string_view raw) {
  std::size_t at = 0;
  std::array<bool, kTraceFields.size() + 1> seen{};
  seen.back() = true;  // any other field ends the search
  while (at < raw.size()) {
    const std::size_t field = trace_field(raw.substr(at, line_end(raw, at) - at));
    if (std::exchange(seen[field], true)) break;
    at = line_end(raw, at);
    while (at < raw.size() && (raw[at] == ' ' || raw[at] == '\t')) at = line_end(raw, at);  // folded
  }
  return raw.substr(at);
}

core::Result<std::vector<std::string>> delivery_keys(const Basics& with, const Target& target, const IncomingMail& mail) {
  std::vector<std::string> out;
  std::string_view identity = without_leading_trace(mail.raw);
  // Programs send the same report again and again without an id: only a prompt retry of the same sender is a repeat.
  std::string longer;
  if (mail.content.message_id.empty()) {
    longer = identity;
    longer += '\0' + mail.mail_from.canonical() + '\0' + mail.client_ip;
    identity = longer;
  }
  POSTERN_TRY(const std::string exact, with.vault.content_hash(target.workspace, identity));
  out.push_back(keys::delivery(target.workspace, target.inbox, "exact", exact));
  return out;
}

core::Result<std::optional<schema::Delivery>> find_delivery(const Basics& with, storage::Transaction& transaction,
                                                            const IncomingMail& mail, const std::vector<std::string>& keys) {
  const std::chrono::milliseconds life_of_kind =
      mail.content.message_id.empty() ? with.options.dedupe_life_without_id : std::chrono::milliseconds(with.options.dedupe_life);
  const auto life = life_of_kind.count();
  std::optional<schema::Delivery> found;
  for (const std::string& key : keys) {  // all of them: each belongs to the read set
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
    if (!value) continue;
    schema::Delivery delivery;
    POSTERN_CHECK(storage::parse_record(*value, delivery));
    if (delivery.at_unix_ms() + life > with.now_ms()) found = delivery;
  }
  return found;
}

core::Result<void> remember_delivery(const Basics& with, storage::Transaction& transaction,
                                     const std::vector<std::string>& keys, core::TicketId ticket, core::CommentId comment) {
  schema::Delivery delivery;
  delivery.set_ticket(ticket.value);
  delivery.set_comment(comment.value);
  delivery.set_at_unix_ms(with.now_ms());
  for (const std::string& key : keys) POSTERN_CHECK(storage::put_plain(transaction, key, delivery));
  return {};
}

}  // namespace postern::ticketing
