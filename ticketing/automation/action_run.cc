#include "ticketing/automation/action_run.h"

#include <algorithm>
#include <array>

#include "core/encoding.h"
#include "ticketing/html_words.h"
#include "ticketing/fields/ticket_fields.h"
#include "ticketing/people/groups.h"

namespace postern::ticketing {
namespace {

core::Error impossible(std::string why) { return core::fail(Errc::kInvalid, std::move(why)); }

std::vector<std::string> tags_in(const schema::RuleAction& action) {
  std::vector<std::string> out;
  for (const std::string& value : action.values()) {
    for (const std::string_view each : rule_words(value, ' ')) out.push_back(normal_tag(each));
  }
  return out;
}

std::vector<core::UserId> people(const google::protobuf::RepeatedField<std::uint64_t>& ids) {
  std::vector<core::UserId> out;
  for (const std::uint64_t id : ids) out.push_back(core::UserId{id});
  return out;
}

}  // namespace

core::Result<RuleEffects> ActionRun::apply(const Actions& actions) {
  for (const schema::RuleAction& action : actions) {
    const auto applied = apply_one(action);
    if (!applied && !(applied.error() == Errc::kInvalid || applied.error() == Errc::kNotFound)) return applied.error();
    if (!applied) {
      out_.skipped.push_back(describe(action) + ": " + applied.error().context());
    } else {
      out_.done.push_back(describe(action));
    }
  }
  const auto assigned = assign();
  if (!assigned && !(assigned.error() == Errc::kInvalid)) return assigned.error();
  if (!assigned) out_.skipped.push_back("assignment: " + assigned.error().context());
  return std::move(out_);
}

core::Result<void> ActionRun::apply_one(const schema::RuleAction& action) {
  const ActionSpec* spec = find_action(action.field());
  if (spec == nullptr) return impossible("there is no such action");
  switch (spec->takes) {
    case ActionTakes::kWord: return apply_word(action);
    case ActionTakes::kGroup:
      group_ = rule_number(action.values(0));
      if (action.values(0) != "current_groups") return {};
      group_.reset();
      if (parts_.groups == nullptr || !current_) return impossible("there is no current user");
      {
        POSTERN_TRY(const auto groups, parts_.groups->groups_of(ticket_.workspace(), current_));
        if (groups.empty()) return impossible("the current user is in no group");
        group_ = groups.front();
      }
      return {};
    case ActionTakes::kAgent:
      if (action.field() == "follower") return apply_person(action);
      {
        POSTERN_TRY(assignee_, agent_of(action.values(0)));
      }
      return {};
    case ActionTakes::kPerson: return apply_person(action);
    case ActionTakes::kTags: return apply_tags(action);
    case ActionTakes::kCustomField:
    case ActionTakes::kCustomStatus: return apply_custom(action);
    case ActionTakes::kText: return apply_text(action);
    case ActionTakes::kDue: {
      const std::int64_t hours = static_cast<std::int64_t>(rule_number(action.values(1))) * (action.values(0) == "days_from_now" ? 24 : 1);
      return ticket_.set_due(actor_, parts_.with.now_ms() + hours * 3'600'000);
    }
    case ActionTakes::kFlag:
      out_.is_public = action.values(0) == "true";
      return {};
    case ActionTakes::kMail:
    case ActionTakes::kGroupMail:
    case ActionTakes::kWebhook:
      out_.messages.push_back(action);
      return {};
  }
  return {};
}

core::Result<void> ActionRun::apply_word(const schema::RuleAction& action) {
  const std::string& word = action.values(0);
  if (action.field() == "status") {
    const auto status = parse_status(word);
    return status ? set_status(*status) : impossible("there is no such status");
  }
  if (action.field() == "type") return ticket_.set_type(actor_, parse_ticket_type(word).value_or(TicketType::kNone));
  return ticket_.set_priority(actor_, parse_priority(word).value_or(Priority::kNone));
}

core::Result<void> ActionRun::set_status(Status status) {
  if (ticket_.status() == Status::kClosed) return impossible("the ticket is closed");
  if (status == ticket_.status()) return {};
  return ticket_.set_custom_status(actor_, 0, status);
}

core::Result<void> ActionRun::apply_tags(const schema::RuleAction& action) {
  const std::vector<std::string> tags = tags_in(action);
  if (action.field() == "remove_tags") return ticket_.remove_tags(actor_, tags);
  if (action.field() == "set_tags") return ticket_.set_tags(actor_, tags);
  std::vector<std::string> all{ticket_.record().tags().begin(), ticket_.record().tags().end()};
  all.insert(all.end(), tags.begin(), tags.end());
  return ticket_.set_tags(actor_, std::move(all));
}

core::Result<void> ActionRun::apply_person(const schema::RuleAction& action) {
  const bool is_current = action.values(0) == "current_user";
  const core::UserId who = is_current ? current_ : core::UserId{rule_number(action.values(0))};
  if (!who) return impossible("nobody");
  if (action.field() == "cc") {
    POSTERN_TRY(const auto user, parts_.with.accounts.find(ticket_.workspace(), who));
    if (!user) return impossible("there is nobody of this id");
    std::vector<core::UserId> ccs = people(ticket_.record().ccs());
    ccs.push_back(who);
    return ticket_.set_ccs(actor_, std::move(ccs));
  }
  POSTERN_TRY(const bool is_here, works_here(who));
  if (!is_here) return impossible("is not an agent of this inbox");
  std::vector<core::UserId> followers = people(ticket_.record().followers());
  followers.push_back(who);
  return ticket_.set_followers(actor_, std::move(followers));
}

core::Result<void> ActionRun::apply_text(const schema::RuleAction& action) {
  // Zendesk writes ["channel:all", text] too.
  const std::string& written = action.values(action.values_size() - 1);
  TicketText text(parts_, ticket_, current_);
  if (action.field() == "comment_value_html") {
    POSTERN_TRY(const std::string html, text.fill_html(written, Readers::kAgents));
    const pipeline::RedactedHtml clean = parts_.redactor.redact_html(html, {"comment", ticket_.workspace(), core::InboxId{ticket_.record().inbox()}});
    add_comment(clean.text(), clean.html());
    return {};
  }
  POSTERN_TRY(const std::string filled, text.fill(written, Readers::kAgents));
  const std::string clean = parts_.redactor.redact_text(filled, {"comment", ticket_.workspace(), core::InboxId{ticket_.record().inbox()}}).text();
  if (action.field() == "subject") return ticket_.set_subject(actor_, clean);
  add_comment(clean, {});
  return {};
}

RuleEffects ActionRun::comment_as_written(const Actions& actions) {
  for (const schema::RuleAction& each : actions) {
    if (!each.field().starts_with("comment_value")) continue;
    const std::string& written = each.values(each.values_size() - 1);
    if (each.field() == "comment_value") {
      add_comment(written, {});
      continue;
    }
    const pipeline::RedactedHtml clean = parts_.redactor.redact_html(written, {"comment", ticket_.workspace(), core::InboxId{ticket_.record().inbox()}});
    add_comment(clean.text(), clean.html());
  }
  return std::move(out_);
}

// Several actions write one comment, which is formatted when one of them is.
void ActionRun::add_comment(const std::string& text, const std::string& html) {
  if (text.empty()) return;
  const bool is_first = out_.comment.empty();
  if (!html.empty() || !out_.comment_html.empty()) {
    if (out_.comment_html.empty() && !is_first) out_.comment_html = "<p>" + as_html(out_.comment) + "</p>";
    out_.comment_html += html.empty() ? "<p>" + as_html(text) + "</p>" : html;
  }
  out_.comment += (is_first ? "" : "\n\n") + text;
}

core::Result<void> ActionRun::apply_custom(const schema::RuleAction& action) {
  if (parts_.fields == nullptr) return impossible("there are no custom fields");
  const core::WorkspaceId workspace = ticket_.workspace();
  if (const std::uint64_t field = custom_field_of(action.field())) {
    POSTERN_TRY(std::vector<std::string> values, parts_.fields->check_values(ticket_.transaction(), workspace,
                                                                             {field, {action.values().begin(), action.values().end()}}));
    return ticket_.set_field(actor_, field, std::move(values));
  }
  if (ticket_.status() == Status::kClosed) return impossible("the ticket is closed");
  const std::uint64_t status = rule_number(action.values(0));
  POSTERN_TRY(const Status category, parts_.fields->category_of(ticket_.transaction(), workspace, status));
  return ticket_.set_custom_status(actor_, status, category);
}

core::Result<core::UserId> ActionRun::agent_of(std::string_view value) {
  const core::UserId who = value == "current_user" ? current_ : core::UserId{rule_number(value)};
  if (value.empty()) return who;
  POSTERN_TRY(const bool is_here, works_here(who));
  if (!is_here) return impossible("is not an agent of this inbox");
  return who;
}

core::Result<bool> ActionRun::works_here(core::UserId user) {
  if (!user) return false;
  POSTERN_TRY(const auto known, parts_.with.accounts.find(ticket_.workspace(), user));
  return known && known->role >= auth::Role::kAgent && !known->is_disabled && known->permissions.has(auth::Permission::kTicketsRead) &&
         known->inboxes.has(core::InboxId{ticket_.record().inbox()});
}

core::Result<void> ActionRun::assign() {
  if (!group_ && !assignee_) return {};
  Assignment wished{group_.value_or(ticket_.record().group()), assignee_.value_or(core::UserId{ticket_.record().assignee()})};
  if (parts_.groups != nullptr) {
    const Assignment before{ticket_.record().group(), core::UserId{ticket_.record().assignee()}};
    POSTERN_TRY(wished, parts_.groups->settle(ticket_.transaction(), ticket_.workspace(), before, group_, assignee_));
  }
  POSTERN_CHECK(ticket_.set_group(actor_, wished.group));
  return ticket_.set_assignee(actor_, wished.assignee);
}

std::string html_as_text(std::string_view html) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kEntities{
      {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", " "}, {"&amp;", "&"}}};
  constexpr std::array<std::string_view, 8> kBreaks{"br", "/p", "/div", "/li", "/h1", "/h2", "/h3", "/tr"};
  std::string out;
  std::size_t last_end = html.rfind('>');  // looked for once: many "<" without an end cost nothing
  if (last_end == std::string_view::npos) last_end = 0;
  const std::string_view whole = html;
  while (!html.empty()) {
    if (html.front() == '<' && whole.size() - html.size() < last_end) {
      const std::string tag = core::to_lower_ascii(html.substr(1, html.find('>') - 1));
      const std::string_view name = std::string_view(tag).substr(0, tag.find_first_of(" /", 1));
      if (std::ranges::find(kBreaks, name) != kBreaks.end()) out += '\n';
      html.remove_prefix(html.find('>') + 1);
      continue;
    }
    const auto entity = std::ranges::find_if(kEntities, [html](const auto& each) { return html.starts_with(each.first); });
    if (entity != kEntities.end()) {
      out += entity->second;
      html.remove_prefix(entity->first.size());
      continue;
    }
    out += html.front();
    html.remove_prefix(1);
  }
  return std::string(core::trim_ascii(out));
}

}  // namespace postern::ticketing
