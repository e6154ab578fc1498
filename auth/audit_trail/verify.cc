#include "auth/audit_trail/verify.h"

#include <algorithm>
#include <charconv>

#include "auth/audit_trail/entry.h"
#include "auth/audit_trail/filter_text.h"
#include "auth/audit_trail/keys.h"
#include "auth/detail/keys.h"
#include "core/errc.h"
#include "storage/schema/audit.pb.h"

namespace postern::auth {
namespace {

std::uint64_t parse_id(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), out);
  return wrong == std::errc() && end == text.data() + text.size() ? out : 0;
}

}  // namespace

ChainVerifier::ChainVerifier(const storage::Store& store, const storage::Vault& vault, const core::Clock& clock,
                             core::WorkspaceId workspace, std::optional<ChainAnchor> anchor)
    : store_(store), vault_(vault), clock_(clock), anchor_(std::move(anchor)) {
  report_.workspace = workspace;
}

bool ChainVerifier::find_fault(std::uint64_t sequence, std::uint64_t id, std::string what) {
  report_.fault = ChainFault{sequence, core::AuditId{id}, std::move(what)};
  end();
  return false;
}

void ChainVerifier::end() {
  pass_ = Pass::kOver;
  report_.is_complete = true;
}

core::Result<bool> ChainVerifier::step() {
  const auto snapshot = store_.snapshot();
  switch (pass_) {
    case Pass::kBegin: POSTERN_CHECK(begin(*snapshot)); break;
    case Pass::kChain: POSTERN_CHECK(follow_chain(*snapshot)); break;
    case Pass::kEntries: POSTERN_CHECK(look_at_entries(*snapshot)); break;
    case Pass::kOver: break;
  }
  return pass_ == Pass::kOver;
}

core::Result<void> ChainVerifier::begin(const storage::Snapshot& snapshot) {
  report_.at_unix_ms = core::to_unix_ms(clock_.wall_now());
  previous_hash_.assign(kHashBytes, '\0');
  const core::Result<ChainHead> head = read_head(snapshot, vault_, report_.workspace);
  if (!head && head.error() == storage::Errc::kCorrupt) {
    find_fault(0, 0, "the head of the chain does not open: it was damaged or replaced");
    return {};
  }
  if (!head) return head.error();
  report_.head = *head;
  POSTERN_TRY(report_.checkpoint, read_checkpoint(snapshot, vault_, report_.workspace));
  previous_hash_ = report_.checkpoint.hash;
  if (anchor_ && anchor_->sequence < report_.checkpoint.sequence) {
    return core::fail(core::Errc::kInvalid, "the anchor is of an entry that was removed because of its age; those up to number " +
                                                std::to_string(report_.checkpoint.sequence) + " were");
  }
  if (anchor_ && anchor_->sequence == report_.checkpoint.sequence && anchor_->hash != report_.checkpoint.hash) {
    find_fault(anchor_->sequence, 0, "the checkpoint has another hash than the anchor: the chain was made anew");
    return {};
  }
  const std::string next = trail::numbered(report_.workspace, trail::Kind::kLink, report_.head.sequence + 1);
  POSTERN_TRY(const auto beyond, snapshot.get(next));
  if (beyond) {
    find_fault(report_.head.sequence + 1, parse_id(*beyond), "the chain goes on behind its head: the head is an old one");
  } else if (anchor_ && anchor_->sequence > report_.head.sequence) {
    find_fault(report_.head.sequence + 1, 0, "the chain ends before the anchor: entries were cut off, or the store is an old copy");
  } else {
    pass_ = Pass::kChain;
  }
  return {};
}

core::Result<void> ChainVerifier::follow_chain(const storage::Snapshot& snapshot) {
  const std::string after = trail::numbered(report_.workspace, trail::Kind::kLink, reached());
  POSTERN_TRY(const auto links, snapshot.scan(trail::prefix(report_.workspace, trail::Kind::kLink), storage::Direction::kForward,
                                              kStepEntries, after));
  POSTERN_TRY(const Values values, read_ahead(snapshot, links));
  for (const storage::Entry& link : links) {
    if (reached() == report_.head.sequence) break;
    const std::uint64_t expected = reached() + 1;
    if (trail::last_number(link.key) != expected) {
      find_fault(expected, 0, "no entry has this number: it was removed from the chain");
      return {};
    }
    POSTERN_TRY(const bool is_right, check_link(snapshot, expected, parse_id(link.value), values));
    if (!is_right) return {};
    ++report_.verified;
  }
  if (reached() == report_.head.sequence) {
    if (previous_hash_ != report_.head.hash) {
      find_fault(report_.head.sequence, 0, "the head has another hash than the last entry");
    } else {
      pass_ = Pass::kEntries;
    }
  } else if (links.size() < kStepEntries) {
    find_fault(reached() + 1, 0, "the chain ends before its head: entries were removed");
  }
  return {};
}

// Ids are nearly in the order of the numbers: one scan finds most of what a thousand look-ups would.
core::Result<ChainVerifier::Values> ChainVerifier::read_ahead(const storage::Snapshot& snapshot, const std::vector<storage::Entry>& links) const {
  Values out;
  std::uint64_t least = UINT64_MAX;
  for (const storage::Entry& link : links) least = std::min(least, parse_id(link.value));
  if (links.empty() || least == 0) return out;
  const std::string after = keys::audit(report_.workspace, core::AuditId{least - 1});
  POSTERN_TRY(std::vector<storage::Entry> found, snapshot.scan(keys::audit_prefix(report_.workspace), storage::Direction::kForward, links.size(), after));
  out.reserve(found.size());
  for (storage::Entry& each : found) out.emplace(trail::last_number(each.key), std::move(each.value));
  return out;
}

// The entry that tells where the chain was cut off, so that nobody cuts off more unseen.
void ChainVerifier::note_checkpoint(const AuditEntry& entry) {
  if (entry.action != "audit.pruned" || entry.changes.empty()) return;
  checkpoint_is_told_ = checkpoint_is_told_ || entry.changes.front().after == anchor_text(report_.checkpoint.sequence, report_.checkpoint.hash);
}

core::Result<bool> ChainVerifier::check_link(const storage::Snapshot& snapshot, std::uint64_t sequence, std::uint64_t id, const Values& values) {
  const std::string key = keys::audit(report_.workspace, core::AuditId{id});
  std::optional<std::string> value;
  if (const auto ahead = values.find(id); ahead != values.end()) {
    value = ahead->second;
  } else {
    POSTERN_TRY(value, snapshot.get(key));
  }
  if (!value) return find_fault(sequence, id, "the entry is gone");
  const core::Result<AuditEntry> entry = open_entry(vault_, report_.workspace, key, *value);
  if (!entry) return find_fault(sequence, id, "the entry does not open: it was damaged or replaced");
  if (entry->sequence != sequence || entry->id.value != id) return find_fault(sequence, id, "another entry stands in this place");
  if (entry->previous_hash != previous_hash_) return find_fault(sequence, id, "the entry does not follow the one before it");
  if (hash_of(report_.workspace, *entry) != entry->hash) return find_fault(sequence, id, "the entry was changed: it no longer has its hash");
  if (anchor_ && anchor_->sequence == sequence && anchor_->hash != entry->hash) {
    return find_fault(sequence, id, "the entry has another hash than the anchor: the chain was made anew");
  }
  previous_hash_ = entry->hash;
  note_checkpoint(*entry);
  return true;
}

core::Result<void> ChainVerifier::look_at_entries(const storage::Snapshot& snapshot) {
  POSTERN_TRY(const auto found, snapshot.scan(keys::audit_prefix(report_.workspace), storage::Direction::kForward, kStepEntries, after_));
  for (const storage::Entry& stored : found) {
    POSTERN_TRY(const bool is_right, check_entry(snapshot, stored));
    if (!is_right) return {};
  }
  if (found.size() == kStepEntries) {
    after_ = found.back().key;
    return {};
  }
  if (in_chain_ != report_.head.sequence - report_.checkpoint.sequence) {
    find_fault(0, 0, "two entries have one number");
    return {};
  }
  if (report_.checkpoint.sequence != 0 && !checkpoint_is_told_) {
    find_fault(report_.checkpoint.sequence, 0, "entries were removed up to this number, and no entry tells of that");
    return {};
  }
  POSTERN_TRY(const auto marks, snapshot.scan(trail::prefix(report_.workspace, trail::Kind::kWaiting), storage::Direction::kForward,
                                              kStepEntries));
  for (const storage::Entry& mark : marks) {
    const std::uint64_t id = trail::last_number(mark.key);
    POSTERN_TRY(const auto value, snapshot.get(keys::audit(report_.workspace, core::AuditId{id})));
    if (value) continue;
    find_fault(0, id, "an entry that waited for the chain is gone");
    return {};
  }
  end();
  return {};
}

core::Result<bool> ChainVerifier::check_entry(const storage::Snapshot& snapshot, const storage::Entry& stored) {
  const std::uint64_t id = trail::last_number(stored.key);
  const core::Result<AuditEntry> entry = open_entry(vault_, report_.workspace, stored.key, stored.value);
  if (!entry) return find_fault(0, id, "the entry does not open: it was damaged or replaced");
  if (entry->sequence != 0 && entry->sequence <= report_.checkpoint.sequence) return true;  // about to be removed
  if (entry->sequence == 0) note_checkpoint(*entry);
  if (entry->sequence != 0) {
    POSTERN_TRY(const auto link, snapshot.get(trail::numbered(report_.workspace, trail::Kind::kLink, entry->sequence)));
    if (!link || parse_id(*link) != id) return find_fault(entry->sequence, id, "the entry is not the one that the chain has in its place");
    if (entry->sequence <= report_.head.sequence) ++in_chain_;
    return true;
  }
  if (report_.head.is_adopted) {
    POSTERN_TRY(const auto mark, snapshot.get(trail::numbered(report_.workspace, trail::Kind::kWaiting, id)));
    if (!mark) return find_fault(0, id, "an entry is neither in the chain nor waiting for it: it was slipped in");
  }
  ++report_.waiting;
  return true;
}

core::Result<std::optional<ChainReport>> read_verification(const storage::Snapshot& snapshot, const storage::Vault& vault,
                                                           core::WorkspaceId workspace) {
  const std::string key = trail::prefix(workspace, trail::Kind::kVerification);
  POSTERN_TRY(const std::optional<std::string> value, snapshot.get(key));
  if (!value) return std::optional<ChainReport>();
  schema::AuditVerification record;
  POSTERN_CHECK(storage::open_record(vault, workspace, key, *value, record));
  ChainReport out;
  out.workspace = workspace;
  out.at_unix_ms = record.at_unix_ms();
  out.verified = record.entries();
  out.head.sequence = record.head_sequence();
  out.head.hash = record.head_hash();
  out.checkpoint.sequence = record.checkpoint_sequence();
  out.is_complete = true;
  if (!record.fault().empty()) out.fault = ChainFault{record.fault_sequence(), core::AuditId{record.fault_id()}, record.fault()};
  return std::optional(std::move(out));
}

core::Result<void> put_verification(storage::Transaction& transaction, const storage::Vault& vault, const ChainReport& report) {
  schema::AuditVerification record;
  record.set_at_unix_ms(report.at_unix_ms);
  record.set_entries(report.verified);
  record.set_head_sequence(report.head.sequence);
  record.set_head_hash(report.head.hash);
  record.set_checkpoint_sequence(report.checkpoint.sequence);
  if (report.fault) {
    record.set_fault(report.fault->what);
    record.set_fault_sequence(report.fault->sequence);
    record.set_fault_id(report.fault->id.value);
  }
  return storage::put_sealed(transaction, vault, report.workspace, trail::prefix(report.workspace, trail::Kind::kVerification), record);
}

}  // namespace postern::auth
