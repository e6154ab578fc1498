#include "app/sts_book.h"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <charconv>

#include "core/log.h"
#include "storage/key.h"

namespace postern::app {
namespace {

constexpr std::string_view kBook = "mta_sts";
constexpr core::WorkspaceId kInstance{};  // of all workspaces together, as deliveries are

std::string book_prefix() {
  storage::KeyBuilder key(kInstance, storage::Space::kMeta);
  key.text(kBook);
  return std::move(key).take();
}

// The first lines are what the policy's text does not have.
std::string to_page(const smtp::KeptStsPolicy& policy) {
  return policy.domain + '\n' + policy.id + '\n' + std::to_string(core::to_unix_ms(policy.until)) + '\n' + smtp::to_text(policy.policy);
}

std::string_view line_of(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view out = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return out;
}

std::optional<smtp::KeptStsPolicy> from_page(std::string_view page) {
  smtp::KeptStsPolicy out;
  out.domain = line_of(page);
  out.id = line_of(page);
  const std::string_view until = line_of(page);
  std::int64_t ms = 0;
  if (std::from_chars(until.data(), until.data() + until.size(), ms).ec != std::errc()) return std::nullopt;
  out.until = core::from_unix_ms(ms);
  auto policy = smtp::parse_sts_policy(page);
  if (!policy || out.domain.empty()) return std::nullopt;
  out.policy = std::move(*policy);
  return out;
}

// The next so many of both lists.
smtp::StsChanges batch_of(smtp::StsChanges& from) {
  smtp::StsChanges out;
  while (!from.kept.empty() && out.kept.size() < StsBook::kBatchMax) {
    out.kept.push_back(std::move(from.kept.back()));
    from.kept.pop_back();
  }
  while (!from.gone.empty() && out.gone.size() < StsBook::kBatchMax) {
    out.gone.push_back(std::move(from.gone.back()));
    from.gone.pop_back();
  }
  return out;
}

}  // namespace

StsBook::StsBook(storage::Store& store, const storage::Vault& vault, smtp::StsPolicies& policies, core::Clock& clock)
    : store_(store), vault_(vault), policies_(policies), clock_(clock), tasks_("mta-sts book", clock) {}

core::Result<std::string> StsBook::key_of(const std::string& domain) const {
  POSTERN_TRY(const std::string digest, vault_.content_hash(kInstance, domain));
  storage::KeyBuilder key(kInstance, storage::Space::kMeta);
  key.text(kBook).text(digest);
  return std::move(key).take();
}

core::Result<std::size_t> StsBook::read() {
  std::size_t known = 0;
  POSTERN_TRY(const std::vector<storage::Entry> entries,
              store_.snapshot()->scan(book_prefix(), storage::Direction::kForward, 2 * smtp::kStsPoliciesMax));
  for (const storage::Entry& entry : entries) {
    const core::Result<std::string> page = vault_.open(kInstance, entry.key, entry.value);
    const std::optional<smtp::KeptStsPolicy> policy = page ? from_page(*page) : std::nullopt;
    if (policy) {
      policies_.restore(*policy);
      ++known;
    } else {
      unreadable_.push_back(entry.key);
    }
  }
  if (!unreadable_.empty()) core::log::warn("mta_sts.unreadable", {{"records", static_cast<std::uint64_t>(unreadable_.size())}});
  return known;
}

void StsBook::start(boost::asio::any_io_executor executor) { tasks_.spawn(std::move(executor), run()); }

core::Task<void> StsBook::stop(core::Deadline by) {
  is_stopping_ = true;
  tasks_.cancel();
  co_await tasks_.drain(by);
  co_await write_or_warn();
}

core::Task<void> StsBook::run() {
  while (!is_stopping_) {
    co_await clock_.sleep_for(kWriteEvery);
    co_await write_or_warn();
  }
}

core::Task<void> StsBook::write_or_warn() {
  // Not cancelled half-way: what it has taken would be kept by nobody.
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  const auto written = co_await write();
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_terminal_cancellation());
  if (!written) core::log::warn("mta_sts.not_written", {{"what", written.error().describe()}});
}

core::Result<void> StsBook::put(storage::Transaction& transaction, const smtp::KeptStsPolicy& policy) const {
  POSTERN_TRY(std::string key, key_of(policy.domain));
  POSTERN_TRY(std::string sealed, vault_.seal(kInstance, key, to_page(policy)));
  transaction.put(std::move(key), std::move(sealed));
  return {};
}

core::Result<void> StsBook::fill(storage::Transaction& transaction, const smtp::StsChanges& changes) const {
  for (const smtp::KeptStsPolicy& policy : changes.kept) POSTERN_CHECK(put(transaction, policy));
  for (const std::string& domain : changes.gone) {
    POSTERN_TRY(std::string key, key_of(domain));
    transaction.erase(std::move(key));
  }
  for (const std::string& key : unreadable_) transaction.erase(key);
  return {};
}

core::Task<core::Result<void>> StsBook::write() {
  smtp::StsChanges left = policies_.take_changes();
  while (!left.kept.empty() || !left.gone.empty() || !unreadable_.empty()) {
    const smtp::StsChanges batch = batch_of(left);
    storage::Transaction transaction = store_.begin();
    core::Result<void> done = fill(transaction, batch);
    if (done) {
      const auto committed = co_await store_.commit(std::move(transaction));
      if (!committed) done = committed.error();
    }
    if (!done) {
      policies_.give_back(batch);
      policies_.give_back(left);
      co_return done.error();
    }
    unreadable_.clear();
  }
  co_return core::Result<void>();
}

}  // namespace postern::app
