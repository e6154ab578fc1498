#include "storage/rocks_engine.h"

#include <rocksdb/convenience.h>
#include <rocksdb/env.h>

#include <system_error>
#include <vector>

#include "core/assert.h"
#include "core/log.h"
#include "storage/encrypted_files.h"
#include "storage/key.h"
#include "storage/resilient_files.h"
#include "storage/rocks_tuning.h"
#include "storage/schema/store.pb.h"

namespace postern::storage {
namespace {

constexpr std::uint32_t kFormatVersion = 1;
constexpr int kReadOnlyAttemptsMax = 5;

std::string meta_key(std::string_view name) {
  KeyBuilder key(core::WorkspaceId{}, Space::kMeta);
  key.text(name);
  return std::move(key).take();
}

}  // namespace

std::string_view status_word(const rocksdb::Status& status) {
  if (status.IsNoSpace() ||
      (status.getState() != nullptr && std::string_view(status.getState()).starts_with(kNoSpaceMessage))) {
    return "no space left";
  }
  if (status.IsIOError()) return "input/output error";
  if (status.IsCorruption()) return "corruption";
  if (status.IsBusy()) return "busy";
  if (status.IsShutdownInProgress()) return "shutting down";
  if (status.IsInvalidArgument()) return "invalid argument";
  return status.ok() ? "ok" : "error";
}

core::Error to_error(const rocksdb::Status& status, std::string_view where) {
  std::string context = std::string(where).append(": ").append(status_word(status));
  if (status.IsCorruption()) return core::fail(Errc::kCorrupt, std::move(context));
  return core::fail_transient(Errc::kIo, std::move(context));
}

RocksEngine::Volume::~Volume() {
  if (lock != nullptr) base->UnlockFile(lock, {}, nullptr).PermitUncheckedError();
}

core::Result<std::shared_ptr<RocksEngine::Volume>> RocksEngine::open_volume(RocksOptions options,
                                                                            std::shared_ptr<rocksdb::FileSystem> base) {
  auto volume = std::make_shared<Volume>();
  volume->options = std::move(options);
  volume->base = std::move(base);
  volume->tails = std::make_shared<LogTails>();
  if (volume->options.read_only) return volume;
  const std::string folder = volume->options.folder.string();
  std::error_code failed;
  if (!std::filesystem::exists(volume->options.folder, failed)) {
    std::filesystem::create_directories(volume->options.folder, failed);
    if (!failed) std::filesystem::permissions(volume->options.folder, std::filesystem::perms::owner_all, failed);
    if (failed) return core::fail(Errc::kIo, folder + ": " + failed.message());
  }
  const auto locked = volume->base->LockFile((volume->options.folder / "LOCK").string(), {}, &volume->lock, nullptr);
  if (!locked.ok()) return core::fail(Errc::kIo, folder + ": not accessible, or another process holds it");
  return volume;
}

core::Result<std::shared_ptr<RocksEngine>> RocksEngine::open(std::shared_ptr<Volume> volume, const core::Clock& clock,
                                                             std::uint64_t version_base) {
  std::shared_ptr<RocksEngine> engine(new RocksEngine);
  engine->volume_ = std::move(volume);
  engine->version_base_ = version_base;
  const std::string folder = engine->options().folder.string();
  std::shared_ptr<const std::atomic<bool>> foreign;
  const rocksdb::Status opened = engine->open_db(foreign);
  if (foreign && foreign->load()) {
    return core::fail(Errc::kCorrupt, folder + ": not encrypted under this master key");
  }
  if (!opened.ok()) {
    if (opened.IsCorruption()) return core::fail(Errc::kCorrupt, folder + ": damaged, or encrypted");
    return core::fail(Errc::kIo, folder + ": cannot open (" + std::string(status_word(opened)) + ")");
  }
  POSTERN_CHECK(engine->check_format(clock));
  return engine;
}

rocksdb::Status RocksEngine::open_db(std::shared_ptr<const std::atomic<bool>>& foreign) {
  const RocksOptions& own = options();
  files_ = std::make_shared<ResilientFiles>(volume_->base, own.encrypt_files ? kFilePrefixBytes : 0, volume_->tails);
  std::shared_ptr<rocksdb::FileSystem> files = files_;
  if (own.encrypt_files) {
    EncryptedFiles encrypted = make_encrypted_files(files_, own.master_key);
    files = std::move(encrypted.files);
    foreign = std::move(encrypted.saw_foreign_file);
  }
  env_ = rocksdb::NewCompositeEnv(files);
  const rocksdb::Options tuned = rocks_options(own, env_.get(), failed_);
  const std::string folder = own.folder.string();
  rocksdb::DB* db = nullptr;
  rocksdb::Status status;
  if (own.read_only) {
    // The server beside us may delete a file between our reading its list and opening it.
    for (int attempt = 0; attempt < kReadOnlyAttemptsMax; ++attempt) {
      status = rocksdb::DB::OpenForReadOnly(tuned, folder, &db);
      if (!status.IsIOError() && !status.IsPathNotFound()) break;
    }
  } else {
    status = rocksdb::DB::Open(tuned, folder, &db);
  }
  db_.reset(db);
  return status;
}

core::Result<void> RocksEngine::check_format(const core::Clock& clock) {
  const std::string key = meta_key("format");
  std::string value;
  schema::StoreFormat format;
  const rocksdb::Status read = db_->Get({}, key, &value);
  if (read.ok()) {
    if (!format.ParseFromString(value)) return core::fail(Errc::kCorrupt, "store format record");
    if (format.version() > kFormatVersion) {
      return core::fail(Errc::kSchema, "store format " + std::to_string(format.version()));
    }
    return {};
  }
  if (!read.IsNotFound()) return to_error(read, "store format record");
  if (options().read_only) return core::fail(Errc::kSchema, "the folder holds no store");
  format.set_version(kFormatVersion);
  format.set_created_unix_ms(core::to_unix_ms(clock.wall_now()));
  rocksdb::WriteBatch batch;
  POSTERN_ASSERT(batch.Put(key, format.SerializeAsString()).ok());
  const rocksdb::Status written = write_synced(batch);
  if (!written.ok()) return to_error(written, "store format record");
  return {};
}

rocksdb::Status RocksEngine::write_synced(rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions synced;
  synced.sync = true;
  const rocksdb::Status status = db_->Write(synced, &batch);
  if (!status.ok()) failed_->store(true);
  return status;
}

void RocksEngine::fence() {
  files_->fence();
  rocksdb::CancelAllBackgroundWork(db_.get(), false);
}

RocksEngine::~RocksEngine() {
  if (!db_ || options().read_only) return;
  const rocksdb::Status closed = db_->Close();
  if (!closed.ok() && !has_failed()) core::log::warn("storage.close_failed", {{"status", status_word(closed)}});
}

EngineSlot::~EngineSlot() = default;  // waits for what is retiring

void EngineSlot::retire(std::shared_ptr<RocksEngine> engine) {
  std::erase_if(retiring_,
                [](const auto& one) { return one.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
  retiring_.push_back(std::async(std::launch::async, [last = std::move(engine)]() mutable { last.reset(); }));
}

bool EngineSlot::replace(const core::Clock& clock) {
  std::shared_ptr<RocksEngine> failed = get();
  failed->fence();
  const auto volume = failed->volume();
  if (!volume->tails->cut()) return false;
  auto opened = RocksEngine::open(volume, clock, failed->latest_version() + 1);
  if (!opened) {
    core::log::warn("storage.heal_failed", {{"why", opened.error().describe()}});
    return false;
  }
  rocksdb::WriteBatch probe;
  POSTERN_ASSERT(probe.Put(meta_key("probe"), "").ok());
  if (!(*opened)->write_synced(probe).ok()) {
    (*opened)->fence();
    retire(std::move(*opened));
    return false;
  }
  {
    const std::lock_guard lock(mutex_);
    engine_ = std::move(*opened);
  }
  retire(std::move(failed));
  return true;
}

namespace {

// What a view was asked for lately. A message reads its ticket, its Message-ID and the like several times over in one transaction;
// a search of the memtable costs ten times what looking here does. Views do not change.
// Thread-safety: any thread. Limits: kEntriesMax small values.
class ReadMemo {
 public:
  std::optional<std::optional<std::string>> find(std::string_view key, std::size_t hash) const {
    const std::lock_guard lock(mutex_);
    for (const Known& each : known_) {
      if (each.hash == hash && each.key == key) return each.value;
    }
    return std::nullopt;
  }
  void keep(std::string_view key, std::size_t hash, const std::optional<std::string>& value) {
    if (value && value->size() > kValueBytesMax) return;
    const std::lock_guard lock(mutex_);
    if (known_.size() < kEntriesMax) known_.push_back({hash, std::string(key), value});
  }

 private:
  static constexpr std::size_t kEntriesMax = 48;
  static constexpr std::size_t kValueBytesMax = 2048;
  struct Known {
    std::size_t hash;
    std::string key;
    std::optional<std::string> value;
  };
  mutable std::mutex mutex_;
  std::vector<Known> known_;
};

class RocksSnapshot final : public Snapshot {
 public:
  explicit RocksSnapshot(std::shared_ptr<const RocksEngine> engine)
      : engine_(std::move(engine)), view_(engine_->db().GetSnapshot()) {}
  ~RocksSnapshot() override { engine_->db().ReleaseSnapshot(view_); }
  RocksSnapshot(const RocksSnapshot&) = delete;

  core::Result<std::optional<std::string>> get(std::string_view key) const override {
    const std::size_t hash = ReadCache::hash(key);
    if (auto known = memo_.find(key, hash)) return std::move(*known);
    if (auto known = engine_->read_cache().find(key, hash, version())) return std::move(*known);
    std::string value;
    const rocksdb::Status status = engine_->db().Get(read_options(), rocksdb::Slice(key.data(), key.size()), &value);
    if (!status.ok() && !status.IsNotFound()) return to_error(status, "read");
    std::optional<std::string> out;
    if (status.ok()) out = std::move(value);
    memo_.keep(key, hash, out);
    engine_->read_cache().keep(key, hash, out, version());
    return out;
  }

  core::Result<std::vector<Entry>> scan(std::string_view prefix, Direction direction, std::size_t limit,
                                        std::string_view after) const override {
    limit = std::min(limit, engine_->options().limits.scan_entries_max);
    const std::string end = prefix_end(prefix);
    const rocksdb::Slice lower(prefix.data(), prefix.size());
    const rocksdb::Slice upper(end);
    rocksdb::ReadOptions options = read_options();
    options.total_order_seek = true;
    options.iterate_lower_bound = &lower;
    if (!end.empty()) options.iterate_upper_bound = &upper;
    const std::unique_ptr<rocksdb::Iterator> place(engine_->db().NewIterator(options));
    seek(*place, prefix, end, direction, after);
    std::vector<Entry> out;
    while (out.size() < limit && place->Valid()) {
      out.push_back({place->key().ToString(), place->value().ToString()});
      direction == Direction::kForward ? place->Next() : place->Prev();
    }
    if (!place->status().ok()) return to_error(place->status(), "scan");
    return out;
  }

  std::uint64_t version() const override { return engine_->version_of(view_->GetSequenceNumber()); }

 private:
  rocksdb::ReadOptions read_options() const {
    rocksdb::ReadOptions out;
    out.snapshot = view_;
    return out;
  }

  // To the first entry of the scan: the one next to `after` in its direction.
  static void seek(rocksdb::Iterator& place, std::string_view prefix, std::string_view end, Direction direction,
                   std::string_view after) {
    const rocksdb::Slice from(after.data(), after.size());
    if (direction == Direction::kForward) {
      if (after < prefix) {
        place.SeekToFirst();
        return;
      }
      place.Seek(from);
      if (place.Valid() && place.key() == from) place.Next();
    } else {
      if (after.empty() || (!end.empty() && after >= end)) {
        place.SeekToLast();
        return;
      }
      place.SeekForPrev(from);
      if (place.Valid() && place.key() == from) place.Prev();
    }
  }

  std::shared_ptr<const RocksEngine> engine_;
  const rocksdb::Snapshot* view_;
  mutable ReadMemo memo_;
};

}  // namespace

std::shared_ptr<const Snapshot> make_rocks_snapshot(std::shared_ptr<const RocksEngine> engine) {
  return std::make_shared<RocksSnapshot>(std::move(engine));
}

}  // namespace postern::storage
