// api_fill: fills a store with tickets, for `./dev bench api`. Prints one JSON object; progress goes to stderr.
//   api_fill --config FILE --words FILE --tickets N [--comments M] [--customers N] [--organizations N] [--agents N]
//   api_fill --print 1 --words FILE --tickets N [--comments M]    the same texts, for others' stores: number, comment, subject, text,
//                                                                 between tabs, as PostgreSQL's COPY takes them
// The store is one that `postern init` made, and no server runs on it. Everything goes the way it goes in production: accounts, groups
// and organisations through their services, each ticket with its comments through TicketDraft in a transaction of its own (16 at once,
// so that they share synced writes), with events, metrics, the change feed, every index of the helpdesk, the views' lists and the
// search index, which is merged as it fills. What an import leaves out is left out: no rule is asked, nothing is mailed.
// A ticket has 1 to 2M-1 comments, M on average. Tickets are spread over two years up to now; nine of ten of the newest fiftieth and one
// of fifty of the others are not solved yet.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "api_texts.h"
#include "app/log_setup.h"
#include "app/services.h"
#include "conf/load.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/retry.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/imports/mail_import.h"
#include "ticketing/imports/past_clock.h"
#include "ticketing/people/groups.h"
#include "ticketing/people/organizations.h"
#include "ticketing/search/ticket_search.h"

namespace postern::bench {
namespace {

using ticketing::Status;

constexpr std::size_t kAtOnce = 16;       // transactions
constexpr std::size_t kStep = 4096;       // tickets, behind which the search index is merged, in larger steps than a running server takes
constexpr std::size_t kTags = 300;
constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kSpanMs = 2 * 365 * 24 * kHourMs;

struct Plan {
  std::string config, words;
  std::size_t tickets = 0, comments = 2, customers = 0, organizations = 0, agents = 40, groups = 8, prints = 0;
};

template <class T>
T run(boost::asio::io_context& io, core::Task<T> task) {
  std::optional<T> out;
  boost::asio::co_spawn(io, std::move(task), [&](std::exception_ptr error, T got) {
    if (error) std::rethrow_exception(error);
    out.emplace(std::move(got));
  });
  io.restart();
  const auto keep = boost::asio::make_work_guard(io);
  while (!out) io.run_one();
  return std::move(*out);
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& each) { return static_cast<double>(each.tv_sec) + static_cast<double>(each.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

class Filler {
 public:
  Filler(boost::asio::io_context& io, app::Services& services, const Plan& plan)
      : io_(io), services_(services), plan_(plan), texts_(plan.words), with_(services.desk().services()),
        limits_(large_steps()), upkeep_(with_, services.desk().search().index(), nullptr, limits_),
        workspace_(services.directory()->workspaces().front()), now_ms_(core::to_unix_ms(services.clock().wall_now())) {
    for (const ticketing::Inbox& each : services.directory()->inboxes_of(workspace_)) inboxes_.push_back(each.id);
  }

  void make_people() {
    const auth::Principal by = services_.operator_principal(workspace_);
    ticketing::Groups& groups = services_.desk().groups();
    for (std::size_t i = 0; i < plan_.groups; ++i) {
      ticketing::Groups::Change change;
      change.name = fmt::format("Group {}", i + 1);
      groups_.push_back(run(io_, groups.create(by, std::move(change))).value().id);
    }
    for (std::size_t i = 0; i < plan_.agents; ++i) {
      const auto made = run(io_, services_.accounts().invite(by, fmt::format("agent{}@desk.example", i + 1), fmt::format("Agent {}", i + 1), auth::Role::kAgent));
      agents_.push_back(made.value().first.id);
      (void)run(io_, groups.join(by, groups_[i % groups_.size()], agents_.back(), true)).value();
    }
    for (std::size_t i = 0; i < plan_.organizations; ++i) {
      ticketing::Organizations::Change change;
      change.name = fmt::format("Organization {}", i + 1);
      organizations_.push_back(run(io_, services_.desk().organizations().create(by, std::move(change))).value().id);
    }
    for (const char* chore : {"views", "views"}) (void)run(io_, services_.desk().chores().run_once(chore));  // the views that every workspace has
  }

  void make_tickets() {
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t first = 1; first <= plan_.tickets; first += kStep) {
      const std::uint64_t end = std::min<std::uint64_t>(first + kStep, plan_.tickets + 1);
      next_ = first;
      std::size_t running = kAtOnce;
      for (std::size_t i = 0; i < kAtOnce; ++i) {
        boost::asio::co_spawn(io_, make_until(end), [&running](std::exception_ptr error) {
          if (error) std::rethrow_exception(error);
          --running;
        });
      }
      io_.restart();
      while (running > 0) io_.run_one();
      const double before = cpu_seconds();
      (void)run(io_, upkeep_.run(workspace_, never_)).value();
      merging_ += cpu_seconds() - before;
      if ((end - 1) % (kStep * 5) == 0 || end > plan_.tickets) tell(end - 1, begin);
    }
  }

  // What the background does in a running server.
  void settle() {
    for (const char* chore : {"people index", "inbox counts", "views", "search", "automation index", "service level rebuild"}) {
      for (int turn = 0; turn < 2; ++turn) (void)run(io_, services_.desk().chores().run_once(chore)).value();  // each goes on until little is left
    }
  }

  double merging_seconds() const { return merging_; }
  std::uint64_t comments() const { return comments_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  static ticketing::search::Limits large_steps() {
    ticketing::search::Limits out;
    out.merge_batch_max = 10'000;
    out.merge_blocks_max = 1'000'000;
    return out;
  }

  void tell(std::uint64_t done, std::chrono::steady_clock::time_point begin) const {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    fmt::print(stderr, "  {} tickets, {} comments: {:.0f} a second, {:.0f} s of CPU, {:.0f} of them merging, {} MB\n", done, comments_,
               static_cast<double>(done) / seconds, cpu_seconds(), merging_, used.ru_maxrss / 1024);
    std::fflush(stderr);
  }

  core::Task<void> make_until(std::uint64_t end) {
    while (next_ < end) {
      const std::uint64_t number = next_++;
      const auto done = co_await make(number);
      if (!done) throw std::runtime_error(fmt::format("ticket {}: {}", number, done.error().describe()));
    }
  }

  core::Task<core::Result<void>> make(std::uint64_t number) {
    Chance chance(number * 2);
    const std::size_t count = 1 + chance() % (2 * plan_.comments - 1);
    const TicketTexts texts = ticket_texts(texts_, number, count);
    comments_ += count;
    for (const std::string& each : texts.comments) bytes_ += each.size();
    const Chance kept = chance;
    for (ticketing::Patience patience(with_.clock, with_.options);;) {
      chance = kept;
      storage::Transaction transaction = with_.store.begin();
      POSTERN_CO_CHECK(write(transaction, number, texts, chance));
      const auto committed = co_await with_.store.commit(std::move(transaction));
      if (committed) co_return core::Result<void>();
      if (!co_await patience.again(committed.error())) co_return committed.error();
    }
  }

  static Status status_of(std::uint64_t number, std::uint64_t last, Chance& chance) {
    const bool is_recent = number > last - last / 50;
    const bool is_open = is_recent ? chance() % 10 < 9 : chance() % 50 == 0;
    if (!is_open) return is_recent || chance() % 30 == 0 ? Status::kSolved : Status::kClosed;
    constexpr Status kOpen[] = {Status::kNew, Status::kNew, Status::kOpen, Status::kOpen, Status::kOpen, Status::kOpen, Status::kPending, Status::kPending, Status::kPending, Status::kHold};
    return kOpen[chance() % std::size(kOpen)];
  }

  core::Result<void> write(storage::Transaction& transaction, std::uint64_t number, const TicketTexts& texts, Chance& chance) {
    std::int64_t at = now_ms_ - kSpanMs + static_cast<std::int64_t>(static_cast<double>(kSpanMs) * static_cast<double>(number) / static_cast<double>(plan_.tickets + 1));
    ticketing::PastClock clock(with_.clock, at);
    const ticketing::Services then({with_.store, with_.vault, with_.directory, with_.ids, clock, with_.options, with_.hooks}, with_.accounts);
    POSTERN_TRY(ticketing::TicketDraft draft, ticketing::TicketDraft::create(then, transaction, workspace_, core::TicketId{number}, inboxes_[chance() % inboxes_.size()]));
    draft.changed_by({{}, auth::Role::kContact, std::string(ticketing::kImportWay), true, false});
    const std::size_t customer = chance() % plan_.customers;
    POSTERN_TRY(const core::UserId requester, with_.accounts.ensure_contact(transaction, workspace_, fmt::format("customer{}@customers{}.example", customer, customer % 977),
                                                                            fmt::format("Customer {}", customer)));
    schema::Ticket& record = draft.record();
    record.set_requester(requester.value);
    record.set_submitter(requester.value);
    record.set_subject(texts.subject);
    record.set_organization(organizations_.empty() || customer % 3 == 0 ? 0 : organizations_[customer % organizations_.size()]);
    record.set_priority(static_cast<std::uint32_t>(chance() % 5));
    record.set_type(static_cast<std::uint32_t>(chance() % 5));
    const Status status = status_of(number, plan_.tickets, chance);
    const std::size_t agent = chance() % agents_.size();
    const bool is_taken = status != Status::kNew;
    if (is_taken || chance() % 2 == 0) record.set_group(groups_[agent % groups_.size()]);
    if (is_taken && chance() % 20 != 0) record.set_assignee(agents_[agent].value);
    POSTERN_CHECK(draft.add_event(requester, "created", "import bench"));
    std::vector<std::string> tags;
    for (std::size_t left = chance() % 4; left > 0; --left) tags.push_back(fmt::format("topic{}", chance() % (1 + chance() % kTags)));
    POSTERN_CHECK(draft.add_tags({}, tags));
    schema::TicketMetrics metrics;
    for (std::size_t i = 0; i < texts.comments.size(); ++i) {
      const bool is_by_agent = i % 2 == 1;
      clock.set(at);
      POSTERN_CHECK(add_comment(then, transaction, draft, texts.comments[i], is_by_agent ? agents_[agent] : requester, !is_by_agent || chance() % 5 != 0, i > 0));
      count(metrics, at, is_by_agent);
      at = std::min(at + static_cast<std::int64_t>(chance() % (72 * kHourMs)), now_ms_);
    }
    if (status != Status::kNew) POSTERN_CHECK(draft.set_status(is_taken ? agents_[agent] : core::UserId{}, status));
    metrics.set_status_since(at);
    if (status >= Status::kSolved) metrics.set_solved(at);
    *record.mutable_metrics() = metrics;
    clock.set(at);
    const schema::Ticket whole = record;
    draft.restore(whole);  // keeps the metrics of its own times
    return draft.save(false);
  }

  static void count(schema::TicketMetrics& metrics, std::int64_t at, bool is_by_agent) {
    metrics.set_last_comment(at);
    if (!is_by_agent) return metrics.set_requester_updated(at);
    if (metrics.first_reply() == 0) metrics.set_first_reply(at);
    metrics.set_last_public_agent_reply(at);
    metrics.set_replies(metrics.replies() + 1);
  }

  core::Result<void> add_comment(const ticketing::Services& then, storage::Transaction& transaction, ticketing::TicketDraft& draft, const std::string& text,
                                 core::UserId author, bool is_public, bool has_event) {
    schema::Comment comment;
    comment.set_id(then.ids.next());
    comment.set_author(author.value);
    comment.set_is_public(is_public);
    comment.set_created_unix_ms(then.now_ms());
    comment.set_via("mail");
    POSTERN_CHECK(ticketing::codec::put_text(transaction, then, workspace_, text, *comment.mutable_text()));
    POSTERN_CHECK(draft.add_comment(comment, author.value == draft.record().requester()));
    if (!has_event) return {};
    return draft.add_event(author, "comment", is_public ? "public" : "internal", core::CommentId{comment.id()});
  }

  boost::asio::io_context& io_;
  app::Services& services_;
  const Plan& plan_;
  const Texts texts_;
  const ticketing::Services& with_;
  const ticketing::search::Limits limits_;
  ticketing::search::Upkeep upkeep_;
  const core::WorkspaceId workspace_;
  const std::int64_t now_ms_;
  const std::atomic<bool> never_{false};
  std::vector<core::InboxId> inboxes_;
  std::vector<std::uint64_t> groups_, organizations_;
  std::vector<core::UserId> agents_;
  std::uint64_t next_ = 0, comments_ = 0, bytes_ = 0;
  double merging_ = 0;
};

// As COPY has it.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\\n" : c == '\t' ? "\\t" : c == '\\' ? "\\\\" : std::string(1, c);
  return out;
}

// How many comments a ticket has, as make() decides.
std::size_t comments_of(std::uint64_t number, std::size_t mean) { return 1 + Chance(number * 2)() % (2 * mean - 1); }

int print(const Plan& plan) {
  const Texts texts(plan.words);
  for (std::uint64_t number = 1; number <= plan.tickets; ++number) {
    const TicketTexts ticket = ticket_texts(texts, number, comments_of(number, plan.comments));
    for (std::size_t i = 0; i < ticket.comments.size(); ++i) {
      fmt::print("{}\t{}\t{}\t{}\n", number, i, escaped(ticket.subject), escaped(ticket.comments[i]));
    }
  }
  return 0;
}

bool parse(int argc, char** argv, Plan& plan) {
  const std::map<std::string, std::size_t*> numbers{{"--tickets", &plan.tickets}, {"--comments", &plan.comments}, {"--customers", &plan.customers},
                                                    {"--organizations", &plan.organizations}, {"--agents", &plan.agents}, {"--print", &plan.prints}};
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--config") {
      plan.config = argv[i + 1];
    } else if (name == "--words") {
      plan.words = argv[i + 1];
    } else if (const auto known = numbers.find(name); known != numbers.end()) {
      *known->second = std::strtoull(argv[i + 1], nullptr, 10);
    } else {
      return false;
    }
  }
  if (plan.customers == 0) plan.customers = plan.tickets / 5 + 1;
  if (plan.organizations == 0) plan.organizations = std::min<std::size_t>(2000, plan.tickets / 100 + 1);
  return argc % 2 == 1 && (plan.prints != 0 || !plan.config.empty()) && !plan.words.empty() && plan.tickets > 0 && plan.comments > 0 && plan.agents > 0;
}

int fill(const Plan& plan) {
  conf::Loaded loaded = conf::load_file(plan.config);
  if (!loaded.ok()) {
    fmt::print(stderr, "{}\n", loaded.problems.front().to_string());
    return 1;
  }
  app::set_up_log(loaded.options);
  boost::asio::io_context io;
  const auto begin = std::chrono::steady_clock::now();
  const std::unique_ptr<app::Services> services = [&] {
    using Opened = core::Result<std::unique_ptr<app::Services>>;
    return std::move(run<std::shared_ptr<Opened>>(io, [](conf::GatewayOptions options) -> core::Task<std::shared_ptr<Opened>> {
                       co_return std::make_shared<Opened>(co_await app::Services::open(std::move(options), core::system_clock()));
                     }(std::move(loaded.options)))->value());
  }();
  Filler filler(io, *services, plan);
  filler.make_people();
  filler.make_tickets();
  filler.settle();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  fmt::print("{{\"tickets\": {}, \"comments\": {}, \"text_bytes\": {}, \"seconds\": {:.1f}, \"cpu_seconds\": {:.1f}, \"merging_seconds\": {:.1f}, \"memory_mb\": {}}}\n",
             plan.tickets, filler.comments(), filler.bytes(), seconds, cpu_seconds(), filler.merging_seconds(), used.ru_maxrss / 1024);
  services->store().close();
  return 0;
}

}  // namespace
}  // namespace postern::bench

int main(int argc, char** argv) {
  postern::bench::Plan plan;
  if (!postern::bench::parse(argc, argv, plan)) {
    fmt::print(stderr, "api_fill --config FILE --words FILE --tickets N [--comments M] [--customers N] [--organizations N] [--agents N]\n");
    return 2;
  }
  return plan.prints != 0 ? postern::bench::print(plan) : postern::bench::fill(plan);
}
