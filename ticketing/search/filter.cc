#include "ticketing/search/filter.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "auth/contacts.h"
#include "core/encoding.h"
#include "ticketing/detail/keys.h"
#include "ticketing/search/facts.h"

namespace postern::ticketing::search {
namespace {

constexpr unsigned kByStatus = 1;
constexpr unsigned kByAssignee = 2;
constexpr unsigned kByRequester = 3;

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
        add_negated(std::move(*made));
      } else if (each.comparison == Comparison::kIs) {
        either[each.keyword].push_back(std::move(*made));
      } else {
        add({std::move(*made)});
      }
    }
    for (auto& each : either) add(std::move(each.second));
    for (const auto& [keyword, any] : marked_) demand(any, false);
    if (asks_for_files_ != asks_for_none_) demand({"file"}, asks_for_none_);  // both: either
    keep_to_inboxes();
    return std::move(out_);
  }

 private:
  // Of these one has to hold.
  void add(std::vector<Filter> any) {
    std::vector<std::string> facts;
    bool is_told = true;
    bool is_exact = true;
    for (const Filter& each : any) {
      if (each.is_never) continue;  // adds nothing
      is_told = is_told && !each.facts.empty();
      is_exact = is_exact && each.is_exact;
      facts.insert(facts.end(), each.facts.begin(), each.facts.end());
    }
    if (is_told && !facts.empty()) demand(facts, false);
    out_.needs_records = out_.needs_records || !is_told || !is_exact;
    out_.all.push_back(std::move(any));
  }

  void add_negated(Filter made) {
    if (made.is_exact && !made.facts.empty()) demand(made.facts, true);
    out_.needs_records = out_.needs_records || !made.is_exact;
    Filter negated;
    negated.holds = [holds = std::move(made.holds)](const schema::Ticket& ticket) { return !holds(ticket); };
    out_.all.push_back({std::move(negated)});
  }

  // Whoever works in some inboxes finds what is in them.
  void keep_to_inboxes() {
    if (!asker_.by.inboxes.is_limited()) return;
    std::vector<std::string> facts;
    for (const core::InboxId each : asker_.by.inboxes.inboxes()) facts.push_back(fact("inbox", each.value));
    if (!facts.empty()) {
      demand(facts, false);
      return;
    }
    Filter nowhere;
    nowhere.is_never = true;
    nowhere.holds = [](const schema::Ticket&) { return false; };
    out_.all.push_back({std::move(nowhere)});
  }

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
    if (name == "via") return mark(of, {"via " + via_word(of.value)});
    if (name == "external_id") return told(fact("external", of.value), [value = of.value](const auto& each) { return each.external_id() == value; });
    if (name == "fieldvalue") return field_value(of, 0);
    if (name.starts_with("custom_field_")) return field_value(of, number_of(std::string_view(name).substr(name.rfind('_') + 1)).value_or(0));
    return number(of);
  }

  static core::Result<std::optional<Filter>> plain(Test holds) { return std::optional(Filter{std::move(holds), {}, false, 0, {}, false}); }

  static core::Result<std::optional<Filter>> told(std::string fact, Test holds) {
    return std::optional(Filter{std::move(holds), {}, false, 0, {std::move(fact)}, true});
  }

  // Of the same keyword twice, either.
  core::Result<std::optional<Filter>> mark(const FieldClause& of, const std::vector<std::string>& any) {
    if (of.is_negated) demand(any, true);
    std::vector<std::string>& same = marked_[of.keyword];
    if (!of.is_negated) same.insert(same.end(), any.begin(), any.end());
    if (same.empty()) marked_.erase(of.keyword);
    return std::optional<Filter>();
  }

  // A marker of one of these, or of none of them.
  void demand(const std::vector<std::string>& any, bool is_negated) {
    WordClause clause;
    for (const std::string& each : any) clause.any.push_back(marker(each));
    clause.fields = 0;
    clause.is_negated = is_negated;
    out_.markers.push_back(std::move(clause));
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
    out.is_exact = true;
    for (auto each = static_cast<int>(Status::kNew); each <= static_cast<int>(Status::kClosed); ++each) {
      if (!compares(each, of.comparison, static_cast<int>(*value))) continue;
      out.sources.push_back({keys::by_status_prefix(workspace(), static_cast<Status>(each)), Listing::kByUpdate});
      out.facts.push_back(fact("status", static_cast<std::uint64_t>(each)));
    }
    if (out.sources.empty()) out.rank = 0;
    out.is_never = out.facts.empty();
    return std::optional(std::move(out));
  }

  core::Result<std::optional<Filter>> priority(const FieldClause& of) const {
    const std::string word = core::to_lower_ascii(of.value);
    const auto value = word == "none" ? std::optional(Priority::kNone) : parse_priority(word);
    if (!value) return query_problem(of.at, "low, normal, high, urgent or none is expected");
    Filter out;
    out.is_exact = true;
    for (auto each = static_cast<unsigned>(Priority::kNone); each <= static_cast<unsigned>(Priority::kUrgent); ++each) {
      if (compares(each, of.comparison, static_cast<unsigned>(*value))) out.facts.push_back(fact("priority", each));
    }
    out.is_never = out.facts.empty();
    out.holds = [value = static_cast<std::uint32_t>(*value), how = of.comparison](const schema::Ticket& ticket) {
      return compares(ticket.priority(), how, value);
    };
    return std::optional(std::move(out));
  }

  core::Result<std::optional<Filter>> type(const FieldClause& of) const {
    const std::string word = core::to_lower_ascii(of.value);
    if (of.keyword == "type" && word == "ticket") return std::optional<Filter>();
    const auto value = word == "none" ? std::optional(TicketType::kNone) : parse_ticket_type(word);
    if (!value) return query_problem(of.at, "problem, incident, question, task or none is expected; what is found are tickets only");
    return told(fact("type", static_cast<std::uint64_t>(*value)),
                [value = static_cast<std::uint32_t>(*value)](const schema::Ticket& ticket) { return ticket.type() == value; });
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
      out.facts.push_back(fact(name, each));
    }
    out.is_never = who.empty();
    out.is_exact = !is_none || name == "assignee" || name == "requester";
    if (!out.is_exact) out.facts.clear();  // that there is nobody is no fact
    out.rank = name == "assignee" ? kByAssignee : name == "requester" ? kByRequester : 0;
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
    for (const std::uint64_t each : who) any.push_back("by " + std::to_string(each));
    if (any.empty()) any.emplace_back("by nobody");
    return mark(of, any);
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
    out.is_never = which.empty();
    out.is_exact = is_group || !which.contains(0);
    for (const std::uint64_t each : which) out.facts.push_back(fact(of.keyword, each));
    if (!out.is_exact) out.facts.clear();
    out.holds = [which, is_group](const schema::Ticket& ticket) { return which.contains(is_group ? ticket.group() : ticket.organization()); };
    return std::optional(std::move(out));
  }

  core::Result<std::optional<Filter>> tags(const FieldClause& of) const {
    if (of.value == "none") return plain([](const schema::Ticket& ticket) { return ticket.tags().empty(); });
    const std::string tag = fact_text(of.value);
    return told(fact("tag", tag), [tag](const schema::Ticket& ticket) {
      return std::ranges::any_of(ticket.tags(), [&tag](const std::string& each) { return fact_text(each) == tag; });
    });
  }

  core::Result<std::optional<Filter>> field_value(const FieldClause& of, std::uint64_t field) const {
    const std::string value = fact_text(of.value);
    const bool has_any = value == "*" && field != 0;
    Test holds = [value, field, has_any](const schema::Ticket& ticket) {
      for (const schema::FieldValue& each : ticket.fields()) {
        if (field != 0 && each.field() != field) continue;
        if (has_any && !each.values().empty()) return true;
        if (std::ranges::any_of(each.values(), [&value](const std::string& one) { return fact_text(one) == value; })) return true;
      }
      return false;
    };
    if (has_any) return plain(std::move(holds));
    return told(field == 0 ? fact("value", value) : fact("field", std::to_string(field) + ' ' + value), std::move(holds));
  }

  core::Result<std::optional<Filter>> has_attachment(const FieldClause& of) {
    if (of.value != "true" && of.value != "false") return query_problem(of.at, "true or false is expected");
    const bool is_none = of.is_negated != (of.value == "false");
    (is_none ? asks_for_none_ : asks_for_files_) = true;
    return std::optional<Filter>();
  }

  static std::string via_word(const std::string& typed) {
    const std::string word = core::to_lower_ascii(typed);
    return word == "email" ? "mail" : word;
  }

  core::Result<std::optional<Filter>> number(const FieldClause& of) const {
    const auto id = of.value == "none" ? std::optional<std::uint64_t>(0) : number_of(of.value);
    if (!id) return query_problem(of.at, "a number is expected");
    const std::string& name = of.keyword;
    if (name == "inbox") return told(fact(name, *id), [id](const schema::Ticket& ticket) { return ticket.inbox() == *id; });
    if (name == "form") return told(fact(name, *id), [id](const schema::Ticket& ticket) { return ticket.form() == *id; });
    if (name == "custom_status") return told(fact(name, *id), [id](const schema::Ticket& ticket) { return ticket.custom_status() == *id; });
    const Test holds = [id](const schema::Ticket& ticket) { return ticket.problem() == *id; };
    return *id == 0 ? plain(holds) : told(fact("problem", *id), holds);
  }

  const Asker& asker_;
  Filters out_;
  std::map<std::string, std::vector<std::string>, std::less<>> marked_;
  bool asks_for_files_ = false;
  bool asks_for_none_ = false;
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
