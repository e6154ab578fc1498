#include "ticketing/automation/shipped_triggers.h"

#include <string>

namespace postern::ticketing {
namespace {

struct Shipped {
  std::string title, description;
  std::vector<std::vector<std::string>> all;  // field, operator, values
  std::string whom, subject, text;
};

schema::Trigger made_of(const Shipped& from) {
  schema::Trigger out;
  out.set_title(from.title);
  out.set_description(from.description);
  out.set_is_active(false);
  out.set_is_shipped(true);
  for (const auto& each : from.all) {
    schema::Condition& condition = *out.mutable_conditions()->add_all();
    condition.set_field(each.at(0));
    condition.set_op(each.at(1));
    for (std::size_t i = 2; i < each.size(); ++i) condition.add_values(each[i]);
  }
  schema::RuleAction& action = *out.add_actions();
  action.set_field("notification_user");
  for (const std::string* each : {&from.whom, &from.subject, &from.text}) action.add_values(*each);
  return out;
}

}  // namespace

std::vector<schema::Trigger> shipped_triggers() {
  const std::vector<Shipped> all{
      {"Notify requester of received request",
       "An acknowledgement. It goes only to whoever is proven to have written the mail, never to machines, and not too often.",
       {{"update_type", "is", "Create"}, {"status", "is_not", "solved"}},
       "requester_id",
       "[Request received] {{ticket.title}}",
       "Your request ({{ticket.id}}) has been received and is being looked at by our support staff.\n\n"
       "To add something to it, reply to this mail.\n\n{{ticket.latest_public_comment}}\n"},
      {"Notify assignee of assignment",
       "An agent is told of a ticket that somebody else gave to him.",
       {{"assignee_id", "changed"}, {"assignee_id", "is_not", ""}, {"assignee_id", "is_not", "current_user"}},
       "assignee_id",
       "[Assigned to you] {{ticket.title}}",
       "Ticket {{ticket.id}} has been assigned to you.\n\n{{ticket.url}}\n\n{{ticket.comments_formatted}}\n"},
      {"Notify assignee of comment",
       "An agent is told of what others write on his tickets.",
       {{"update_type", "is", "Change"}, {"comment_is_public", "is", "not_relevant"}, {"assignee_id", "is_not", ""}, {"assignee_id", "is_not", "current_user"}},
       "assignee_id",
       "[Updated] {{ticket.title}}",
       "Ticket {{ticket.id}} has been updated.\n\n{{ticket.url}}\n\n{{ticket.latest_comment}}\n"},
      {"Notify agents of new request",
       "Everybody who works in the inbox is told of each new ticket.",
       {{"update_type", "is", "Create"}},
       "all_agents",
       "[New] {{ticket.title}}",
       "A new ticket ({{ticket.id}}) has come from {{ticket.requester.name}}.\n\n{{ticket.url}}\n\n{{ticket.description}}\n"},
  };
  std::vector<schema::Trigger> out;
  for (const Shipped& each : all) out.push_back(made_of(each));
  return out;
}

}  // namespace postern::ticketing
