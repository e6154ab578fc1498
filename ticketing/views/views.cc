#include "ticketing/views/views.h"

#include <algorithm>

#include "auth/errc.h"
#include "core/encoding.h"
#include "ticketing/detail/damage.h"
#include "ticketing/views/default_views.h"
#include "ticketing/views/keys.h"

namespace postern::ticketing {
namespace {

std::string object(std::uint64_t id) { return "view/" + std::to_string(id); }

std::string text_of(const schema::Conditions& conditions) {
  std::string out;
  const auto add = [&out](const auto& list, const char* word) {
    for (const schema::Condition& each : list) {
      out += (out.empty() ? "" : std::string(" ") + word + " ") + each.field() + " " + each.op();
      for (const std::string& value : each.values()) out += " " + (value.empty() ? "(none)" : value);
    }
  };
  add(conditions.all(), "and");
  std::string all = std::move(out);
  out.clear();
  add(conditions.any(), "or");
  return out.empty() ? all : all + " and (" + out + ")";
}

std::string order_of(const schema::ViewShape& shape) {
  std::string out = shape.sort_by() + (shape.sort_descending() ? " desc" : " asc");
  if (!shape.group_by().empty()) out = shape.group_by() + (shape.group_descending() ? " desc, " : " asc, ") + out;
  return out;
}

std::vector<std::pair<std::string, std::string>> shown(const schema::View& view) {
  std::string groups;
  for (const std::uint64_t group : view.groups()) groups += (groups.empty() ? "" : " ") + std::to_string(group);
  return {{"title", view.title()},
          {"active", view.is_active() ? "true" : "false"},
          {"conditions", text_of(view.shape().conditions())},
          {"order", order_of(view.shape())},
          {"owner", view.owner() == 0 ? "" : std::to_string(view.owner())},
          {"groups", groups}};
}

core::Result<void> invalid(std::string what) { return core::fail(Errc::kInvalid, std::move(what)); }

// What everybody sees is not changed by somebody who is limited to inboxes.
bool may_set_up(const auth::Principal& by) { return auth::may(by, auth::Permission::kSettingsManage) && !by.inboxes.is_limited(); }

core::Result<void> check_may_change(const auth::Principal& by, const schema::View& view) {
  if (view.owner() == 0 ? may_set_up(by) : view.owner() == by.user.value) return {};
  return core::fail(auth::Errc::kForbidden, "view");
}

auth::Principal system_of(core::WorkspaceId workspace) {
  auth::Principal out;
  out.workspace = workspace;
  out.role = auth::Role::kOwner;
  out.method = auth::Method::kOperator;
  return out;
}

Definitions<schema::View>::Kind kind_of(const ViewPlans& plans, const ViewLimits& limits,
                                        std::function<core::Result<void>(const schema::View&, const std::vector<schema::View>&)> check) {
  Definitions<schema::View>::Kind kind{DefinitionKind::kView, "view"};
  kind.limits.count_max = limits.views_max;
  kind.check = std::move(check);
  kind.shown = shown;
  kind.also = [&plans](storage::Transaction& transaction, core::WorkspaceId workspace, const schema::View* before,
                       const schema::View* after) -> core::Result<void> {
    if (before == nullptr && after->default_number() != 0) {
      const std::string key = view_keys::default_made(workspace, after->default_number());
      POSTERN_TRY(const std::optional<std::string> made, transaction.get(key));
      if (made) return core::fail(Errc::kConflict, object(after->id()));
      transaction.put(key, {});
    }
    return plans.follow(transaction, workspace, (after != nullptr ? after : before)->id(), after);
  };
  return kind;
}

}  // namespace

Views::Views(const Services& with, const pipeline::TextRedactor& redactor, GroupsOf groups_of, ViewLimits limits)
    : with_(with), redactor_(redactor), groups_of_(std::move(groups_of)), limits_(limits), plans_(with.vault, with.ids, limits_),
      index_(plans_, with.clock), filler_(with.store, with.vault, with.clock, plans_, index_, limits_),
      definitions_(with.store, with.vault, with.ids, with.clock,
                   kind_of(plans_, limits_, [this](const schema::View& view, const auto& others) { return check(view, others); })) {}

core::Result<void> Views::check(const schema::View& view, const std::vector<schema::View>& others) const {
  if (view.title().empty()) return invalid("title: must not be empty");
  if (view.title().size() > limits_.title_bytes_max) return invalid("title: too long");
  if (view.description().size() > limits_.description_bytes_max) return invalid("description: too long");
  if (static_cast<std::size_t>(view.columns_size()) > limits_.columns_max) {
    return invalid("output.columns: at most " + std::to_string(limits_.columns_max));
  }
  for (const std::string& column : view.columns()) {
    if (!find_view_column(column)) return invalid("output.columns: there is no such column");
  }
  if (static_cast<std::size_t>(view.groups_size()) > limits_.groups_max) return invalid("restriction: too many groups");
  const auto is_mine = [&view](const schema::View& other) { return other.owner() == view.owner(); };
  if (view.owner() != 0 && static_cast<std::size_t>(std::ranges::count_if(others, is_mine)) >= limits_.personal_views_max) {
    return invalid("view: at most " + std::to_string(limits_.personal_views_max) + " personal views");
  }
  POSTERN_CHECK(CompiledView::compile(view.shape(), limits_));
  return {};
}

void Views::clean(core::WorkspaceId workspace, schema::View& view) const {
  const auto redact = [&](const std::string& text) { return redactor_.redact_text(text, {"view", workspace, {}}).text(); };
  view.set_title(redact(view.title()));
  view.set_description(redact(view.description()));
  auto& conditions = *view.mutable_shape()->mutable_conditions();
  for (auto* list : {conditions.mutable_all(), conditions.mutable_any()}) {
    for (schema::Condition& each : *list) {
      for (std::string& value : *each.mutable_values()) value = redact(value);
    }
  }
}

core::Result<bool> Views::sees(const auth::Principal& by, const schema::View& view) const {
  if (view.owner() != 0) return view.owner() == by.user.value;
  if (view.groups().empty() || may_set_up(by)) return true;
  POSTERN_TRY(const std::vector<std::uint64_t> groups, groups_of_(by.workspace, by.user));
  return std::ranges::any_of(view.groups(), [&groups](std::uint64_t group) { return std::ranges::find(groups, group) != groups.end(); });
}

core::Result<std::vector<schema::View>> Views::visible(const auth::Principal& by) const {
  POSTERN_TRY(const Definitions<schema::View>::List all, definitions_.all(by.workspace));
  std::vector<schema::View> out;
  for (const schema::View& view : *all) {
    POSTERN_TRY(const bool is_seen, sees(by, view));
    if (is_seen) out.push_back(view);
  }
  return out;
}

core::Result<schema::View> Views::find(const auth::Principal& by, std::uint64_t id) const {
  POSTERN_TRY(schema::View view, definitions_.find(by.workspace, id));
  POSTERN_TRY(const bool is_seen, sees(by, view));
  if (!is_seen) return core::fail(Errc::kNotFound, object(id));
  return view;
}

core::Task<core::Result<schema::View>> Views::save(auth::Principal by, std::uint64_t id, Edit edit) {
  const auto change = [this, &by, &edit](schema::View& view) -> core::Result<void> {
    POSTERN_CHECK(edit(view));
    POSTERN_CHECK(check_may_change(by, view));
    clean(by.workspace, view);
    if (view.shape().sort_by().empty()) {
      view.mutable_shape()->set_sort_by("nice_id");
      view.mutable_shape()->set_sort_descending(true);
    }
    return {};
  };
  if (id != 0) POSTERN_CO_CHECK(find(by, id));
  const auto change_known = [&change, &by](schema::View& view) -> core::Result<void> {
    POSTERN_CHECK(check_may_change(by, view));
    return change(view);
  };
  std::function<core::Result<void>(schema::View&)> apply = change_known;
  schema::View draft;
  draft.set_is_active(true);
  if (id == 0) POSTERN_CO_CHECK(change(draft));
  core::Result<schema::View> saved = id == 0 ? co_await definitions_.create(by, std::move(draft)) : co_await definitions_.update(by, id, std::move(apply));
  // Small workspaces need not wait for the next round; what fails here is tried again there.
  if (saved) (void)co_await filler_.fill_step(by.workspace);
  co_return saved;
}

core::Task<core::Result<void>> Views::erase(auth::Principal by, std::uint64_t id, Definitions<schema::View>::Guard guard) {
  const core::Result<schema::View> view = find(by, id);
  const bool is_unknown = !view && view.error() == Errc::kNotFound;
  if (!view && !(is_unknown && may_set_up(by))) co_return view.error();
  if (view) POSTERN_CO_CHECK(check_may_change(by, *view));
  POSTERN_CO_CHECK(co_await definitions_.erase(by, id, is_unknown, std::move(guard)));  // of a damaged one nobody knows whose it is
  co_return core::Result<void>();
}

core::Task<core::Result<std::size_t>> Views::fill(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  POSTERN_CO_CHECK(co_await make_default_views(workspace));
  FirstFailure failure;  // of one; the other is done all the same
  const core::Result<std::size_t> filled = co_await filler_.fill(workspace, is_stopping);
  if (!filled) failure.note(filled.error());
  const core::Result<std::size_t> erased = co_await filler_.erase(workspace, is_stopping);
  if (!erased) failure.note(erased.error());
  co_return failure.or_count((filled ? *filled : 0) + (erased ? *erased : 0));
}

core::Task<core::Result<std::size_t>> Views::follow_clock(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  co_return co_await filler_.follow_clock(workspace, is_stopping);
}

core::Task<core::Result<void>> Views::make_default_views(core::WorkspaceId workspace) {
  {
    const std::lock_guard lock(mutex_);
    if (have_defaults_.contains(workspace)) co_return core::Result<void>();
  }
  const auto snapshot = with_.store.snapshot();
  for (schema::View& view : default_views()) {
    POSTERN_CO_TRY(const std::optional<std::string> made, snapshot->get(view_keys::default_made(workspace, view.default_number())));
    if (made) continue;
    const core::Result<schema::View> created = co_await definitions_.create(system_of(workspace), std::move(view));
    if (!created && !(created.error() == Errc::kConflict)) co_return created.error();
  }
  const std::lock_guard lock(mutex_);
  have_defaults_.insert(workspace);
  co_return core::Result<void>();
}

}  // namespace postern::ticketing
