#pragma once
// app/imports/sample_source.h: a small desk with a past, made up, for who tries Postern: groups, organisations, people and
// conversations in two languages (sample/desk.json), told as of the last weeks and imported as tickets of elsewhere are. The
// first item is groups, organisations and people, each other one a ticket. Answers are of the accounts that there are, in turn;
// no account is made. All addresses are under .example (RFC 2606): nothing that is sent to them reaches anybody.
// Tickets carry the tag "sample", by which they are found and deleted again. What was brought once is not brought twice.
// Thread-safety, errors: see import_source.h; Errc::kInvalid where nobody may work on tickets yet.  Ownership: borrows Services.
// Limits: kTicketsMax.
#include "app/imports/import_source.h"
#include "app/json.h"
#include "app/services.h"
#include "ticketing/people/groups.h"

namespace postern::app {

inline constexpr std::uint64_t kSampleTicketsMax = 5000;

class SampleSource final : public ImportSource {
 public:
  // `wish.path` is how many tickets there shall be, in digits; empty: each conversation once. More than there are conversations
  // begin again with the first one, of somebody else and earlier.
  static core::Result<std::unique_ptr<ImportSource>> open(ImportWish wish, Services& services);
  core::Result<bool> look(core::Instant) override { return true; }
  std::uint64_t total() const override { return tickets_ + 1; }
  core::Task<core::Result<void>> take(std::uint64_t item, ImportTally& tally) override;

 private:
  SampleSource(ImportWish wish, Services& services, JsonObject desk, std::uint64_t tickets, std::vector<core::UserId> agents);
  core::Task<core::Result<void>> take_desk(ImportTally& tally);
  core::Task<core::Result<void>> take_organization(const JsonObject& from, ImportTally& tally);
  core::Task<core::Result<void>> take_person(const JsonObject& from, ImportTally& tally);
  core::Task<core::Result<void>> take_ticket(std::uint64_t number, ImportTally& tally);
  core::Result<core::UserId> person(std::size_t number) const;
  core::Result<ticketing::Group> group(std::string_view name) const;  // id 0: none

  const ImportWish wish_;
  Services& services_;
  const JsonObject desk_;
  const std::uint64_t tickets_;
  const std::vector<core::UserId> agents_;
  const std::int64_t now_unix_ms_;
};

}  // namespace postern::app
