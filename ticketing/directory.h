#pragma once
// ticketing/directory.h: which address belongs to which workspace and inbox. Immutable after load; a reload builds a
// new one. Workspace and inbox ids are made at first sight of a name and kept in the store; an inbox keeps its id while
// it keeps one of its addresses, and one that was split off another gets an id of its own.
// Thread-safety: const methods from any thread. Errors: Errc::kInvalid for a contradictory configuration,
// Errc::kUnknownRecipient, those of the store.
#include <map>
#include <memory>
#include <string>

#include "pipeline/api/ports.h"
#include "storage/vault.h"
#include "ticketing/errc.h"
#include "ticketing/options.h"

namespace postern::ticketing {

struct Inbox {
  core::InboxId id;
  core::WorkspaceId workspace;
  pipeline::EmailAddress address;  // the primary one: replies come from here
  std::string display_name;
  std::shared_ptr<const pipeline::InboxPolicy> policy;
  bool takes_web_form = false;
};

class Directory final : public pipeline::RecipientDirectory {
 public:
  static core::Task<core::Result<std::unique_ptr<Directory>>> load(storage::Store& store, storage::Vault& vault,
                                                                   const Options& options);
  // A local part with "+token" resolves to the inbox of the part before the last "+", or failing that an earlier one,
  // with reply_token set.
  // "postmaster@" any local domain resolves to the first inbox of that domain (RFC 5321 section 4.5.1).
  core::Result<pipeline::Recipient> resolve(const pipeline::EmailAddress& address) const override;
  bool is_local_domain(std::string_view domain) const override;
  const Inbox* find(core::InboxId id) const;
  const Inbox* find_by_workspace(core::WorkspaceId workspace) const;  // its first inbox
  std::vector<Inbox> inboxes_of(core::WorkspaceId workspace) const;   // by id
  core::WorkspaceId workspace_named(std::string_view name) const;     // 0 when unknown
  std::string name_of(core::WorkspaceId id) const;                    // empty when unknown
  std::vector<core::WorkspaceId> workspaces() const;
  std::vector<std::string> domains() const;
  // Of one workspace's inboxes, sorted.
  std::vector<std::string> domains_of(core::WorkspaceId workspace) const;

 private:
  Directory() = default;
  core::Result<void> add(Inbox inbox, const std::vector<std::string>& addresses);

  std::map<std::string, core::InboxId> by_address_;  // canonical
  std::map<std::string, core::InboxId> by_domain_;   // catch-all
  std::map<std::string, core::InboxId> postmaster_;  // first inbox of each local domain
  std::map<core::InboxId, Inbox> inboxes_;
  std::map<std::string, core::WorkspaceId> workspaces_;
};

}  // namespace postern::ticketing
