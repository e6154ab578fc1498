// views_bench: what views cost with each save of a ticket, how fast they are filled, counted and read. Prints one JSON object.
//   views_bench TICKETS FOLDER    makes a store in FOLDER (which must not exist) and removes it: TICKETS tickets, 100 views
// "save_us" is what views take inside the transaction of a change (their hook) that turns everything over, "touch_us" of one that
// leaves all but the time as it is, as an answer does: of a ticket that stands in some 40 of the views, if unsolved; "fill_per_s": tickets put into all of the views
// at once; the rest are single reads. All of it is processor time of the one thread that works, in microseconds.
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <ctime>
#include <filesystem>
#include <random>

#include "storage/rocks_store.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/views/views.h"

namespace postern::bench {
namespace {


constexpr std::size_t kBatch = 10;  // tickets of a transaction: the sync is not what is measured
constexpr std::size_t kViews = 100;
constexpr std::size_t kAgents = 50;
constexpr std::size_t kGroups = 10;
constexpr std::size_t kAsked = 2000;

double thread_us() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
}
double us_since(double begin) { return thread_us() - begin; }

class Samples {
 public:
  void add(double us) { all_.push_back(us); }
  std::string json(const std::string& name) {
    std::ranges::sort(all_);
    double sum = 0;
    for (const double each : all_) sum += each;
    return fmt::format("\"{}\":{{\"mean\":{:.1f},\"p50\":{:.1f},\"p99\":{:.1f}}}", name, sum / static_cast<double>(all_.size()),
                       all_[all_.size() / 2], all_[all_.size() * 99 / 100]);
  }

 private:
  std::vector<double> all_;
};

// The views' hook with a stopwatch.
class TimedIndex final : public ticketing::TicketIndex {
 public:
  explicit TimedIndex(ticketing::TicketIndex& index) : index_(index) {}
  core::Result<void> follow(storage::Transaction& transaction, const ticketing::TicketChange& change) override {
    const double begin = thread_us();
    core::Result<void> out = index_.follow(transaction, change);
    samples.add(us_since(begin));
    return out;
  }
  Samples samples;

 private:
  ticketing::TicketIndex& index_;
};

class Bench {
 public:
  Bench(std::size_t tickets, std::filesystem::path folder) : tickets_(tickets), folder_(std::move(folder)) {
    storage::RocksOptions options;
    options.folder = folder_ / "store";
    options.master_key = core::SecretBuffer(32, 'k');
    std::filesystem::create_directories(options.folder);
    store_ = storage::open_rocks_store(std::move(options), core::system_clock()).value();
    vault_ = std::make_unique<storage::Vault>(*store_, core::SecretBuffer(32, 'k'));
    accounts_ = std::make_unique<auth::Accounts>(*store_, *vault_, ids_, core::system_clock(), cpu_, auth::Options());
    options_.hostname = "mx.example";
    options_.inboxes = {{"acme", {"support@acme.example"}, "Support", {}}, {"acme", {"sales@acme.example"}, "Sales", {}}};
    directory_ = run(ticketing::Directory::load(*store_, *vault_, options_)).value();
    workspace_ = directory_->workspace_named("acme");
    for (const ticketing::Inbox& inbox : directory_->inboxes_of(workspace_)) inboxes_.push_back(inbox.id);
    views_ = std::make_unique<ticketing::Views>(services(), nothing_, [](core::WorkspaceId, core::UserId user) -> core::Result<std::vector<std::uint64_t>> {
      return std::vector<std::uint64_t>{900 + user.value % kGroups, 900 + (user.value + 1) % kGroups};
    });
    timed_ = std::make_unique<TimedIndex>(views_->index());
  }
  ~Bench() {
    views_.reset();
    store_->close();
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void measure() {
    make_tickets();
    make_views();
    const double begin = thread_us();
    const std::atomic<bool> never{false};
    while (run(views_->fill(workspace_, never)).value() != 0) {}
    const double fill_s = us_since(begin) / 1e6;
    timed_->samples = {};
    change_tickets(false);
    const std::string touch = timed_->samples.json("touch_us");
    timed_->samples = {};
    change_tickets(true);
    fmt::print("{{\"tickets\":{},\"views\":{},\"fill_per_s\":{:.0f},{},{}", tickets_, kViews, static_cast<double>(tickets_) / fill_s,
               touch, timed_->samples.json("save_us"));
    Samples counts, first, deep, many;
    for (std::size_t i = 0; i < kAsked; ++i) {
      const auth::Principal by = agent(pick(kAgents));
      const std::uint64_t view = ids_of_views_[pick(ids_of_views_.size())];
      double at = thread_us();
      (void)views_->count(by, view).value();
      counts.add(us_since(at));
      at = thread_us();
      ticketing::Views::Page page = views_->page(by, view, 25, {}).value();
      first.add(us_since(at));
      for (int skip = 0; skip < 20 && page.has_more; ++skip) page = views_->page(by, view, 100, page.after).value();
      at = thread_us();
      (void)views_->page(by, view, 25, page.after).value();
      deep.add(us_since(at));
      if (i % 10 != 0) continue;
      at = thread_us();
      (void)views_->count_many(by, {ids_of_views_.begin(), ids_of_views_.begin() + 20}).value();
      many.add(us_since(at));
    }
    fmt::print(",{},{},{},{}}}\n", counts.json("count_us"), first.json("page_us"), deep.json("deep_page_us"), many.json("count_20_us"));
  }

 private:
  // Titles are not what is measured.
  class Nothing final : public pipeline::TextRedactor {
   public:
    pipeline::RedactedText redact_text(std::string_view, const pipeline::TextPlace&) const override { std::abort(); }
    pipeline::RedactedHtml redact_html(std::string_view, const pipeline::TextPlace&) const override { std::abort(); }
    pipeline::RedactedFile redact_file(std::string_view, std::string_view, std::string_view, const pipeline::TextPlace&) const override { std::abort(); }
  };

  template <class T>
  T run(core::Task<T> task) {
    std::optional<T> out;
    boost::asio::co_spawn(io_, std::move(task), [&](std::exception_ptr error, T got) {
      if (error) std::rethrow_exception(error);
      out.emplace(std::move(got));
    });
    io_.restart();
    const auto keep = boost::asio::make_work_guard(io_);
    while (!out) io_.run_one();
    return std::move(*out);
  }
  ticketing::Services services() { return {{*store_, *vault_, *directory_, ids_, core::system_clock(), options_, &hooks_}, *accounts_}; }
  std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }
  auth::Principal agent(std::size_t number) const {
    auth::Principal out;
    out.workspace = workspace_;
    out.user = core::UserId{100 + number};
    out.role = auth::Role::kOwner;
    return out;
  }
  std::unique_ptr<ticketing::Views> views_;

  void alter(schema::Ticket& ticket) {
    ticket.set_status(static_cast<std::uint32_t>(pick(10) < 4 ? pick(4) + 1 : 5));
    ticket.set_assignee(100 + pick(kAgents));
    ticket.set_group(900 + pick(kGroups));
    ticket.set_priority(static_cast<std::uint32_t>(pick(5)));
    ticket.set_type(static_cast<std::uint32_t>(pick(5)));
    ticket.clear_tags();
    ticket.add_tags("tag" + std::to_string(pick(20)));
  }

  void make_tickets() {
    for (std::size_t made = 0; made < tickets_;) {
      storage::Transaction transaction = store_->begin();
      const ticketing::Services with = services();
      for (std::size_t i = 0; i < kBatch && made < tickets_; ++i, ++made) {
        const core::TicketId number{store_->next_number(ticketing::keys::ticket_counter(workspace_)).value()};
        auto draft = ticketing::TicketDraft::create(with, transaction, workspace_, number, inboxes_[pick(2)]).value();
        draft.record().set_subject("Where is order " + std::to_string(made) + "?");
        draft.record().set_requester(10'000 + pick(1000));
        alter(draft.record());
        (void)draft.save(true).value();
      }
      (void)run(store_->commit(std::move(transaction))).value();
    }
  }

  schema::ViewShape shape(std::size_t number) {
    schema::ViewShape out;
    const auto add = [](schema::Condition& to, const std::string& field, const std::string& op, const std::string& value) {
      to.set_field(field);
      to.set_op(op);
      to.add_values(value);
    };
    schema::Conditions& conditions = *out.mutable_conditions();
    add(*conditions.add_all(), "status", "less_than", "solved");
    switch (number % 6) {
      case 0: add(*conditions.add_all(), "assignee_id", "is", "current_user"); break;
      case 1: add(*conditions.add_all(), "group_id", "is", std::to_string(900 + number % kGroups)); break;
      case 2: add(*conditions.add_all(), "current_tags", "includes", "tag" + std::to_string(number % 20)); break;
      case 3: add(*conditions.add_all(), "priority", "greater_than", "normal"); [[fallthrough]];
      case 4: add(*conditions.add_all(), "type", "is", number % 2 == 0 ? "incident" : "question"); break;
      default: add(*conditions.add_all(), "group_id", "is", "current_groups"); break;
    }
    if (number % 20 == 19) add(*conditions.add_all(), "OPEN", "greater_than", "24");
    out.set_sort_by(number % 3 == 0 ? "updated" : number % 3 == 1 ? "created" : "priority");
    out.set_sort_descending(number % 2 == 0);
    return out;
  }

  void make_views() {
    const ticketing::ViewLimits limits;
    const ticketing::ViewPlans plans(*vault_, ids_, limits);
    ticketing::Definitions<schema::View>::Kind kind{ticketing::DefinitionKind::kView, "view"};
    kind.also = [&plans](storage::Transaction& transaction, core::WorkspaceId workspace, const schema::View*, const schema::View* after) {
      return plans.follow(transaction, workspace, after->id(), after);
    };
    ticketing::Definitions<schema::View> definitions(*store_, *vault_, ids_, core::system_clock(), std::move(kind));
    for (std::size_t i = 0; i < kViews; ++i) {
      schema::View view;
      view.set_title("View " + std::to_string(i));
      view.set_is_active(true);
      *view.mutable_shape() = shape(i);
      ids_of_views_.push_back(run(definitions.create(agent(0), std::move(view))).value().id());
    }
  }

  void change_tickets(bool is_turned_over) {
    hooks_.indexes = {timed_.get()};
    for (std::size_t i = 0; i < kAsked / kBatch; ++i) {
      storage::Transaction transaction = store_->begin();
      const ticketing::Services with = services();
      for (std::size_t j = 0; j < kBatch; ++j) {
        auto draft = ticketing::TicketDraft::open(with, transaction, workspace_, core::TicketId{pick(tickets_) + 1}).value();
        if (is_turned_over) alter(draft.record());
        (void)draft.save(true).value();
      }
      (void)run(store_->commit(std::move(transaction))).value();
    }
  }

  const std::size_t tickets_;
  const std::filesystem::path folder_;
  boost::asio::io_context io_;
  core::IdSource ids_{core::system_clock(), 1};
  core::WorkPool cpu_{"cpu", 1, 16};
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<storage::Vault> vault_;
  std::unique_ptr<auth::Accounts> accounts_;
  ticketing::Options options_;
  std::unique_ptr<ticketing::Directory> directory_;
  Nothing nothing_;
  ticketing::TicketHooks hooks_;
  std::unique_ptr<TimedIndex> timed_;
  core::WorkspaceId workspace_;
  std::vector<core::InboxId> inboxes_;
  std::vector<std::uint64_t> ids_of_views_;
  std::mt19937_64 random_{7};
};

}  // namespace
}  // namespace postern::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "views_bench TICKETS FOLDER\n");
    return 2;
  }
  postern::bench::Bench(std::strtoul(argv[1], nullptr, 10), argv[2]).measure();
  return 0;
}
