// search_bench: what the full-text index costs, and how fast it answers. Prints one JSON object.
//   search_bench TICKETS FOLDER    makes a store in FOLDER (which must not exist) and removes it: saves TICKETS tickets with one mail of
//                                  about 4 KB each, merges what waits, then asks each kind of query 50 times
// "save_us" is processor time of the thread that saves, of the index alone (its hook); "merge_us" that of merging, a ticket.
// Words follow Zipf's law over 60 thousand, with a number, an order id and an address of its own in each mail.
#include <fmt/format.h>

#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "storage/rocks_store.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/search/ticket_search.h"

namespace postern::bench {
namespace {

using ticketing::search::SearchRequest;

constexpr std::size_t kBatch = 50;  // tickets of a transaction: the sync is not what is measured
constexpr std::size_t kWords = 60'000;
constexpr std::size_t kMailBytes = 4096;
constexpr std::size_t kAsked = 50;

double thread_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_THREAD, &used);
  const auto seconds = [](const timeval& each) { return static_cast<double>(each.tv_sec) + static_cast<double>(each.tv_usec) / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

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

// Letters of a number: the commoner a word, the shorter.
std::string word_of(std::size_t rank) {
  std::string out;
  for (std::size_t rest = rank + 30; rest > 0; rest /= 19) {
    out += "bcdfghklmnprstvwxyz"[rest % 19];
    out += "aeiou"[rest % 5];
  }
  return out;
}

class Mails {
 public:
  Mails() {
    double sum = 0;
    for (std::size_t i = 0; i < kWords; ++i) sums_.push_back(sum += 1.0 / static_cast<double>(i + 2));
  }
  std::string text(std::size_t number) {
    std::string out = fmt::format("Order ORD-{}-{} of person{}@customer{}.example.\n", 2020 + number % 7, number, number, number % 500);
    while (out.size() < kMailBytes) out += word() + (out.size() % 9 == 0 ? ".\n" : " ");
    return out;
  }
  std::string word() {
    const double at = std::uniform_real_distribution<double>(0, sums_.back())(random_);
    return word_of(static_cast<std::size_t>(std::ranges::lower_bound(sums_, at) - sums_.begin()));
  }

 private:
  std::mt19937 random_{1};
  std::vector<double> sums_;
};

// The index's hook, with a watch on it.
class Watched final : public ticketing::TicketIndex {
 public:
  explicit Watched(ticketing::TicketIndex& index) : index_(index) {}
  core::Result<void> follow(storage::Transaction& transaction, const ticketing::TicketChange& change) override {
    const double begin = thread_seconds();
    auto done = index_.follow(transaction, change);
    seconds += thread_seconds() - begin;
    return done;
  }
  double seconds = 0;

 private:
  ticketing::TicketIndex& index_;
};

// Text into words, MB a second of the processor; "wide": of scripts that are not ASCII.
double analysis_rate(bool is_wide) {
  Mails mails;
  std::vector<std::string> texts;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < kAsked; ++i) {
    std::string text = mails.text(i);
    for (std::size_t at = 60; is_wide && at < text.size(); at += 60) text.insert(std::min(text.find(' ', at), text.size()), " été Straße заказ 我想退款");
    bytes += text.size();
    texts.push_back(std::move(text));
  }
  const ticketing::search::Limits limits;
  const double begin = thread_seconds();
  for (const std::string& text : texts) {
    ticketing::search::WordBag bag(limits);
    bag.add_text(text, ticketing::search::kInComment);
  }
  return static_cast<double>(bytes) / 1e6 / (thread_seconds() - begin);
}

class Bench {
 public:
  explicit Bench(const std::filesystem::path& folder) {
    storage::RocksOptions rocks;
    rocks.folder = folder;
    rocks.master_key = core::SecretBuffer(32, 'k');
    store_ = storage::open_rocks_store(std::move(rocks), clock_).value();
    vault_ = std::make_unique<storage::Vault>(*store_, core::SecretBuffer(32, 'k'));
    accounts_ = std::make_unique<auth::Accounts>(*store_, *vault_, ids_, clock_, pool_, auth::Options());
    options_.hostname = "mx.example";
    options_.inboxes = {{"main", {"support@example.com"}, "Support", {}}};
    directory_ = run(io_, ticketing::Directory::load(*store_, *vault_, options_)).value();
    by_.workspace = directory_->workspace_named("main");
    by_.role = auth::Role::kAgent;
    by_.user = core::UserId{5};
    with_ = std::make_unique<ticketing::Services>(ticketing::Basics{*store_, *vault_, *directory_, ids_, clock_, options_, &hooks_}, *accounts_);
    search_ = std::make_unique<ticketing::search::TicketSearch>(*with_, nullptr);
    watched_ = std::make_unique<Watched>(search_->index());
    hooks_.indexes.push_back(watched_.get());
  }
  ~Bench() { store_->close(); }

  void fill(std::size_t tickets) {
    for (std::size_t done = 0; done < tickets;) {
      storage::Transaction transaction = store_->begin();
      for (std::size_t i = 0; i < kBatch && done < tickets; ++i, ++done) save(transaction, done);
      run(io_, store_->commit(std::move(transaction))).value();
      const double begin = thread_seconds();
      for (;;) if (run(io_, search_->upkeep().merge(by_.workspace, search_->limits().merge_min)).value() == 0) break;
      merging_ += thread_seconds() - begin;
    }
  }

  // Milliseconds, and how many were found on average.
  std::string ask(const std::string& name, const std::function<std::string(std::size_t)>& query) {
    std::vector<double> took;
    double found = 0;
    bool is_approximate = false;
    for (std::size_t i = 0; i < kAsked; ++i) {
      SearchRequest request;
      request.query = query(i);
      const auto begin = std::chrono::steady_clock::now();
      const auto answer = run(io_, search_->find(by_, std::move(request))).value();
      took.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
      found += static_cast<double>(answer.count) / kAsked;
      is_approximate = is_approximate || answer.is_approximate;
    }
    std::ranges::sort(took);
    return fmt::format("\"{}\": {{\"p50_ms\": {:.2f}, \"p99_ms\": {:.2f}, \"found\": {:.0f}, \"approximate\": {}}}", name, took[kAsked / 2],
                       took[kAsked * 99 / 100], found, is_approximate);
  }

  void report(std::size_t tickets, const std::filesystem::path& folder) {
    const auto count = static_cast<double>(tickets);
    std::uintmax_t bytes = 0;
    for (const auto& each : std::filesystem::recursive_directory_iterator(folder)) bytes += each.is_regular_file() ? each.file_size() : 0;
    Mails words;
    const auto common = [](std::size_t i) { return word_of(i % 20); };
    fmt::print("{{\"tickets\": {}, \"analysis_mb_s\": {:.0f}, \"analysis_wide_mb_s\": {:.0f}, \"save_us\": {:.1f}, \"merge_us\": {:.1f}, \"store_bytes_a_ticket\": {:.0f}, \"queries\": {{{}, {}, {}, {}, {}, {}, {}, {}, {}}}}}\n",
               tickets, analysis_rate(false), analysis_rate(true), watched_->seconds / count * 1e6, merging_ / count * 1e6, static_cast<double>(bytes) / count,
               ask("order id", [&](std::size_t i) { return fmt::format("ORD-{}-{}", 2020 + i * 7 % tickets % 7, i * 7 % tickets); }),
               ask("two words", [&](std::size_t) { return words.word() + " " + words.word(); }),
               ask("one common word", common),
               ask("four common words", [&](std::size_t i) { return common(i) + " " + common(i + 3) + " " + common(i + 7) + " " + common(i + 11); }),
               ask("beginning", [&](std::size_t i) { return word_of(1000 + i * 31).substr(0, 5) + "*"; }),
               ask("phrase", [&](std::size_t i) { return "\"" + word_of(i % 100) + " " + word_of(i % 7) + "\""; }),
               ask("common word and tag", [&](std::size_t i) { return common(i) + " tags:tag" + std::to_string(i % 100); }),
               ask("status", [](std::size_t) { return std::string("status:new priority:high"); }),
               ask("requester", [](std::size_t i) { return "requester:" + std::to_string(1000 + i); }));
  }

 private:
  void save(storage::Transaction& transaction, std::size_t number) {
    const core::TicketId id{store_->next_number(ticketing::keys::ticket_counter(by_.workspace)).value()};
    auto draft = ticketing::TicketDraft::create(*with_, transaction, by_.workspace, id, directory_->resolve(pipeline::split_address("support@example.com")).value().inbox);
    draft->record().set_subject(mails_.word() + " " + mails_.word() + " " + mails_.word());
    draft->record().set_requester(1000 + number % 5000);
    draft->record().set_priority(static_cast<std::uint32_t>(number % 5));
    draft->record().add_tags("tag" + std::to_string(number % 1000));
    schema::Comment comment;
    comment.set_id(ids_.next());
    comment.set_author(draft->record().requester());
    comment.set_is_public(true);
    comment.set_via("mail");
    comment.mutable_text()->set_inline_text(mails_.text(number));
    draft->add_comment(comment, true).value();
    draft->save(true).value();
  }

  boost::asio::io_context io_;
  core::Clock& clock_ = core::system_clock();
  core::WorkPool pool_{"bench", 1, 64};
  core::IdSource ids_{clock_, 1};
  ticketing::Options options_;
  ticketing::TicketHooks hooks_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<storage::Vault> vault_;
  std::unique_ptr<auth::Accounts> accounts_;
  std::unique_ptr<ticketing::Directory> directory_;
  std::unique_ptr<ticketing::Services> with_;
  std::unique_ptr<ticketing::search::TicketSearch> search_;
  std::unique_ptr<Watched> watched_;
  auth::Principal by_;
  Mails mails_;
  double merging_ = 0;
};

}  // namespace
}  // namespace postern::bench

int main(int argc, char** argv) {
  const std::size_t tickets = argc == 3 ? std::strtoull(argv[1], nullptr, 10) : 0;
  if (tickets == 0 || std::filesystem::exists(argv[2])) {
    fmt::print(stderr, "search_bench TICKETS FOLDER\n");
    return 2;
  }
  {
    postern::bench::Bench bench(argv[2]);
    bench.fill(tickets);
    bench.report(tickets, argv[2]);
  }
  std::filesystem::remove_all(argv[2]);
  return 0;
}
