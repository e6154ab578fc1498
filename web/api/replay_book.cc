#include "web/api/replay_book.h"

#include "auth/audit_trail/search.h"
#include "core/encoding.h"
#include "storage/key.h"
#include "storage/records.h"
#include "web/api/json.h"

namespace postern::web {
namespace {

constexpr std::size_t kAttemptsMax = 5;  // on a conflict

// Never renumber: on disk.
constexpr std::uint64_t kRecord = 1;  // (user, hash)
constexpr std::uint64_t kEnd = 2;     // (time, user, hash)
constexpr std::uint64_t kCount = 3;   // (user): counter of records

storage::KeyBuilder key_of(core::WorkspaceId workspace, std::uint64_t kind) {
  storage::KeyBuilder key(workspace, storage::Space::kReplay);
  key.u64(kind);
  return key;
}
std::string record_key(core::WorkspaceId workspace, std::uint64_t user, const std::string& hash) {
  return key_of(workspace, kRecord).u64(user).text(hash).bytes();
}
std::string end_key(core::WorkspaceId workspace, std::int64_t ends_ms, std::uint64_t user, const std::string& hash) {
  return key_of(workspace, kEnd).u64(static_cast<std::uint64_t>(ends_ms)).u64(user).text(hash).bytes();
}
std::string count_key(core::WorkspaceId workspace, std::uint64_t user) { return key_of(workspace, kCount).u64(user).bytes(); }

Response response_of(const schema::Replay& record) {
  Response out;
  out.status = static_cast<int>(record.status());
  for (const schema::ReplayField& each : record.fields()) out.fields.push_back({each.name(), each.value()});
  out.body = record.body();
  return out;
}

// What an answer repeats of what was typed is stored as what is typed is: without secrets. Addresses of ours are left alone.
bool hide_secrets(json::value& value, const pipeline::TextRedactor& redactor, core::WorkspaceId workspace) {
  bool has_changed = false;
  if (value.is_object()) {
    for (auto& each : value.get_object()) has_changed = hide_secrets(each.value(), redactor, workspace) || has_changed;
  } else if (value.is_array()) {
    for (json::value& each : value.get_array()) has_changed = hide_secrets(each, redactor, workspace) || has_changed;
  } else if (value.is_string()) {
    const std::string_view text(value.get_string().data(), value.get_string().size());
    if (text.starts_with("/api/") || text.starts_with("http")) return false;
    const pipeline::RedactedText clean = redactor.redact_text(text, {"answer", workspace, {}});
    if (clean.redactions().empty()) return false;
    value = json::string(clean.text());
    has_changed = true;
  }
  return has_changed;
}

std::string storable_answer(const std::string& body, const pipeline::TextRedactor& redactor, core::WorkspaceId workspace) {
  boost::system::error_code wrong;
  json::value parsed = json::parse(body, wrong);
  if (wrong) return std::string(redactor.redact_text(body, {"answer", workspace, {}}).text());
  return hide_secrets(parsed, redactor, workspace) ? json::serialize(parsed) : body;
}

// "ticket/12" as {"ticket":{"id":12}}: where the outcome is, without what it looked like then.
Response response_of(const auth::AuditEntry& entry) {
  const bool is_creation = entry.action.ends_with(".created");
  json::object out;
  const std::size_t slash = entry.object.find('/');
  const core::Result<std::uint64_t> id = slash == std::string::npos ? core::fail(core::Errc::kInvalid) : read_number(std::string_view(entry.object).substr(slash + 1));
  if (id) {
    out[entry.object.substr(0, slash)] = json::object{{"id", *id}};
  } else {
    out["object"] = entry.object;
  }
  return json_response(is_creation ? 201 : 200, out);
}

}  // namespace

struct ReplayBook::Freed {
  ReplayBook& book;
  const Place place;
  bool is_kept = false;
  Freed(ReplayBook& the_book, Place the_place) : book(the_book), place(std::move(the_place)) {}
  Freed(const Freed&) = delete;
  ~Freed() {
    if (!is_kept) book.release(place);
  }
};

core::Result<std::string> ReplayBook::hash_of(core::WorkspaceId workspace, const std::string& key) const {
  POSTERN_TRY(const std::string secret, with_.vault.derive_key(workspace, "idempotency-key"));
  return core::hmac_sha256(secret, key);
}

void ReplayBook::release(const Place& place) {
  const std::lock_guard lock(mutex_);
  active_.erase(place);
}

void ReplayBook::abandon(const auth::Principal& who, const std::string& key) {
  if (const auto hash = hash_of(who.workspace, key)) release({who.user.value, *hash});
}

core::Task<core::Result<ReplayBook::Outcome>> ReplayBook::begin(auth::Principal who, std::string key, std::string digest) {
  POSTERN_CO_TRY(const std::string hash, hash_of(who.workspace, key));
  const Place place(who.user.value, hash);
  {
    const std::lock_guard lock(mutex_);
    const auto [at, is_first] = active_.emplace(place, digest);
    if (!is_first) co_return Outcome{at->second == digest ? Kind::kInFlight : Kind::kDiffers, std::nullopt};
  }
  Freed freed(*this, place);  // on every way out, cancellation too, but the one
  core::Result<Outcome> outcome = core::fail_transient(storage::Errc::kConflict);
  for (std::size_t attempt = 0; attempt < kAttemptsMax; ++attempt) {
    storage::Transaction transaction = with_.store.begin();
    outcome = reserve(transaction, who, hash, digest);
    if (!outcome || transaction.writes().empty()) break;
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) break;
    outcome = committed.error();
    if (!(committed.error() == storage::Errc::kConflict)) break;
  }
  freed.is_kept = outcome && outcome->kind == Kind::kNew;
  co_return outcome;
}

core::Result<ReplayBook::Outcome> ReplayBook::reserve(storage::Transaction& transaction, const auth::Principal& who, const std::string& hash,
                                                      const std::string& digest) {
  const std::int64_t now = core::to_unix_ms(with_.clock.wall_now());
  const std::string at = record_key(who.workspace, who.user.value, hash);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(at));
  schema::Replay record;
  if (value) POSTERN_CHECK(storage::open_record(with_.vault, who.workspace, at, *value, record));
  const bool is_known = value && record.ends_unix_ms() > now;
  if (is_known && record.digest() != digest) return Outcome{Kind::kDiffers, std::nullopt};
  if (is_known && record.is_done()) return Outcome{Kind::kRepeated, response_of(record)};
  if (is_known) {
    POSTERN_TRY(Found found, look_up_fate(who, record));
    if (found.fate == Fate::kUnknown) return Outcome{Kind::kInFlight, std::nullopt};
    if (found.fate == Fate::kDone) return Outcome{Kind::kRepeated, std::move(found.response)};
  }
  const std::string counter = count_key(who.workspace, who.user.value);
  POSTERN_TRY(const std::optional<std::string> count, transaction.snapshot().get(counter));
  if (!value && storage::decode_counter(count) >= static_cast<std::int64_t>(options_.replays_per_user_max)) return Outcome{Kind::kFull, std::nullopt};
  if (value) transaction.erase(end_key(who.workspace, record.ends_unix_ms(), who.user.value, hash));
  if (!value) transaction.add(counter, 1);
  record.Clear();
  record.set_digest(digest);
  record.set_request(who.request);
  record.set_begun_unix_ms(now);
  record.set_ends_unix_ms(now + std::chrono::duration_cast<std::chrono::milliseconds>(options_.replay_life).count());
  transaction.put(end_key(who.workspace, record.ends_unix_ms(), who.user.value, hash), {});
  POSTERN_CHECK(storage::put_sealed(transaction, with_.vault, who.workspace, at, record));
  return Outcome{Kind::kNew, std::nullopt};
}

// Whether the request of a reservation without an answer changed anything, by the audit log.
core::Result<ReplayBook::Found> ReplayBook::look_up_fate(const auth::Principal& who, const schema::Replay& record) const {
  constexpr std::size_t kPagesMax = 20;
  constexpr std::size_t kPageEntries = 500;
  // No request takes longer, and the wall clock may have been set back since.
  constexpr std::int64_t kRequestMsMax = std::chrono::milliseconds(std::chrono::minutes(20)).count();
  auth::AuditFilter filter;
  filter.actor = who.user;
  auth::AuditOrder order;
  order.is_oldest_first = true;
  order.after = core::AuditId{record.request()};  // ids of one source: entries of the request come behind it
  order.limit = kPageEntries;
  const auto snapshot = with_.store.snapshot();
  for (std::size_t page = 0; page < kPagesMax; ++page) {
    POSTERN_TRY(const auth::AuditPage found, auth::search_audit(*snapshot, with_.vault, who.workspace, filter, order));
    for (const auth::AuditEntry& entry : found.entries) {
      if (entry.request == record.request() && entry.outcome == auth::Outcome::kOk) return Found{Fate::kDone, response_of(entry)};
      if (entry.at_unix_ms > record.begun_unix_ms() + kRequestMsMax) return Found{Fate::kNothing, {}};
    }
    if (!found.has_more && !found.is_cut) return Found{Fate::kNothing, {}};
    order.after = found.cursor;
  }
  return Found{Fate::kUnknown, {}};
}

core::Task<core::Result<void>> ReplayBook::finish(auth::Principal who, std::string key, Response response, bool keeps_body) {
  POSTERN_CO_TRY(const std::string hash, hash_of(who.workspace, key));
  const Freed freed(*this, {who.user.value, hash});
  if (response.status >= 500 || response.status == 429 || response.stream) co_return core::Result<void>();
  const std::string at = record_key(who.workspace, who.user.value, hash);
  for (std::size_t attempt = 1;; ++attempt) {
    storage::Transaction transaction = with_.store.begin();
    POSTERN_CO_TRY(const std::optional<std::string> value, transaction.get(at));
    if (!value) co_return core::Result<void>();  // it took longer than a key lives
    schema::Replay record;
    POSTERN_CO_CHECK(storage::open_record(with_.vault, who.workspace, at, *value, record));
    record.set_is_done(true);
    record.set_status(static_cast<std::uint32_t>(response.status));
    const bool is_whole = keeps_body && response.body.size() <= options_.replay_body_bytes_max;
    record.set_body(is_whole ? storable_answer(response.body, with_.redactor, who.workspace) : (response.short_body.empty() ? std::string("{}") : response.short_body));
    record.clear_fields();
    for (const Field& each : response.fields) {
      if (core::equals_ignoring_case(each.name, "set-cookie")) continue;
      auto* field = record.add_fields();
      field->set_name(each.name);
      field->set_value(each.value);
    }
    POSTERN_CO_CHECK(storage::put_sealed(transaction, with_.vault, who.workspace, at, record));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) co_return core::Result<void>();
    if (!(committed.error() == storage::Errc::kConflict) || attempt >= kAttemptsMax) co_return committed.error();
  }
}

core::Task<core::Result<std::size_t>> ReplayBook::expire(core::WorkspaceId workspace) {
  const std::int64_t now = core::to_unix_ms(with_.clock.wall_now());
  storage::Transaction transaction = with_.store.begin();
  const std::string prefix = key_of(workspace, kEnd).bytes();
  POSTERN_CO_TRY(const std::vector<storage::Entry> entries,
                 transaction.snapshot().scan(prefix, storage::Direction::kForward, options_.replays_erased_at_once_max));
  std::size_t erased = 0;
  for (const storage::Entry& entry : entries) {
    storage::KeyReader reader(entry.key);
    reader.u64();
    if (static_cast<std::int64_t>(reader.u64()) > now) break;
    const std::uint64_t user = reader.u64();
    const std::string at = record_key(workspace, user, reader.text());
    // Read with conflict detection, of the key's end too: it may be in use again.
    POSTERN_CO_TRY(const std::optional<std::string> end, transaction.get(entry.key));
    POSTERN_CO_TRY(const std::optional<std::string> value, transaction.get(at));
    if (!end) continue;
    transaction.erase(entry.key);
    ++erased;
    if (!value) continue;
    transaction.erase(at);
    transaction.add(count_key(workspace, user), -1);
  }
  if (erased > 0) POSTERN_CO_CHECK(co_await with_.store.commit(std::move(transaction)));
  co_return erased;
}

}  // namespace postern::web
