#pragma once
// ticketing/automation/placeholders.h: "{{ticket.id}}" and the like in texts of rules, and what stands there for one ticket.
// Plain substitution: no conditions, no loops, and what is filled in is not looked at again. Names are Zendesk's.
// Thread-safety: check_placeholders() is pure; a TicketText has one owner.
// Errors: check_placeholders(): Errc::kInvalid, whose context names the unknown one; TicketText: those of the store and the vault.
// Limits: RuleLimits::inserted_bytes_max, mail_bytes_max; longer texts are cut at a character.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ticketing/automation/rule_parts.h"
#include "ticketing/detail/ticket_draft.h"

namespace postern::ticketing {

core::Result<void> check_placeholders(std::string_view text);
struct PlaceholderInfo {
  std::string_view name;   // "ticket.requester.name"; "ticket.ticket_field_" goes on with a field's id
  std::string_view title;
};
std::vector<PlaceholderInfo> placeholder_list();

// Somebody of the workspace, also a contact whom this very change makes.
core::Result<std::optional<auth::User>> find_person(const RuleParts& parts, storage::Transaction& transaction, core::WorkspaceId workspace,
                                                    core::UserId id);

// Who will read it: agents see notes, customers do not.
enum class Readers : std::uint8_t { kAgents, kCustomers };

// The ticket as it stands in the draft. `current`: who makes the change; 0: nobody.
class TicketText {
 public:
  // What is filled in from now on is a mail to that customer alone: only there are links to their own requests. 0: it is not.
  void write_to(core::UserId customer) { customer_ = customer; }
  TicketText(const RuleParts& parts, TicketDraft& ticket, core::UserId current) : parts_(parts), ticket_(ticket), current_(current) {}
  core::Result<std::string> fill(std::string_view text, Readers readers) { return fill(text, readers, Inside::kText); }
  // A JSON document stays one: what is filled in stands inside its strings.
  core::Result<std::string> fill_json(std::string_view text, Readers readers) { return fill(text, readers, Inside::kJson); }
  // HTML gets no elements by what is filled in, but for line ends.
  core::Result<std::string> fill_html(std::string_view html, Readers readers) { return fill(html, readers, Inside::kHtml); }

 private:
  enum class Inside : std::uint8_t { kText, kJson, kHtml };
  core::Result<std::string> fill(std::string_view text, Readers readers, Inside inside);
  core::Result<std::string> value(std::string_view name, Readers readers);
  core::Result<std::string> of_person(core::UserId who, std::string_view what);
  // Newest first, those of this change among them.
  core::Result<std::vector<schema::Comment>> comments(Readers readers, std::size_t count);
  core::Result<std::string> text_of(const schema::Comment& comment);
  core::Result<std::string> latest(Readers readers, bool is_public_only);
  core::Result<std::string> quoted(Readers readers, std::size_t count);
  core::Result<std::string> first_text();
  std::string url() const;

  const RuleParts& parts_;
  TicketDraft& ticket_;
  core::UserId current_;
  core::UserId customer_;
};

}  // namespace postern::ticketing
