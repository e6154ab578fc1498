#pragma once
// ticketing/automation/macros.h: what an agent does to tickets again and again, as one step that he takes. A macro is everybody's,
// that of groups, or somebody's own. Applying one stores nothing: it shows the ticket as it would be, and the comment to
// be looked at; what the agent then sends is a change like any other.
// Thread-safety: all methods from any executor.  Ownership: borrows what RuleParts borrows.
// Errors: Errc::kNotFound (also of a macro that is not for whoever asks), Errc::kInvalid (the context begins with the field),
// auth::Errc::kForbidden, those of the store.  Limits: RuleLimits, DefinitionLimits.
#include <functional>

#include "ticketing/automation/rule_record.h"
#include "ticketing/definitions/definitions.h"

namespace postern::ticketing {

class Macros {
 public:
  using List = Definitions<schema::Macro>::List;
  using Edit = std::function<core::Result<void>(schema::Macro&)>;
  explicit Macros(RuleParts parts);

  // Those that somebody may use; whoever manages settings sees all shared ones.
  core::Result<std::vector<schema::Macro>> all(const auth::Principal& by) const;
  core::Result<schema::Macro> find(const auth::Principal& by, std::uint64_t id) const;
  // `edit` changes it as somebody typed it; then it is redacted and checked. Id 0: a new one. Shared macros need settings:manage.
  core::Task<core::Result<schema::Macro>> save(auth::Principal by, std::uint64_t id, Edit edit);
  core::Task<core::Result<schema::Macro>> erase(auth::Principal by, std::uint64_t id, Definitions<schema::Macro>::Guard guard = {});
  core::Task<core::Result<List>> reorder(auth::Principal by, std::vector<std::uint64_t> order) {
    return definitions_.reorder(std::move(by), std::move(order));
  }

  struct Applied {
    Ticket before;
    Ticket after;
    std::string comment;             // empty: it writes none
    std::string comment_html;        // the same, formatted and sanitised; empty: it is plain
    std::optional<bool> is_public;   // where the macro says so
    std::vector<std::string> skipped;  // what it cannot do to this ticket, and why
  };
  // Nothing is stored. Without a ticket: a new one of nobody, and placeholders stay as they are.
  core::Result<Applied> apply(const auth::Principal& by, std::uint64_t macro, std::optional<core::TicketId> ticket) const;
  // An agent used these on a ticket: in the transaction of that change. Those that there are not are passed over.
  core::Result<void> count_uses(TicketDraft& saved, const auth::Principal& by, const std::vector<std::uint64_t>& macros) const;
  // Of a job, when it is made: that many.
  core::Task<core::Result<void>> count_uses(auth::Principal by, std::uint64_t macro, std::size_t count) const;

  const RuleParts& parts() const { return parts_; }

 private:
  core::Result<bool> may_use(const auth::Principal& by, const schema::Macro& macro, const std::vector<std::uint64_t>& groups) const;
  core::Result<std::vector<std::uint64_t>> groups_of(const auth::Principal& by) const;
  core::Result<void> check_may_change(const auth::Principal& by, const schema::Macro& macro) const;
  core::Result<void> prepare(const auth::Principal& by, schema::Macro& macro) const;

  const RuleParts parts_;
  Definitions<schema::Macro> definitions_;
};

// What stands before "::" in its title; empty when nothing does.
std::string macro_category(std::string_view title);

}  // namespace postern::ticketing
