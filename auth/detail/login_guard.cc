#include "auth/detail/login_guard.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "auth/detail/keys.h"
#include "auth/errc.h"
#include "core/encoding.h"
#include "storage/schema/account.pb.h"

namespace postern::auth {
namespace {

std::int64_t ms(std::chrono::seconds value) { return std::chrono::milliseconds(value).count(); }

core::Result<schema::LoginFailures> read(storage::Transaction& transaction, const std::string& key) {
  schema::LoginFailures record;
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
  if (value) POSTERN_CHECK(storage::parse_record(*value, record));
  return record;
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
    : clock_(clock), options_(options), account_key_(keys::failures("account", core::sha256(canonical_login))) {
  const std::string network = network_of(client_ip);
  if (!network.empty()) network_key_ = keys::failures("network", network);
}

core::Result<void> LoginGuard::count_attempt(storage::Transaction& transaction) const {
  POSTERN_CHECK(count(transaction, account_key_, options_.login_failures_max, true));
  if (network_key_.empty()) return {};
  return count(transaction, network_key_, options_.network_failures_max, false);
}

core::Result<void> LoginGuard::count(storage::Transaction& transaction, const std::string& key,
                                     std::uint32_t failures_max, bool doubles) const {
  POSTERN_TRY(schema::LoginFailures record, read(transaction, key));
  const std::int64_t now = core::to_unix_ms(clock_.wall_now());
  if (record.locked_until_unix_ms() > now) return core::fail_transient(Errc::kLocked);
  if (now - record.window_unix_ms() >= ms(options_.lock_window)) {
    record.set_failures(0);
    record.set_window_unix_ms(now);
  }
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
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(account_key_));
  if (value) transaction.erase(account_key_);
  return network_key_.empty() ? core::Result<void>() : uncount(transaction, network_key_);
}

core::Result<void> LoginGuard::take_back(storage::Transaction& transaction) const {
  POSTERN_CHECK(uncount(transaction, account_key_));
  return network_key_.empty() ? core::Result<void>() : uncount(transaction, network_key_);
}

core::Result<void> LoginGuard::uncount(storage::Transaction& transaction, const std::string& key) const {
  POSTERN_TRY(schema::LoginFailures record, read(transaction, key));
  if (record.failures() == 0) return {};  // the attempt closed a lock, which stays
  record.set_failures(record.failures() - 1);
  return storage::put_plain(transaction, key, record);
}

}  // namespace postern::auth
