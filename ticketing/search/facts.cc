#include "ticketing/search/facts.h"

#include <set>

#include "core/encoding.h"
#include "ticketing/search/analysis.h"

namespace postern::ticketing::search {
namespace {

void add_values(const schema::Ticket& ticket, std::set<std::string>& to, const auto& make) {
  for (const std::string& tag : ticket.tags()) to.insert(make("tag", fact_text(tag)));
  for (const schema::FieldValue& field : ticket.fields()) {
    for (const std::string& value : field.values()) {
      to.insert(make("field", std::to_string(field.field()) + ' ' + fact_text(value)));
      to.insert(make("value", fact_text(value)));
    }
  }
  if (!ticket.external_id().empty()) to.insert(make("external", ticket.external_id()));
}

void add_numbers(const schema::Ticket& ticket, std::set<std::string>& to) {
  const auto some = [&to](std::string_view name, std::uint64_t value) {
    if (value != 0) to.insert(fact(name, value));
  };
  some("organization", ticket.organization());
  for (const std::uint64_t each : ticket.ccs()) some("cc", each);
  for (const std::uint64_t each : ticket.followers()) some("follower", each);
  some("submitter", ticket.submitter() != 0 ? ticket.submitter() : ticket.requester());
  some("problem", ticket.problem());
}

}  // namespace

std::string fact_text(std::string_view text) { return fold(text); }

std::string fact(std::string_view name, std::string_view value) {
  std::string out = std::string(name) + ' ';
  if (out.size() + value.size() <= kFactBytesMax) return out.append(value);
  return out + "# " + core::blake2b_keyed("fact", value).substr(0, 16);
}

std::string fact(std::string_view name, std::uint64_t value) { return fact(name, std::to_string(value)); }

std::vector<std::string> facts_of(const schema::Ticket& ticket) {
  std::set<std::string> out;
  add_values(ticket, out, [](std::string_view name, const std::string& value) { return fact(name, value); });
  add_numbers(ticket, out);
  // Also when there is none: that is asked for.
  out.insert(fact("status", ticket.status()));
  out.insert(fact("priority", ticket.priority()));
  out.insert(fact("type", ticket.type()));
  out.insert(fact("assignee", ticket.assignee()));
  out.insert(fact("requester", ticket.requester()));
  out.insert(fact("group", ticket.group()));
  out.insert(fact("inbox", ticket.inbox()));
  out.insert(fact("form", ticket.form()));
  out.insert(fact("custom_status", ticket.custom_status()));
  return {out.begin(), out.end()};
}

std::vector<std::string> attributes_of(const schema::Ticket& ticket) {
  std::set<std::string> out;
  add_values(ticket, out, [](std::string_view name, const std::string& value) { return std::string(name) + ' ' + value; });
  add_numbers(ticket, out);
  if (ticket.group() != 0) out.insert(fact("group", ticket.group()));
  return {out.begin(), out.end()};
}

}  // namespace postern::ticketing::search
