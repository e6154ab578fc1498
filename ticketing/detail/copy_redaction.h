#pragma once
// ticketing/detail/copy_redaction.h: takes phrases and files out of the records that hold them, inside one transaction:
// texts inside a record or in a blob, attachments, stored messages, verdicts, waiting mail. What it replaces is released,
// and every key whose old value held something is remembered for the purge.
// Thread-safety: one owner.  Errors: those of the store and the vault.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "pipeline/api/raw_rewriter.h"
#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/services.h"

namespace postern::ticketing {

inline constexpr std::string_view kRemovedFileName = "redacted.txt";
inline constexpr std::string_view kRemovedFileNotice = "[This file was removed from the ticket by a person who works on it.]\r\n";

// True when a person has removed it before.
bool is_removed_file(const schema::Attachment& attachment);

class CopyRedactor {
 public:
  CopyRedactor(const Basics& with, storage::Transaction& transaction, core::WorkspaceId workspace,
               const pipeline::RawRewriter& rewriter, const std::vector<std::string>& phrases)
      : with_(with), transaction_(transaction), workspace_(workspace), rewriter_(rewriter), phrases_(phrases) {}

  // Files with this content go, wherever they are.
  core::Result<void> doom(const std::string& blob);
  const std::set<std::string>& doomed() const { return doomed_; }

  // A comment, and a suspended message: both have these fields. The places that changed; counts() has them by kind.
  template <class Record>
  core::Result<std::uint32_t> redact(Record& record) {
    const std::uint32_t before = total_;
    const bool is_typed = record.trace() == 0 && record.raw_blob().empty();
    POSTERN_CHECK(hide_in_texts(*record.mutable_text(), *record.mutable_html(), is_typed));
    for (schema::Attachment& one : *record.mutable_attachments()) POSTERN_CHECK(redact_file(one));
    POSTERN_CHECK(redact_raw(*record.mutable_raw_blob()));
    if (record.has_verdicts()) hide_in_verdicts(*record.mutable_verdicts());
    return total_ - before;
  }
  void hide_in_verdicts(schema::Verdicts& verdicts);
  // Short text of one line; `what` names the kind of place.
  bool hide_in_line(std::string& text, std::string_view what);
  // A whole message that waits to be sent.
  core::Result<bool> redact_waiting(const std::string& key);
  // True when a comment shows what is to go; changes nothing.
  core::Result<bool> is_shown_in(const schema::Comment& comment) const;

  // Taken, and counted anew: places by kind since the last call ("comment", "attachment", "message", "subject" …).
  std::map<std::string, std::uint32_t> take_counts();
  std::uint32_t total() const { return total_; }
  void remember_key(std::string key) { keys_.insert(std::move(key)); }
  std::vector<std::string> keys() const { return {keys_.begin(), keys_.end()}; }
  std::size_t blobs_kept() const { return kept_.size(); }

 private:
  void count(std::string_view what, std::uint32_t times);
  core::Result<std::string> read(const std::string& blob) const;
  core::Result<void> swap(std::string& blob, std::string_view content);
  core::Result<void> release(const std::string& blob);
  // `is_typed`: the text is what the HTML says, and stays so.
  core::Result<void> hide_in_texts(schema::Text& text, schema::Text& html, bool is_typed);
  core::Result<void> put_text(schema::Text& text, const std::string& content);
  core::Result<void> redact_file(schema::Attachment& attachment);
  core::Result<void> forget_text(const schema::Attachment& attachment);
  core::Result<void> hide_in_text_of(const schema::Attachment& attachment, bool counts);
  core::Result<void> redact_raw(std::string& blob);
  pipeline::Rewritten redact_message(std::string message) const;

  const Basics& with_;
  storage::Transaction& transaction_;
  const core::WorkspaceId workspace_;
  const pipeline::RawRewriter& rewriter_;
  const std::vector<std::string>& phrases_;
  std::set<std::string> doomed_;           // addresses of blobs
  std::vector<std::string> doomed_bytes_;  // their contents
  std::map<std::string, std::uint32_t> counts_;
  std::uint32_t total_ = 0;
  std::set<std::string> keys_;
  std::set<std::string> kept_;
};

}  // namespace postern::ticketing
