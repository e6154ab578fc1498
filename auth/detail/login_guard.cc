#include "auth/detail/login_guard.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "auth/detail/keys.h"
#include "auth/errc.h"
#include "core/encoding.h"
#include "storage/schema/account.pb.h"

namespace postern::auth {
namespace {

constexpr std::size_t kPairsMax = 5000;  // networks whose locks one reset ends; more end by themselves

std::int64_t ms(std::chrono::seconds value) { return std::chrono::milliseconds(value).count(); }

core::Result<schema::LoginFailures> parse(const std::optional<std::string>& value) {
  schema::LoginFailures record;
  if (value) POSTERN_CHECK(storage::parse_record(*value, record));
  return record;
}

core::Result<schema::LoginFailures> read(storage::Transaction& transaction, const std::string& key) {
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  return parse(value);
}

void begin_window(schema::LoginFailures& record, std::int64_t now, const Options& options) {
  if (now - record.window_unix_ms() < ms(options.lock_window)) return;
  record.set_failures(0);
  record.set_window_unix_ms(now);
}

}  // namespace

std::string network_of(const std::string& client_ip) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(client_ip, error);
  if (error) return {};
  if (address.is_v4()) return boost::asio::ip::make_address_v4(address.to_v4().to_uint() & 0xFFFFFF00U).to_string();
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return network_of(boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6).to_string());
  auto bytes = v6.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return boost::asio::ip::address_v6(bytes).to_string();
}

LoginGuard::LoginGuard(const core::Clock& clock, const Options& options, std::string canonical_login,
                       const std::string& client_ip)
    : clock_(clock), options_(options), login_hash_(core::sha256(canonical_login)),
      account_key_(keys::failures("account", login_hash_)) {
  const std::string network = network_of(client_ip);
  pair_key_ = keys::pair_failures(login_hash_, network);
  if (!network.empty()) network_key_ = keys::failures("network", network);
}

core::Result<core::Duration> LoginGuard::count_attempt(storage::Transaction& transaction) const {
  if (!network_key_.empty()) POSTERN_CHECK(count(transaction, network_key_, options_.network_failures_max, false));
  POSTERN_CHECK(count(transaction, pair_key_, options_.login_failures_max, true));
  return count_account(transaction);
}

core::Result<core::Duration> LoginGuard::count_account(storage::Transaction& transaction) const {
  // Without conflict detection: a flood of guesses would make the owner's own attempt conflict until it gives up. The
  // count is then a little low, which a delay can bear.
  POSTERN_TRY(const std::optional<std::string> value, transaction.snapshot().get(account_key_));
  POSTERN_TRY(schema::LoginFailures record, parse(value));
  begin_window(record, now_ms(), options_);
  record.set_last_unix_ms(now_ms());
  record.set_failures(record.failures() + 1);
  POSTERN_CHECK(storage::put_plain(transaction, account_key_, record));
  if (record.failures() <= options_.login_failures_free) return core::Duration::zero();
  const core::Duration delay = options_.login_delay_step * (record.failures() - options_.login_failures_free);
  return std::min<core::Duration>(delay, options_.login_delay_max);
}

core::Result<void> LoginGuard::count(storage::Transaction& transaction, const std::string& key,
                                     std::uint32_t failures_max, bool doubles) const {
  POSTERN_TRY(schema::LoginFailures record, read(transaction, key));
  const std::int64_t now = now_ms();
  if (record.locked_until_unix_ms() > now) return core::fail_transient(Errc::kLocked);
  begin_window(record, now, options_);
  if (now - record.last_unix_ms() >= ms(options_.lock_max)) record.set_locks(0);
  record.set_last_unix_ms(now);
  record.set_failures(record.failures() + 1);
  if (record.failures() >= failures_max) {
    const auto doublings = doubles ? std::min<std::uint32_t>(record.locks(), 20) : 0;
    record.set_locked_until_unix_ms(now + std::min(ms(options_.lock_first) << doublings, ms(options_.lock_max)));
    record.set_locks(record.locks() + 1);
    record.set_failures(0);
  }
  return storage::put_plain(transaction, key, record);
}

core::Result<void> LoginGuard::clear(storage::Transaction& transaction) const {
  transaction.erase(account_key_);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(pair_key_));
  if (value) transaction.erase(pair_key_);
  return network_key_.empty() ? core::Result<void>() : uncount(transaction, network_key_);
}

core::Result<void> LoginGuard::clear_everywhere(storage::Transaction& transaction) const {
  POSTERN_TRY(const std::vector<storage::Entry> pairs,
              transaction.snapshot().scan(keys::pair_failures_prefix(login_hash_), storage::Direction::kForward, kPairsMax));
  for (const storage::Entry& pair : pairs) transaction.erase(pair.key);
  return clear(transaction);
}

core::Result<void> LoginGuard::take_back(storage::Transaction& transaction) const {
  POSTERN_CHECK(uncount(transaction, pair_key_));  // the account's count stays: it only delays
  return network_key_.empty() ? core::Result<void>() : uncount(transaction, network_key_);
}

core::Result<void> LoginGuard::uncount(storage::Transaction& transaction, const std::string& key) const {
  POSTERN_TRY(schema::LoginFailures record, read(transaction, key));
  if (record.failures() == 0) return {};  // the attempt closed a lock, which stays
  record.set_failures(record.failures() - 1);
  return storage::put_plain(transaction, key, record);
}

}  // namespace postern::auth
