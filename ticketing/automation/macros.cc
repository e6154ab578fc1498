#include "ticketing/automation/macros.h"

#include <algorithm>

#include "auth/errc.h"
#include "core/encoding.h"
#include "ticketing/people/groups.h"
#include "ticketing/shown.h"
#include "ticketing/people/transact.h"

namespace postern::ticketing {
namespace {

constexpr std::size_t kOwnMacrosMax = 100;  // of one person, beside those of the workspace

std::vector<std::pair<std::string, std::string>> shown_macro(const schema::Macro& macro) {
  auto out = shown_rule(macro.is_active(), nullptr, macro.actions());
  std::string whose = macro.owner() != 0 ? "user " + std::to_string(macro.owner()) : macro.groups().empty() ? "everybody" : "groups";
  for (const std::uint64_t group : macro.groups()) whose += " " + std::to_string(group);
  out.emplace_back("restriction", std::move(whose));
  return out;
}

}  // namespace

Macros::Macros(RuleParts parts)
    : parts_(std::move(parts)),
      definitions_(parts_.with.store, parts_.with.vault, parts_.with.ids, parts_.with.clock,
                   {.kind = DefinitionKind::kMacro, .word = "macro", .limits = {.own_max = kOwnMacrosMax}, .shown = shown_macro,
                    .owner = [](const schema::Macro& each) { return each.owner(); }}) {}

core::Result<std::vector<std::uint64_t>> Macros::groups_of(const auth::Principal& by) const {
  if (parts_.groups == nullptr) return std::vector<std::uint64_t>();
  return parts_.groups->groups_of(by.workspace, by.user);
}

core::Result<bool> Macros::may_use(const auth::Principal& by, const schema::Macro& macro, const std::vector<std::uint64_t>& groups) const {
  if (macro.owner() != 0) return macro.owner() == by.user.value;
  if (macro.groups().empty() || auth::may(by, auth::Permission::kSettingsManage)) return true;
  return std::ranges::any_of(macro.groups(), [&groups](std::uint64_t each) { return std::ranges::find(groups, each) != groups.end(); });
}

core::Result<std::vector<schema::Macro>> Macros::all(const auth::Principal& by) const {
  POSTERN_TRY(const List list, definitions_.all(by.workspace));
  POSTERN_TRY(const std::vector<std::uint64_t> groups, groups_of(by));
  std::vector<schema::Macro> out;
  for (const schema::Macro& each : *list) {
    POSTERN_TRY(const bool is_his, may_use(by, each, groups));
    if (is_his) out.push_back(each);
  }
  return out;
}

core::Result<schema::Macro> Macros::find(const auth::Principal& by, std::uint64_t id) const {
  POSTERN_TRY(schema::Macro found, definitions_.find(by.workspace, id));
  POSTERN_TRY(const std::vector<std::uint64_t> groups, groups_of(by));
  POSTERN_TRY(const bool is_his, may_use(by, found, groups));
  if (!is_his) return core::fail(Errc::kNotFound, "macro/" + std::to_string(id));
  return found;
}

core::Result<void> Macros::check_may_change(const auth::Principal& by, const schema::Macro& macro) const {
  const bool is_own = macro.owner() != 0 && macro.owner() == by.user.value;
  if (is_own || (macro.owner() == 0 && auth::may(by, auth::Permission::kSettingsManage) && !by.inboxes.is_limited())) return {};
  return core::fail(auth::Errc::kForbidden, "macro: shared ones are those of whoever manages settings");
}

core::Result<void> Macros::prepare(const auth::Principal& by, schema::Macro& macro) const {
  POSTERN_TRY(const std::string title, clean_rule_text(parts_, by.workspace, "title", macro.title(), parts_.limits.title_bytes_max, true));
  macro.set_title(title);
  POSTERN_TRY(const std::string description,
              clean_rule_text(parts_, by.workspace, "description", macro.description(), parts_.limits.description_bytes_max, false));
  macro.set_description(description);
  std::ranges::sort(*macro.mutable_groups());
  if (static_cast<std::size_t>(macro.groups_size()) > parts_.limits.groups_max) return core::fail(Errc::kInvalid, "restriction: too many groups");
  for (const std::uint64_t group : macro.groups()) {
    const auto known = parts_.groups == nullptr ? core::Result<Group>(core::fail(Errc::kNotFound)) : parts_.groups->find(by.workspace, group);
    if (known) continue;
    return known.error() == Errc::kNotFound ? core::fail(Errc::kInvalid, "restriction: there is no such group") : known.error();
  }
  POSTERN_CHECK(redact_actions(parts_, by.workspace, *macro.mutable_actions()));
  return check_actions(parts_, by.workspace, RuleKind::kMacro, macro.actions());
}

core::Task<core::Result<schema::Macro>> Macros::save(auth::Principal by, std::uint64_t id, Edit edit) {
  auto change = [this, &by, &edit](schema::Macro& macro) -> core::Result<void> {
    if (macro.id() != 0) POSTERN_CHECK(check_may_change(by, macro));
    POSTERN_CHECK(edit(macro));
    POSTERN_CHECK(check_may_change(by, macro));
    return prepare(by, macro);
  };
  if (id != 0) {
    POSTERN_CO_CHECK(find(by, id));  // somebody else's own is not there
    co_return co_await definitions_.update(by, id, std::move(change));
  }
  schema::Macro draft;
  draft.set_is_active(true);
  POSTERN_CO_CHECK(change(draft));
  co_return co_await definitions_.create(by, std::move(draft));
}

core::Task<core::Result<schema::Macro>> Macros::erase(auth::Principal by, std::uint64_t id, Definitions<schema::Macro>::Guard guard) {
  const core::Result<schema::Macro> known = find(by, id);
  const bool may_clear = auth::may(by, auth::Permission::kSettingsManage) && !by.inboxes.is_limited();
  if (!known && known.error() == Errc::kNotFound && may_clear) co_return co_await definitions_.erase(by, id, true);  // of a damaged one nobody knows whose
  if (!known) co_return known.error();
  POSTERN_CO_CHECK(check_may_change(by, *known));
  co_return co_await definitions_.erase(by, id, false, std::move(guard));
}

core::Result<Macros::Applied> Macros::apply(const auth::Principal& by, std::uint64_t id, std::optional<core::TicketId> ticket) const {
  POSTERN_TRY(const schema::Macro macro, find(by, id));
  storage::Transaction transaction = parts_.with.store.begin();  // never committed
  const auto inboxes = parts_.with.directory.inboxes_of(by.workspace);
  const core::InboxId inbox = inboxes.empty() ? core::InboxId{} : inboxes.front().id;
  POSTERN_TRY(TicketDraft draft, ticket ? TicketDraft::open(parts_.with, transaction, by.workspace, *ticket)
                                        : TicketDraft::create(parts_.with, transaction, by.workspace, core::TicketId{}, inbox));
  if (ticket && !by.inboxes.has(core::InboxId{draft.record().inbox()})) return core::fail(Errc::kNotFound, "ticket/" + std::to_string(ticket->value));
  if (ticket && draft.record().deleted_unix_ms() != 0) return core::fail(Errc::kNotFound, "ticket/" + std::to_string(ticket->value));
  draft.changed_by({by.user, by.role, "api"});
  Applied out;
  out.before = shown(transaction.snapshot(), parts_.with.vault, by, draft.record());
  POSTERN_TRY(RuleEffects effects, ActionRun(parts_, draft, by.user, by.user).apply(macro.actions()));
  out.after = shown(transaction.snapshot(), parts_.with.vault, by, draft.record());
  out.after.version = out.before.version;  // nothing has happened
  out.comment = std::move(effects.comment);
  out.comment_html = std::move(effects.comment_html);
  out.is_public = effects.is_public;
  out.skipped = std::move(effects.skipped);
  if (ticket) return out;
  RuleEffects unfilled = ActionRun(parts_, draft, by.user, by.user).comment_as_written(macro.actions());  // no ticket could fill in anything
  out.comment = std::move(unfilled.comment);
  out.comment_html = std::move(unfilled.comment_html);
  return out;
}

core::Result<void> Macros::count_uses(TicketDraft& saved, const auth::Principal& by, const std::vector<std::uint64_t>& macros) const {
  POSTERN_TRY(const List list, definitions_.all(by.workspace));
  for (const schema::Macro& each : *list) {
    if (std::ranges::find(macros, each.id()) != macros.end()) count_rule_use(parts_, saved.transaction(), by.workspace, each.id());
  }
  return {};
}

core::Task<core::Result<void>> Macros::count_uses(auth::Principal by, std::uint64_t macro, std::size_t count) const {
  auto change = [&](storage::Transaction& transaction) -> core::Result<bool> {
    for (std::size_t i = 0; i < count; ++i) count_rule_use(parts_, transaction, by.workspace, macro);
    return true;
  };
  const auto counted = co_await transact_people(parts_.with, std::move(change));
  if (!counted) co_return counted.error();
  co_return core::Result<void>();
}

std::string macro_category(std::string_view title) {
  const std::size_t end = title.find("::");
  return end == std::string_view::npos ? std::string() : std::string(core::trim_ascii(title.substr(0, end)));
}

}  // namespace postern::ticketing
