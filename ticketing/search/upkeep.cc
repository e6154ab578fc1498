#include "ticketing/search/upkeep.h"

#include <map>
#include <memory>
#include <set>
#include <unordered_map>

#include "core/log.h"
#include "storage/records.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/retry.h"
#include "ticketing/search/postings.h"

namespace postern::ticketing::search {
namespace {

constexpr std::size_t kNumberBytes = 8;
constexpr char kFillFormat = 2;  // of before there was none: facts were no words then, so that everything is taken in once more

std::string number_bytes(std::uint64_t value) {
  std::string out;
  for (std::size_t i = kNumberBytes; i-- > 0;) out += static_cast<char>((value >> (8 * i)) & 0xFFU);
  return out;
}

std::string encode_progress(const Upkeep::Progress& of) { return kFillFormat + number_bytes(of.next) + number_bytes(of.last); }

core::Result<Upkeep::Progress> decode_progress(std::string_view bytes) {
  if (bytes.size() != 1 + 2 * kNumberBytes || bytes[0] != kFillFormat) return core::fail(storage::Errc::kCorrupt, "search fill");
  return Upkeep::Progress{number_before_last(bytes), last_number(bytes)};
}

// What a batch adds to one block.
struct Additions {
  const std::string* word = nullptr;
  std::vector<std::pair<Posting, bool>> postings;  // and whether it replaces
};

// Blocks in the order of their keys, so that reading them is walking.
using Batch = std::map<std::pair<std::uint64_t, std::uint64_t>, Additions>;

std::vector<std::string> erased_below(const storage::Transaction& transaction, const std::string& prefix) {
  std::vector<std::string> out;
  for (auto own = transaction.writes().lower_bound(prefix); own != transaction.writes().end() && own->first.starts_with(prefix); ++own) {
    if (own->second.kind == storage::Transaction::Write::Kind::kErase) out.push_back(own->first);
  }
  return out;
}

core::Result<void> write(storage::Transaction& transaction, const storage::Vault& vault, const WordKeys& keys, const Batch& batch) {
  for (const auto& [place, additions] : batch) {
    std::string key = keys.postings(place.first, place.second);
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
    Postings postings;
    core::Result<Postings> known = value ? decode_postings(place.second, *value) : Postings();
    if (!known && !is_damage(known.error())) return known.error();
    if (!known) tell_damage("postings", keys.workspace(), place.second, known.error());  // begun anew with what waits
    if (known) postings = std::move(*known);
    if (!value && !is_marker(*additions.word)) {  // of facts nobody looks for the beginning
      // A word that has a block has an entry; a new block writes it, whoever may be taking it away.
      std::string entry = keys.entry(*additions.word);
      POSTERN_TRY(std::string sealed, vault.seal(keys.workspace(), entry, *additions.word));
      transaction.put(std::move(entry), std::move(sealed));
    }
    for (const auto& [posting, replace] : additions.postings) {
      if (posting.use.uses != 0) add_posting(postings, posting, replace);
      if (posting.use.uses == 0) remove_posting(postings, posting.ticket);
    }
    if (!postings.empty()) transaction.put(std::move(key), encode_postings(postings));
    if (postings.empty() && value) transaction.erase(std::move(key));
  }
  return {};
}

}  // namespace

core::Task<core::Result<std::size_t>> Upkeep::transact(Step step, core::WorkspaceId workspace, std::size_t argument) {
  for (Patience patience(with_.clock, with_.options);;) {
    const std::uint64_t mark = index_.waiting_keys().mark();
    storage::Transaction transaction = with_.store.begin();
    using Done = core::Result<std::size_t>;
    std::shared_ptr<Done> done;  // a Result in a Result cannot be told from its error
    auto job = [this, step, workspace, argument, &transaction] {
      return std::make_shared<Done>((this->*step)(transaction, workspace, argument));
    };
    if (cpu_ == nullptr) {
      done = job();
    } else {
      POSTERN_CO_TRY(done, co_await core::offload(*cpu_, std::move(job)));
    }
    if (!*done || transaction.writes().empty()) co_return *done;
    const std::vector<std::string> merged = erased_below(transaction, waiting_prefix(workspace));
    const auto committed = co_await with_.store.commit(std::move(transaction));
    if (committed) index_.waiting_keys().forget(workspace, merged, mark);
    if (committed) co_return *done;
    if (!co_await patience.again(committed.error())) co_return committed.error();
  }
}

core::Task<core::Result<std::size_t>> Upkeep::merge(core::WorkspaceId workspace, std::size_t merge_min) {
  co_return co_await transact(&Upkeep::merge_into, workspace, merge_min);
}

core::Task<core::Result<std::size_t>> Upkeep::fill(core::WorkspaceId workspace) {
  co_return co_await transact(&Upkeep::fill_into, workspace, 0);
}

core::Task<core::Result<std::size_t>> Upkeep::run(core::WorkspaceId workspace, const std::atomic<bool>& is_stopping) {
  std::size_t out = 0;
  FirstFailure failure;
  bool fills = true;
  bool merges = true;
  while (!is_stopping && (fills || merges)) {  // neither stops the other
    const core::Result<std::size_t> filled = fills ? co_await fill(workspace) : core::Result<std::size_t>(0);
    const core::Result<std::size_t> merged = merges ? co_await merge(workspace, limits_.merge_min) : core::Result<std::size_t>(0);
    if (!filled) failure.note(filled.error());
    if (!merged) failure.note(merged.error());
    fills = fills && filled;
    merges = merges && merged;
    const std::size_t done = (filled ? *filled : 0) + (merged ? *merged : 0);
    if (done == 0) break;
    out += done;
  }
  co_return failure.or_count(out);
}

core::Result<std::size_t> Upkeep::merge_into(storage::Transaction& transaction, core::WorkspaceId workspace, std::size_t merge_min) const {
  POSTERN_TRY(const std::vector<std::string> waiting, index_.waiting_keys().known(transaction.snapshot(), workspace, limits_.merge_batch_max));
  if (waiting.empty() || waiting.size() < merge_min) return std::size_t{0};
  POSTERN_TRY(const WordKeys keys, WordKeys::open(with_.vault, workspace));
  std::unordered_map<std::string, std::uint64_t> digests;
  Batch batch;
  std::size_t merged = 0;
  std::set<std::uint64_t> again;  // tickets whose waiting words cannot be read
  std::vector<std::string> absent;
  for (const std::string& key : waiting) {
    if (batch.size() > limits_.merge_blocks_max) break;
    POSTERN_TRY(const std::optional<std::string> value, transaction.get(key));
    if (!value) absent.push_back(key);
    if (!value) continue;
    const std::uint64_t ticket = number_before_last(key);
    const core::Result<Waiting> read = read_waiting(workspace, key, *value);
    if (!read && !is_damage(read.error())) return read.error();
    if (!read) {
      tell_damage("search.waiting", workspace, ticket, read.error());
      again.insert(ticket);
      transaction.erase(key);
      ++merged;
      continue;
    }
    const Waiting& change = *read;
    for (const auto& [word, use] : change.words) {
      const auto [known, is_new] = digests.try_emplace(word, 0);
      if (is_new) known->second = keys.digest(word);
      Additions& additions = batch[{known->second, ticket / kRange}];
      additions.word = &known->first;
      additions.postings.emplace_back(Posting{ticket, use, change.length}, change.is_whole);
    }
    transaction.erase(key);
    ++merged;
  }
  index_.waiting_keys().forget_old(workspace, absent);
  POSTERN_CHECK(write(transaction, with_.vault, keys, batch));
  for (const std::uint64_t each : again) POSTERN_CHECK(take_in_ticket(transaction, workspace, each));
  return merged;
}

core::Result<Waiting> Upkeep::read_waiting(core::WorkspaceId workspace, const std::string& key, const std::string& value) const {
  POSTERN_TRY(const std::string plain, with_.vault.open(workspace, key, value));
  return decode_waiting(plain);
}

// One that cannot be read is passed over: nobody could be shown it.
core::Result<void> Upkeep::take_in_ticket(storage::Transaction& transaction, core::WorkspaceId workspace, std::uint64_t number) const {
  const std::string key = keys::ticket(workspace, core::TicketId{number});
  POSTERN_TRY(const std::optional<std::string> record, transaction.get(key));
  if (!record) return {};
  schema::Ticket ticket;
  const auto opened = storage::open_record(with_.vault, workspace, key, *record, ticket);
  if (!opened && !is_damage(opened.error())) return opened.error();
  if (!opened) tell_damage("ticket", workspace, number, opened.error());
  if (!opened || ticket.deleted_unix_ms() != 0) return {};
  return index_.take_in(transaction, workspace, ticket);
}

std::string Upkeep::all_done() { return encode_progress({1, 0}); }

core::Result<std::optional<Upkeep::Progress>> Upkeep::progress(const storage::Snapshot& snapshot, core::WorkspaceId workspace) {
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(fill_state(workspace)));
  Progress out{1, 0};
  if (value && value->size() != 2 * kNumberBytes) {
    POSTERN_TRY(out, decode_progress(*value));
  } else {
    POSTERN_TRY(const std::optional<std::string> last, snapshot.get(keys::ticket_counter(workspace)));
    out.last = storage::decode_number(last);
  }
  return out.next > out.last ? std::nullopt : std::optional(out);
}

// Those that came after the start of the first round are taken in by their saves; taking them in again does no harm.
core::Result<std::size_t> Upkeep::fill_into(storage::Transaction& transaction, core::WorkspaceId workspace, std::size_t) const {
  const std::string state = fill_state(workspace);
  POSTERN_TRY(const std::optional<std::string> value, transaction.get(state));
  POSTERN_TRY(const std::optional<Progress> before, progress(transaction.snapshot(), workspace));
  if (!before) {
    if (value != all_done()) transaction.put(state, all_done());  // a new store: there is nothing of before
    return std::size_t{0};
  }
  Progress now = *before;
  const std::size_t bytes_before = transaction.bytes();
  std::size_t done = 0;
  for (; now.next <= now.last && done < limits_.fill_batch_max; ++now.next, ++done) {
    if (transaction.bytes() - bytes_before > limits_.fill_bytes_max) break;
    POSTERN_CHECK(take_in_ticket(transaction, workspace, now.next));
  }
  transaction.put(state, encode_progress(now));
  if (now.next > now.last) core::log::info("search.filled", {{"workspace", workspace.value}, {"tickets", now.last}});
  return done;
}

}  // namespace postern::ticketing::search
