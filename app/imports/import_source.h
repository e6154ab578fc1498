#pragma once
// app/imports/import_source.h: something that is imported item by item: mail of an archive, documents of another helpdesk.
// Items have a fixed order, so that an import goes on behind the last one that was done.
// Thread-safety: one owner.  Errors: of look() and take(), what ends the import; what is wrong with one item is tallied.
// Limits: kReasonsMax, kExamplesMax.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "auth/principal.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"
#include "ticketing/tickets.h"

namespace postern::app {

class PackedFiles;

struct ImportWish {
  auth::Principal by;
  std::string kind;   // "mbox", "maildir", "eml", "zendesk", "sample"
  std::string path;   // as the server sees it; of a sample, how many tickets; of an upload, its digest
  core::InboxId inbox;
  ticketing::Status status = ticketing::Status::kClosed;  // of tickets made of mail
  bool is_rehearsal = false;                              // nothing is stored
  std::shared_ptr<const PackedFiles> packed = {};         // of an upload; null: files of the disk
};

struct ImportTally {
  static constexpr std::size_t kExamplesMax = 50;
  std::uint64_t tickets = 0;
  std::uint64_t comments = 0;
  std::uint64_t people = 0;
  std::uint64_t organizations = 0;
  std::map<std::string, std::uint64_t> passed_over;  // by reason: "known", "too_large" …
  std::vector<std::string> examples;                 // "too_large: PATH": where, never what it says

  void pass_over(const std::string& why, const std::string& where) {
    ++passed_over[why];
    if (why != "known" && examples.size() < kExamplesMax) examples.push_back(why + ": " + where);
  }
};

class ImportSource {
 public:
  virtual ~ImportSource() = default;
  // Looks for what there is, until then; true when all has been found. Blocking: on a pool.
  virtual core::Result<bool> look(core::Instant until) = 0;
  virtual std::uint64_t total() const = 0;  // once all has been found
  virtual core::Task<core::Result<void>> take(std::uint64_t item, ImportTally& tally) = 0;
};

}  // namespace postern::app
