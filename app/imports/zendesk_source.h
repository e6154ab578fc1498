#pragma once
// app/imports/zendesk_source.h: imports groups, organisations, people, tickets and comments from documents of Zendesk's exports.
// Ids of elsewhere become external ids. Agents of elsewhere are found by their addresses among our accounts and are
// contacts otherwise: an import lets nobody in. People without an address get one that no mail reaches
// (user-ID@zendesk.invalid, RFC 2606), so that what they wrote stays theirs.
// What a ticket names that is not here (an assignee who is no agent, a group, a custom field) is left out and told. A custom
// field is the one here with the title that a document of fields gives it, else with its id; fields of people and
// organisations are those of their keys.
// Thread-safety, errors: see import_source.h.  Ownership: borrows Services.
#include "app/imports/import_source.h"
#include "app/imports/zendesk_archive.h"
#include "app/services.h"
#include "ticketing/fields/person_fields.h"
#include "ticketing/imports/import_marks.h"
#include "ticketing/imports/ticket_import.h"

namespace postern::app {

class ZendeskSource final : public ImportSource {
 public:
  static core::Result<std::unique_ptr<ImportSource>> open(ImportWish wish, Services& services);
  core::Result<bool> look(core::Instant until) override { return archive_.look(until, services_.clock()); }
  std::uint64_t total() const override { return archive_.size(); }
  core::Task<core::Result<void>> take(std::uint64_t item, ImportTally& tally) override;

 private:
  struct Thing;  // of a document, with its own copy of the object
  ZendeskSource(ImportWish wish, Services& services, ZendeskArchive archive)
      : wish_(std::move(wish)), services_(services), archive_(std::move(archive)) {}

  core::Task<core::Result<void>> take_one(const Thing& thing, ImportTally& tally, const std::string& where);
  core::Task<core::Result<void>> take_group(const JsonObject& group, ImportTally& tally, const std::string& where);
  core::Task<core::Result<void>> take_organization(const JsonObject& organization, ImportTally& tally, const std::string& where);
  core::Task<core::Result<void>> take_user(const JsonObject& user, ImportTally& tally, const std::string& where);
  core::Task<core::Result<void>> take_ticket(const JsonObject& ticket, ImportTally& tally, const std::string& where);
  core::Task<core::Result<void>> take_comment(const Thing& thing, ImportTally& tally, const std::string& where);
  core::Task<core::Result<void>> take_rest(core::TicketId ticket, const JsonObject& from, ImportTally& tally, const std::string& where);
  core::Task<core::Result<void>> add_to(core::TicketId ticket, std::vector<ticketing::ImportedComment> comments, ImportTally& tally, const std::string& where);

  void read_titles();  // once, whatever item a resumed import begins with; on a pool
  core::Result<void> add_fields(const JsonObject& from, ticketing::ImportedTicket& to, ImportTally& tally, const std::string& where) const;
  // Of a person or an organisation: those that a field here takes.
  core::Result<std::vector<ticketing::FieldWish>> fields_of(const JsonObject& from, const ticketing::PersonFields& fields, ImportTally& tally,
                                                            const std::string& where) const;
  core::Result<std::uint64_t> known(ticketing::ImportKind kind, std::uint64_t id) const;  // 0: not here
  core::Task<core::Result<void>> mark(ticketing::ImportKind kind, std::uint64_t id, std::uint64_t object) const;
  // Whoever had that id; somebody who is not in the archive is made known by it alone. 0 for 0.
  core::Task<core::Result<core::UserId>> person(std::uint64_t id, ImportTally& tally);
  core::Result<bool> may_be_assigned(core::UserId user) const;
  core::Task<core::Result<ticketing::ImportedComment>> comment_of(const JsonObject& from, ImportTally& tally, const std::string& where);
  core::Task<core::Result<void>> add_people(const JsonObject& from, ticketing::ImportedTicket& to, ImportTally& tally, const std::string& where);

  const ImportWish wish_;
  Services& services_;
  ZendeskArchive archive_;
  bool has_titles_ = false;
  std::map<std::uint64_t, std::string> field_titles_;  // of ticket fields, by their ids elsewhere
};

}  // namespace postern::app
