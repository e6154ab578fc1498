#pragma once
// storage/key.h: keys as a typed tuple that sorts bytewise as its fields sort. Every key begins with the workspace
// (invariant 5) and the key space. The format page is storage/README.md.
// Encoding: workspace 8 bytes big-endian, space 1 byte, then fields in order: u64 8 bytes big-endian; descending u64
// as its complement; text with 00 escaped as 00 FF and ended by 00 01, so that no text is a prefix of another.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.h"

namespace postern::storage {

// Never renumber: these bytes are on disk.
enum class Space : std::uint8_t {
  kMeta = 0x01,               // store format, node facts (workspace 0)
  kDataKey = 0x02,            // a workspace's data key, wrapped by the master key
  kCounter = 0x03,            // named counters (merge: add) and number sequences (merge: max)
  kFeed = 0x04,               // change feed by sequence number
  kBlob = 0x05,               // sealed content by keyed hash
  kBlobUses = 0x06,           // counter: how many records refer to a blob, by its address
  kPurgeDue = 0x07,           // keys whose old values have still to leave the disk, by id (workspace 0)
  kWorkspace = 0x10,          // workspace record
  kInbox = 0x11,              // inbox record by id
  kTicket = 0x20,             // materialised ticket by number
  kTicketEvent = 0x21,        // (ticket, event sequence)
  kComment = 0x22,            // (ticket, comment id)
  kTicketByUpdate = 0x23,     // index: (descending update time, ticket)
  kTicketByStatus = 0x24,     // index: (status, descending update time, ticket)
  kTicketByRequester = 0x25,  // index: (user, descending ticket)
  kTicketByAssignee = 0x26,   // index: (user, descending update time, ticket)
  kMessageId = 0x30,          // index: Message-ID hash -> ticket, comment
  kDelivery = 0x31,           // (inbox, delivery fingerprint) -> ticket: recognises a repeated delivery
  kTrace = 0x32,              // one received message's story by trace id, no content
  kSuspended = 0x33,          // suspended messages by trace id
  kContact = 0x34,            // index: canonical address -> user
  kAttachment = 0x35,         // attachment record by id
  kIntake = 0x36,             // (kind, …): sender lists, how held mail is kept, requests to join tickets
  kUser = 0x40,               // account or contact record by id
  kUserByLogin = 0x41,        // index: canonical address -> account
  kSession = 0x42,            // by hash of the cookie
  kToken = 0x43,              // by hash of the API token
  kEnrolment = 0x44,          // by hash of the one-time link
  kAudit = 0x45,              // (audit id)
  kLoginFailures = 0x46,      // (account or network) -> failures and lock
  kAuditTrail = 0x47,         // (kind, …): chain, indexes and consumers of the audit entries
  kSecondFactors = 0x48,      // (user): what the user proves themselves with beside the password
  kSignInStep = 0x49,         // sign-ins that wait for a factor, credentials and spent challenges (workspace 0)
  kDevice = 0x4A,             // (user, hash of the cookie): browsers that signed in
  kSecurityPolicy = 0x4B,     // what the workspace demands of sign-ins
  kRole = 0x4C,               // custom role by id
  kAccessPolicy = 0x4D,       // (name): password policies, networks
  kBlock = 0x4E,              // (network): blocks that people added (workspace 0)
  kOutbox = 0x50,             // outgoing message by id
  kOutboxDue = 0x51,          // index: (due time, id)
  kDkimKey = 0x60,            // signing keys by (domain, selector), sealed
  kDmarcLedger = 0x70,        // (kind, day, policy domain, …): what our aggregate reports are made of
  kMailReport = 0x71,         // (kind, …): DMARC and TLS reports that others sent us
  kRuleBench = 0x72,          // (kind, …): redaction rule sets, what they find, what people say of it
  kDefinition = 0x80,         // (kind, id): what a workspace has set up: groups, fields, views, macros, triggers, webhooks …
  kSearch = 0x81,             // (kind, …): the full-text index
  kView = 0x82,               // (view, …): which tickets a view shows, and how many
  kTicketDue = 0x83,          // (kind, due time, …): what happens to a ticket by time alone
  kJob = 0x84,                // jobs that run for longer than a request
  kWebhook = 0x85,            // (kind, …): deliveries to webhooks
  kReplay = 0x86,             // answers to repeated requests (Idempotency-Key)
  kDraft = 0x87,              // (user, ticket): what an agent has typed and not sent
  kPeople = 0x88,             // (kind, …): organisations, and who belongs to which
  kExternalId = 0x89,         // (kind, text): index: an id of another system -> ours
  kImport = 0x8C,             // (kind, …): what imports have brought, and how far they are
  kErasure = 0x8D,            // (kind, user): people who are deleted, and erasures that have begun
  kUndo = 0x8A,               // what a merge, a split or a bulk change was made of, so that it can be undone
  kSatisfaction = 0x90,       // (kind, …): what customers say of the help they got, and how many said so
  kCustomer = 0x91,           // (kind, …): what customers do without an account: links that were revoked, forms sent once
};

class KeyBuilder {
 public:
  KeyBuilder(core::WorkspaceId workspace, Space space);
  KeyBuilder& u64(std::uint64_t value);
  KeyBuilder& u64_descending(std::uint64_t value);
  KeyBuilder& text(std::string_view value);
  std::string take() && { return std::move(out_); }
  const std::string& bytes() const { return out_; }

 private:
  std::string out_;
};

// Reads a key back, field by field, in the order in which it was built. Errors: ok() turns false and stays so.
class KeyReader {
 public:
  explicit KeyReader(std::string_view key);
  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  core::WorkspaceId workspace() const { return workspace_; }
  Space space() const { return space_; }
  std::uint64_t u64();
  std::uint64_t u64_descending();
  std::string text();

 private:
  std::string_view rest_;
  core::WorkspaceId workspace_;
  Space space_ = Space::kMeta;
  bool ok_ = true;
};

// The smallest key above every key with this prefix; empty when there is none.
std::string prefix_end(std::string_view prefix);

}  // namespace postern::storage
