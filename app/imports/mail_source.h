#pragma once
// app/imports/mail_source.h: imports the mail of an archive: each message through the same redaction as mail that arrives, by the
// rules of its inbox, without looking anything up about its sender: who sent it years ago cannot be proven now.
// A message that a rule refuses or wants looked at is passed over, with the reason. Raw bytes stand in wiped memory only.
// Thread-safety, errors: see import_source.h.  Ownership: borrows Services.
#include "app/imports/import_source.h"
#include "app/imports/mail_archive.h"
#include "app/services.h"
#include "ticketing/imports/mail_import.h"

namespace postern::app {

class MailSource final : public ImportSource {
 public:
  static core::Result<std::unique_ptr<ImportSource>> open(ImportWish wish, Services& services);
  core::Result<bool> look(core::Instant until) override { return archive_->look(until, services_.clock()); }
  std::uint64_t total() const override { return archive_->size(); }
  core::Task<core::Result<void>> take(std::uint64_t item, ImportTally& tally) override;

 private:
  MailSource(ImportWish wish, Services& services, std::unique_ptr<MailArchive> archive, pipeline::EmailAddress address);
  struct Ready;
  Ready read(std::size_t item) const;

  const ImportWish wish_;
  Services& services_;
  std::unique_ptr<MailArchive> archive_;
  const pipeline::EmailAddress address_;  // of the inbox
  ticketing::Rehearsal rehearsal_;
};

}  // namespace postern::app
