#include "ticketing/search/filter.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "auth/contacts.h"
#include "core/encoding.h"
#include "ticketing/detail/keys.h"
#include "ticketing/search/index.h"

namespace postern::ticketing::search {
namespace {

constexpr unsigned kByStatus = 1;
constexpr unsigned kByAssignee = 2;
constexpr unsigned kByAttribute = 3;
constexpr unsigned kByRequester = 4;

using Test = std::function<bool(const schema::Ticket&)>;
using Numbers = std::set<std::uint64_t>;

template <class Value>
bool compares(Value left, Comparison how, Value right) {
  switch (how) {
    case Comparison::kIs: return left == right;
    case Comparison::kLess: return left < right;
    case Comparison::kLessOrIs: return left <= right;
    case Comparison::kMore: return left > right;
    case Comparison::kMoreOrIs: return left >= right;
  }
  return false;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || bad != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

class FilterMaker {
 public:
  explicit FilterMaker(const Asker& asker) : asker_(asker) {}

  core::Result<Filters> run(const Query& query) {
    std::map<std::string, std::vector<Filter>, std::less<>> either;  // "status:open status:new"
    for (const FieldClause& each : query.fields) {
      POSTERN_TRY(std::optional<Filter> made, filter(each));
      if (!made) continue;
      if (each.is_negated) {
        Filter negated;
        negated.holds = [holds = std::move(made->holds)](const schema::Ticket& ticket) { return !holds(ticket); };
        out_.all.push_back({std::move(negated)});
      } else if (each.comparison == Comparison::kIs) {
        either[each.keyword].push_back(std::move(*made));
      } else {
        out_.all.push_back({std::move(*made)});
      }
    }
    for (auto& each : either) out_.all.push_back(std::move(each.second));
    return std::move(out_);
  }

 private:
  // Nothing: it became a marker, or says nothing.
  core::Result<std::optional<Filter>> filter(const FieldClause& of) {
    const std::string& name = of.keyword;
    if (name == "created" || name == "updated" || name == "solved" || name == "due_date") return time(of);
    if (name == "status") return status(of);
    if (name == "priority") return priority(of);
    if (of.comparison != Comparison::kIs) return query_problem(of.at, "this has no order: write “:”");
    if (name == "type" || name == "ticket_type") return type(of);
    if (name == "assignee" || name == "requester" || name == "submitter" || name == "cc" || name == "follower") return person(of);
    if (name == "commenter") return commenter(of);
    if (name == "group" || name == "organization") return unit(of);
    if (name == "tags") return tags(of);
    if (name == "has_attachment") return has_attachment(of);
    if (name == "via") return mark({marker("via " + via_word(of.value))}, of.is_negated);
    if (name == "external_id") return attribute("external " + of.value, [value = of.value](const auto& each) { return each.external_id() == value; });
    if (name == "fieldvalue") return field_value(of, 0);
    if (name.starts_with("custom_field_")) return field_value(of, number_of(std::string_view(name).substr(name.rfind('_') + 1)).value_or(0));
    return number(of);
  }

  static core::Result<std::optional<Filter>> plain(Test holds) { return std::optional(Filter{std::move(holds), {}, false, 0}); }

  core::Result<std::optional<Filter>> attribute(const std::string& what, Test holds) const {
    return std::optional(Filter{std::move(holds), {{asker_.keys.attribute_prefix(what), Listing::kByNumber}}, false, kByAttribute});
  }

  core::Result<std::optional<Filter>> mark(std::vector<std::string> any, bool is_negated) {
    WordClause clause;
    clause.any = std::move(any);
    clause.fields = 0;
    clause.is_negated = is_negated;
    out_.markers.push_back(std::move(clause));
    return std::optional<Filter>();
  }

  core::Result<std::optional<Filter>> time(const FieldClause& of) const {
    const auto span = parse_time(of.value, asker_.now_unix_ms);
    if (!span) return query_problem(of.at, "a time is expected: 2026-11-22, 2026-11-22T09:30:00Z, today, yesterday, 4hours, 2days …");
    using Read = std::int64_t (*)(const schema::Ticket&);
    const Read read = of.keyword == "created"   ? Read([](const schema::Ticket& t) { return t.created_unix_ms(); })
                      : of.keyword == "updated" ? Read([](const schema::Ticket& t) { return t.updated_unix_ms(); })
                      : of.keyword == "solved"  ? Read([](const schema::Ticket& t) { return t.metrics().solved(); })
                                                : Read([](const schema::Ticket& t) { return t.due_unix_ms(); });
    return plain([read, span = *span, how = of.comparison](const schema::Ticket& ticket) {
      const std::int64_t at = read(ticket);
      if (at == 0) return false;  // it has not happened
      switch (how) {
        case Comparison::kIs: return span.is_relative ? at >= span.begin : at >= span.begin && at < span.end;
        case Comparison::kLess: return at < span.begin;
        case Comparison::kLessOrIs: return at < std::max(span.end, span.begin + 1);
        case Comparison::kMore: return span.is_relative ? at > span.begin : at >= span.end;
        case Comparison::kMoreOrIs: return at >= span.begin;
      }
      return false;
    });
  }

  core::Result<std::optional<Filter>> status(const FieldClause& of) const {
    const auto value = parse_status(core::to_lower_ascii(of.value));
    if (!value) return query_problem(of.at, "new, open, pending, hold, solved or closed is expected");
    Filter out;
    out.holds = [value = static_cast<std::uint32_t>(*value), how = of.comparison](const schema::Ticket& ticket) {
      return compares(ticket.status(), how, value);
    };
    out.rank = kByStatus;
    for (auto each = static_cast<int>(Status::kNew); each <= static_cast<int>(Status::kClosed); ++each) {
      if (!compares(each, of.comparison, static_cast<int>(*value))) continue;
      out.sources.push_back({keys::by_status_prefix(workspace(), static_cast<Status>(each)), Listing::kByUpdate});
    }
    if (out.sources.empty()) out.rank = 0;
    return std::optional(std::move(out));
  }

  core::Result<std::optional<Filter>> priority(const FieldClause& of) const {
    const std::string word = core::to_lower_ascii(of.value);
    const auto value = word == "none" ? std::optional(Priority::kNone) : parse_priority(word);
    if (!value) return query_problem(of.at, "low, normal, high, urgent or none is expected");
    return plain([value = static_cast<std::uint32_t>(*value), how = of.comparison](const schema::Ticket& ticket) {
      return compares(ticket.priority(), how, value);
    });
  }

  core::Result<std::optional<Filter>> type(const FieldClause& of) const {
    const std::string word = core::to_lower_ascii(of.value);
    if (of.keyword == "type" && word == "ticket") return std::optional<Filter>();
    const auto value = word == "none" ? std::optional(TicketType::kNone) : parse_ticket_type(word);
    if (!value) return query_problem(of.at, "problem, incident, question, task or none is expected; what is found are tickets only");
    return plain([value = static_cast<std::uint32_t>(*value)](const schema::Ticket& ticket) { return ticket.type() == value; });
  }

  core::WorkspaceId workspace() const { return asker_.by.workspace; }

  // Whoever is meant; nobody has the id 0.
  core::Result<Numbers> people(const FieldClause& of) const {
    const std::string& value = of.value;
    if (value == "me") return Numbers{asker_.by.user.value};
    if (value == "none") return Numbers{0};
    if (const auto id = number_of(value)) return Numbers{*id};
    Numbers out;
    if (value.find('@') != std::string::npos) {
      POSTERN_TRY(const core::UserId found, auth::find_contact(asker_.snapshot, workspace(), value));
      if (found) out.insert(found.value);
      return out;
    }
    if (!asker_.names.people) return query_problem(of.at, "me, none, an address or an id is expected");
    POSTERN_TRY(const std::vector<std::uint64_t> found, asker_.names.people(workspace(), value));
    out.insert(found.begin(), found.end());
    return out;
  }

  core::Result<std::optional<Filter>> person(const FieldClause& of) const {
    POSTERN_TRY(const Numbers who, people(of));
    Filter out;
    const std::string& name = of.keyword;
    const bool is_none = who.contains(0);
    for (const std::uint64_t each : who) {
      if (name == "assignee") out.sources.push_back({keys::by_assignee_prefix(workspace(), core::UserId{each}), Listing::kByUpdate});
      if (name == "requester") out.sources.push_back({keys::by_requester_prefix(workspace(), core::UserId{each}), Listing::kByNumber});
      if (name != "assignee" && name != "requester" && !is_none) {
        out.sources.push_back({asker_.keys.attribute_prefix(name + ' ' + std::to_string(each)), Listing::kByNumber});
      }
    }
    out.is_never = who.empty();
    out.rank = name == "assignee" ? kByAssignee : name == "requester" ? kByRequester : kByAttribute;
    if (name == "assignee") {
      out.holds = [who](const schema::Ticket& ticket) { return who.contains(ticket.assignee()); };
    } else if (name == "requester") {
      out.holds = [who](const schema::Ticket& ticket) { return who.contains(ticket.requester()); };
    } else if (name == "submitter") {
      out.holds = [who](const schema::Ticket& ticket) { return who.contains(ticket.submitter() != 0 ? ticket.submitter() : ticket.requester()); };
    } else {
      out.holds = [who, is_none, is_cc = name == "cc"](const schema::Ticket& ticket) {
        const auto& list = is_cc ? ticket.ccs() : ticket.followers();
        return is_none ? list.empty() : std::ranges::any_of(list, [&who](std::uint64_t each) { return who.contains(each); });
      };
    }
    return std::optional(std::move(out));
  }

  core::Result<std::optional<Filter>> commenter(const FieldClause& of) {
    POSTERN_TRY(const Numbers who, people(of));
    std::vector<std::string> any;
    for (const std::uint64_t each : who) any.push_back(marker("by " + std::to_string(each)));
    if (any.empty()) any.push_back(marker("by nobody"));
    return mark(std::move(any), of.is_negated);
  }

  core::Result<std::optional<Filter>> unit(const FieldClause& of) const {
    const bool is_group = of.keyword == "group";
    Numbers which;
    const Names::Find& find = is_group ? asker_.names.groups : asker_.names.organizations;
    if (of.value == "none") {
      which.insert(0);
    } else if (const auto id = number_of(of.value)) {
      which.insert(*id);
    } else if (!find) {
      return query_problem(of.at, "an id or none is expected");
    } else {
      POSTERN_TRY(const std::vector<std::uint64_t> found, find(workspace(), of.value));
      which.insert(found.begin(), found.end());
    }
    Filter out;
    out.rank = kByAttribute;
    out.is_never = which.empty();
    for (const std::uint64_t each : which) {
      if (each != 0) out.sources.push_back({asker_.keys.attribute_prefix(of.keyword + ' ' + std::to_string(each)), Listing::kByNumber});
    }
    out.holds = [which, is_group](const schema::Ticket& ticket) { return which.contains(is_group ? ticket.group() : ticket.organization()); };
    return std::optional(std::move(out));
  }

  core::Result<std::optional<Filter>> tags(const FieldClause& of) const {
    if (of.value == "none") return plain([](const schema::Ticket& ticket) { return ticket.tags().empty(); });
    const std::string tag = attribute_text(of.value);
    return attribute("tag " + tag, [tag](const schema::Ticket& ticket) {
      return std::ranges::any_of(ticket.tags(), [&tag](const std::string& each) { return attribute_text(each) == tag; });
    });
  }

  core::Result<std::optional<Filter>> field_value(const FieldClause& of, std::uint64_t field) const {
    const std::string value = attribute_text(of.value);
    const bool has_any = value == "*" && field != 0;
    Test holds = [value, field, has_any](const schema::Ticket& ticket) {
      for (const schema::FieldValue& each : ticket.fields()) {
        if (field != 0 && each.field() != field) continue;
        if (has_any && !each.values().empty()) return true;
        if (std::ranges::any_of(each.values(), [&value](const std::string& one) { return attribute_text(one) == value; })) return true;
      }
      return false;
    };
    if (has_any) return plain(std::move(holds));
    return attribute(field == 0 ? "value " + value : "field " + std::to_string(field) + ' ' + value, std::move(holds));
  }

  core::Result<std::optional<Filter>> has_attachment(const FieldClause& of) {
    if (of.value != "true" && of.value != "false") return query_problem(of.at, "true or false is expected");
    return mark({marker("file")}, of.is_negated != (of.value == "false"));
  }

  static std::string via_word(const std::string& typed) {
    const std::string word = core::to_lower_ascii(typed);
    return word == "email" ? "mail" : word;
  }

  core::Result<std::optional<Filter>> number(const FieldClause& of) const {
    const auto id = of.value == "none" ? std::optional<std::uint64_t>(0) : number_of(of.value);
    if (!id) return query_problem(of.at, "a number is expected");
    const std::string& name = of.keyword;
    if (name == "inbox") return plain([id](const schema::Ticket& ticket) { return ticket.inbox() == *id; });
    if (name == "form") return plain([id](const schema::Ticket& ticket) { return ticket.form() == *id; });
    if (name == "custom_status") return plain([id](const schema::Ticket& ticket) { return ticket.custom_status() == *id; });
    const Test holds = [id](const schema::Ticket& ticket) { return ticket.problem() == *id; };
    return *id == 0 ? plain(holds) : attribute("problem " + std::to_string(*id), holds);
  }

  const Asker& asker_;
  Filters out_;
};

}  // namespace

bool Filters::holds(const schema::Ticket& ticket) const {
  return std::ranges::all_of(all, [&ticket](const std::vector<Filter>& any) {
    return std::ranges::any_of(any, [&ticket](const Filter& each) { return each.holds(ticket); });
  });
}

bool Filters::is_never() const {
  return std::ranges::any_of(all, [](const std::vector<Filter>& any) { return std::ranges::all_of(any, &Filter::is_never); });
}

std::vector<Source> Filters::sources() const {
  const std::vector<Filter>* best = nullptr;
  const auto rank = [](const std::vector<Filter>& any) {
    unsigned out = any.empty() ? 0 : any.front().rank;
    for (const Filter& each : any) out = each.sources.empty() ? 0 : std::min(out, each.rank);
    return out;
  };
  for (const std::vector<Filter>& any : all) {
    if (rank(any) > (best == nullptr ? 0 : rank(*best))) best = &any;
  }
  std::vector<Source> out;
  if (best == nullptr) return out;
  for (const Filter& each : *best) out.insert(out.end(), each.sources.begin(), each.sources.end());
  return out;
}

core::Result<Filters> make_filters(const Query& query, const Asker& asker) { return FilterMaker(asker).run(query); }

}  // namespace postern::ticketing::search
