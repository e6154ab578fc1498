// What was hidden in a ticket: how many values, by which rule, in which comments; never a value. The same as its comments tell, added up.
#include <algorithm>
#include <map>

#include "auth/principal.h"
#include "web/api/desk/ticket_handlers.h"
#include "web/api/shapes.h"

namespace postern::web::api {
namespace {

constexpr std::size_t kCommentsLookedAtMax = 1000;  // of one ticket; their texts are read
constexpr std::size_t kCommentsAtOnce = 100;

using CountsByComment = std::map<core::CommentId, std::uint64_t>;

struct HiddenTally {
  std::map<std::string, CountsByComment, std::less<>> rules;
  std::uint64_t count = 0;

  void add(core::CommentId comment, const std::vector<pipeline::Redaction>& redactions) {
    for (const pipeline::Redaction& each : redactions) {
      rules[each.rule][comment] += each.count;
      count += each.count;
    }
  }

  // Most findings first.
  json::array shown() const {
    std::vector<std::pair<std::uint64_t, std::string_view>> order;
    for (const auto& [rule, comments] : rules) {
      std::uint64_t sum = 0;
      for (const auto& each : comments) sum += each.second;
      order.emplace_back(sum, rule);
    }
    std::ranges::sort(order, [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    json::array out;
    for (const auto& [sum, rule] : order) {
      json::array comments;
      for (const auto& [comment, found] : rules.find(rule)->second) comments.push_back(json::object{{"comment_id", comment.value}, {"count", found}});
      out.push_back(json::object{{"rule", rule}, {"count", sum}, {"comments", std::move(comments)}});
    }
    return out;
  }
};

}  // namespace

Answer show_ticket_redactions(Request& request, Context& context) {
  const auto id = id_param<core::TicketId>(request, "id");
  HiddenTally hidden;
  HiddenTally counted;
  std::size_t looked_at = 0;
  ticketing::CommentPage page;
  page.has_more = true;
  for (core::CommentId after; page.has_more && looked_at < kCommentsLookedAtMax;) {
    POSTERN_CO_TRY(page, context.services.tickets.comment_page(request.who(), id, after, kCommentsAtOnce, context.options.comments_bytes_max));
    for (const ticketing::Comment& each : page.comments) {
      hidden.add(each.id, each.redactions);
      counted.add(each.id, each.shadow_findings);
    }
    looked_at += page.comments.size();
    if (page.comments.empty()) break;
    after = page.comments.back().id;
  }
  json::object shown{{"ticket_id", id.value}, {"count", hidden.count}, {"rules", hidden.shown()}};
  if (auth::may(request.who(), auth::Permission::kRulesManage)) shown["shadow_rules"] = counted.shown();
  shown["comments_looked_at"] = looked_at;
  shown["complete"] = !page.has_more;
  json::object out;
  out["ticket_redactions"] = std::move(shown);
  co_return json_response(200, out);
}

}  // namespace postern::web::api
