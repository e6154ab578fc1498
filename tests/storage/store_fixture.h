#pragma once
// tests/storage/store_fixture.h: a folder that disappears, and blocking forms of the coroutine calls.
// Thread-safety: commit() from any thread, each thread on its own io_context.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/manual_clock.h"
#include "storage/key.h"
#include "storage/rocks_store.h"
#include "storage/store.h"
#include "tests/support/run_task.h"

namespace postern::storage::test {

constexpr core::WorkspaceId kOne{1};
constexpr core::WorkspaceId kTwo{2};

class TempFolder {
 public:
  TempFolder() {
    std::string pattern = ::testing::TempDir() + "postern-storage-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  std::filesystem::path path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline core::SecretBuffer test_key(char fill = 'k') { return core::SecretBuffer(32, fill); }

inline RocksOptions rocks_options_for(const std::filesystem::path& folder) {
  RocksOptions options;
  options.folder = folder;
  options.master_key = test_key();
  options.memtable_bytes = 4U << 20U;
  options.block_cache_bytes = 4U << 20U;
  options.heal_delay_max = std::chrono::milliseconds(20);
  return options;
}

// A context of the calling thread's own, that lives until the process ends: the store's writer may still be inside
// post() when the caller has its result, so a context of one call would end too early.
inline boost::asio::io_context& own_context() {
  static std::mutex mutex;
  static std::vector<std::unique_ptr<boost::asio::io_context>> idle;
  struct Lease {
    Lease() {
      const std::lock_guard lock(mutex);
      if (idle.empty()) idle.push_back(std::make_unique<boost::asio::io_context>());
      context = std::move(idle.back());
      idle.pop_back();
    }
    ~Lease() {
      const std::lock_guard lock(mutex);
      idle.push_back(std::move(context));
    }
    Lease(const Lease&) = delete;
    std::unique_ptr<boost::asio::io_context> context;
  };
  thread_local Lease lease;
  return *lease.context;
}

inline core::Result<Committed> commit(Store& store, Transaction transaction) {
  return postern::test::run_task(own_context(), store.commit(std::move(transaction)));
}

inline std::string key_of(std::string_view name, core::WorkspaceId workspace = kOne, Space space = Space::kTicket) {
  KeyBuilder key(workspace, space);
  key.text(name);
  return std::move(key).take();
}

inline std::string key_of(std::uint64_t number, core::WorkspaceId workspace = kOne, Space space = Space::kTicket) {
  KeyBuilder key(workspace, space);
  key.u64(number);
  return std::move(key).take();
}

inline core::Result<Committed> put(Store& store, std::string key, std::string value) {
  Transaction transaction = store.begin();
  transaction.put(std::move(key), std::move(value));
  return commit(store, std::move(transaction));
}

inline std::optional<std::string> get(const Store& store, std::string_view key) {
  auto value = store.snapshot()->get(key);
  EXPECT_TRUE(value) << value.error().describe();
  return value ? *value : std::nullopt;
}

}  // namespace postern::storage::test
