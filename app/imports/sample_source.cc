#include "app/imports/sample_source.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "app/imports/sample_text.h"
#include "auth/accounts.h"
#include "core/encoding.h"
#include "core/errc.h"
#include "ticketing/errc.h"
#include "ticketing/imports/ticket_import.h"
#include "ticketing/people/groups.h"
#include "ticketing/people/organizations.h"
#include "ticketing/people/people.h"

namespace postern::app {

using core::Result;
using core::Task;

namespace {

constexpr std::string_view kSample = "sample";
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kHourMs = 60 * kMinuteMs;
constexpr std::int64_t kRoundHours = 19 * 24 + 5;  // how much earlier the same conversation was had with somebody else

std::string sample_word(const JsonObject& object, std::string_view name) {
  const Json* value = object.if_contains(name);
  return value == nullptr ? std::string() : std::string(value->as_string());
}

std::uint64_t sample_number(const JsonObject& object, std::string_view name) { return object.at(name).to_number<std::uint64_t>(); }

std::vector<std::string> sample_words(const JsonObject& object, std::string_view name) {
  std::vector<std::string> out;
  const Json* list = object.if_contains(name);
  if (list == nullptr) return out;
  for (const Json& each : list->as_array()) out.emplace_back(each.as_string());
  return out;
}

Result<JsonObject> embedded_desk() {
  const sample::EmbeddedFile& file = sample::embedded_files().front();
  boost::system::error_code wrong;
  Json parsed = boost::json::parse(std::string_view(reinterpret_cast<const char*>(file.bytes), file.size), wrong);
  if (wrong) return core::fail(core::Errc::kInvalid, "the sample is damaged");
  return std::move(parsed.as_object());
}

Result<std::vector<core::UserId>> agents_of(Services& services, const ImportWish& wish) {
  POSTERN_TRY(const std::vector<auth::User> all, services.accounts().accounts(wish.by.workspace));
  std::vector<core::UserId> out;
  for (const auth::User& each : all) {
    const bool works = each.role >= auth::Role::kAgent && !each.is_disabled && each.permissions.has(auth::Permission::kReply) && each.inboxes.has(wish.inbox);
    if (works) out.push_back(each.id);
  }
  if (out.empty()) return core::fail(core::Errc::kInvalid, "nobody works in the inbox yet: the sample's answers would be nobody's");
  return out;
}

}  // namespace

SampleSource::SampleSource(ImportWish wish, Services& services, JsonObject desk, std::uint64_t tickets, std::vector<core::UserId> agents)
    : wish_(std::move(wish)), services_(services), desk_(std::move(desk)), tickets_(tickets), agents_(std::move(agents)),
      now_unix_ms_(core::to_unix_ms(services.clock().wall_now())) {}

Result<std::unique_ptr<ImportSource>> SampleSource::open(ImportWish wish, Services& services) {
  POSTERN_TRY(JsonObject desk, embedded_desk());
  std::uint64_t tickets = desk.at("conversations").as_array().size();
  if (!wish.path.empty()) {
    const char* const end = wish.path.data() + wish.path.size();
    const auto parsed = std::from_chars(wish.path.data(), end, tickets);
    const bool is_good = parsed.ec == std::errc() && parsed.ptr == end && tickets >= 1 && tickets <= kSampleTicketsMax;
    if (!is_good) return core::fail(core::Errc::kInvalid, "tickets: a number from 1 to " + std::to_string(kSampleTicketsMax));
  }
  POSTERN_TRY(std::vector<core::UserId> agents, agents_of(services, wish));
  return std::unique_ptr<ImportSource>(new SampleSource(std::move(wish), services, std::move(desk), tickets, std::move(agents)));
}

Task<Result<void>> SampleSource::take(std::uint64_t item, ImportTally& tally) {
  if (item == 0) co_return co_await take_desk(tally);
  co_return co_await take_ticket(item - 1, tally);
}

Task<Result<void>> SampleSource::take_desk(ImportTally& tally) {
  for (const std::string& name : sample_words(desk_, "groups")) {
    POSTERN_CO_TRY(const ticketing::Group before, group(name));
    if (before.id != 0 || wish_.is_rehearsal) continue;
    ticketing::Groups::Change change;
    change.name = name;
    POSTERN_CO_TRY(const ticketing::Group made, co_await services_.desk().groups().create(wish_.by, std::move(change)));
    for (const core::UserId agent : agents_) POSTERN_CO_CHECK(co_await services_.desk().groups().join(wish_.by, made.id, agent, false));
  }
  for (const Json& each : desk_.at("organizations").as_array()) POSTERN_CO_CHECK(co_await take_organization(each.as_object(), tally));
  for (const Json& each : desk_.at("people").as_array()) POSTERN_CO_CHECK(co_await take_person(each.as_object(), tally));
  co_return Result<void>();
}

Task<Result<void>> SampleSource::take_organization(const JsonObject& from, ImportTally& tally) {
  const std::string name = sample_word(from, "name");
  POSTERN_CO_TRY(const auto before, services_.desk().organizations().find_by_name(wish_.by.workspace, name));
  if (before) co_return tally.pass_over("known", name), Result<void>();
  ++tally.organizations;
  if (wish_.is_rehearsal) co_return Result<void>();
  ticketing::Organizations::Change change;
  change.name = name;
  change.notes = sample_word(from, "notes");
  change.domains = sample_words(from, "domains");
  change.tags = std::vector<std::string>{std::string(kSample)};
  POSTERN_CO_CHECK(co_await services_.desk().organizations().create(wish_.by, std::move(change)));
  co_return Result<void>();
}

Task<Result<void>> SampleSource::take_person(const JsonObject& from, ImportTally& tally) {
  const std::string email = sample_word(from, "email");
  POSTERN_CO_TRY(const core::UserId before, services_.desk().people().find_by_email(wish_.by.workspace, email));
  if (before) co_return tally.pass_over("known", email), Result<void>();
  ++tally.people;
  if (wish_.is_rehearsal) co_return Result<void>();
  ticketing::People::Change change;
  change.name = sample_word(from, "name");
  change.tags = std::vector<std::string>{std::string(kSample)};
  if (from.contains("organization")) {
    const JsonObject& organization = desk_.at("organizations").as_array().at(sample_number(from, "organization")).as_object();
    POSTERN_CO_TRY(const auto found, services_.desk().organizations().find_by_name(wish_.by.workspace, sample_word(organization, "name")));
    if (found) change.organizations = std::vector<std::uint64_t>{found->id};
  }
  POSTERN_CO_CHECK(co_await services_.desk().people().create(wish_.by, email, std::move(change)));
  co_return Result<void>();
}

Result<core::UserId> SampleSource::person(std::size_t number) const {
  const JsonArray& people = desk_.at("people").as_array();
  return services_.desk().people().find_by_email(wish_.by.workspace, sample_word(people.at(number % people.size()).as_object(), "email"));
}

Result<ticketing::Group> SampleSource::group(std::string_view name) const {
  POSTERN_TRY(const std::vector<ticketing::Group> all, services_.desk().groups().all(wish_.by.workspace));
  const auto found = std::ranges::find_if(all, [name](const ticketing::Group& each) { return core::equals_ignoring_case(each.name, name); });
  return found == all.end() ? ticketing::Group() : *found;
}

Task<Result<void>> SampleSource::take_ticket(std::uint64_t number, ImportTally& tally) {
  const JsonArray& conversations = desk_.at("conversations").as_array();
  const std::uint64_t round = number / conversations.size();
  const JsonObject& from = conversations.at(number % conversations.size()).as_object();
  if (wish_.is_rehearsal) {
    ++tally.tickets;
    tally.comments += from.at("messages").as_array().size();
    co_return Result<void>();
  }
  const core::UserId agent = agents_.at(number % agents_.size());
  ticketing::ImportedTicket ticket;
  ticket.source = kSample;
  ticket.foreign_id = "sample-" + std::to_string(number + 1);
  ticket.inbox = wish_.inbox;
  ticket.status = round == 0 ? ticketing::parse_status(sample_word(from, "status")).value_or(ticketing::Status::kOpen) : ticketing::Status::kClosed;
  ticket.created_unix_ms = now_unix_ms_ - (static_cast<std::int64_t>(sample_number(from, "hours_ago")) + static_cast<std::int64_t>(round) * kRoundHours) * kHourMs;
  if (ticket.status != ticketing::Status::kNew) ticket.assignee = agent;
  ticket.wishes.subject = sample_word(from, "subject");
  ticket.wishes.type = ticketing::parse_ticket_type(sample_word(from, "type"));
  ticket.wishes.priority = ticketing::parse_priority(sample_word(from, "priority"));
  ticket.wishes.tags = sample_words(from, "tags");
  ticket.wishes.tags->emplace_back(kSample);
  // A group of theirs may have the name and other people.
  POSTERN_CO_TRY(const ticketing::Group its_group, group(sample_word(from, "group")));
  const bool may_have_it = !ticket.assignee || std::ranges::find(its_group.members, ticket.assignee) != its_group.members.end();
  if (its_group.id != 0 && may_have_it) ticket.wishes.group = its_group.id;
  POSTERN_CO_TRY(const core::UserId requester, person(sample_number(from, "from") + round));
  ticket.wishes.requester = ticketing::PersonWish{requester, {}, {}, false};
  if (const Json* ccs = round == 0 ? from.if_contains("cc") : nullptr; ccs != nullptr) {
    ticket.wishes.ccs.emplace();
    for (const Json& each : ccs->as_array()) {
      POSTERN_CO_TRY(const core::UserId user, person(each.to_number<std::size_t>()));
      ticket.wishes.ccs->push_back({user, {}, {}, false});
    }
  }
  for (const Json& each : from.at("messages").as_array()) {
    const JsonObject& message = each.as_object();
    ticketing::ImportedComment comment;
    const std::string by = sample_word(message, "by");
    comment.foreign_id = ticket.foreign_id + "-" + std::to_string(ticket.comments.size() + 1);
    comment.author = by == "customer" ? requester : agent;
    comment.is_public = by != "note";
    comment.text = sample_word(message, "text");
    // A story that is younger than its own end is told up to now.
    comment.created_unix_ms = std::min(ticket.created_unix_ms + static_cast<std::int64_t>(sample_number(message, "after_minutes")) * kMinuteMs, now_unix_ms_);
    ticket.comments.push_back(std::move(comment));
  }
  POSTERN_CO_TRY(const ticketing::ImportDone done, co_await services_.desk().ticket_import().create(wish_.by, std::move(ticket)));
  if (done.is_known) tally.pass_over("known", "ticket " + std::to_string(number + 1));
  tally.tickets += done.is_known ? 0 : 1;
  tally.comments += done.comments;
  co_return Result<void>();
}

}  // namespace postern::app
