#include "ticketing/directory.h"

#include <set>

#include "core/encoding.h"
#include "storage/records.h"
#include "storage/schema/ticket.pb.h"
#include "ticketing/detail/keys.h"
#include "ticketing/detail/retry.h"

namespace postern::ticketing {
namespace {

bool is_catch_all(std::string_view address) { return address.starts_with('@'); }

// The names of the configuration as ids, made where missing, inside one transaction.
class NameRegistry {
 public:
  NameRegistry(storage::Store& store, storage::Transaction& transaction) : store_(store), transaction_(transaction) {}

  core::Result<core::WorkspaceId> workspace(const std::string& name) {
    std::string key = keys::workspace_named(name);
    POSTERN_TRY(const std::optional<std::string> value, transaction_.get(key));
    schema::Workspace record;
    if (value) {
      POSTERN_CHECK(storage::parse_record(*value, record));
      return core::WorkspaceId{record.id()};
    }
    POSTERN_TRY(const std::uint64_t id, next("workspaces"));
    record.set_id(id);
    record.set_name(name);
    POSTERN_CHECK(storage::put_plain(transaction_, std::move(key), record));
    return core::WorkspaceId{id};
  }

  // An inbox keeps its id while it keeps one of its addresses. Of an inbox that was split, the part configured first
  // keeps it and the others get new ones; of inboxes that were joined, the first address decides.
  core::Result<core::InboxId> inbox(const InboxOptions& options, core::WorkspaceId workspace) {
    core::InboxId id;
    std::map<std::string, std::uint64_t> stored;  // by key; 0 where nothing is
    for (const std::string& address : options.addresses) {
      std::string key = keys::inbox_address(options.workspace, core::to_lower_ascii(address));
      POSTERN_TRY(const std::optional<std::string> value, transaction_.get(key));
      schema::Inbox record;
      if (value) POSTERN_CHECK(storage::parse_record(*value, record));
      stored[std::move(key)] = record.id();
      if (!id && !taken_.contains(record.id())) id.value = record.id();
    }
    if (!id) {
      POSTERN_TRY(id.value, next("inboxes"));
    }
    taken_.insert(id.value);
    schema::Inbox record;
    record.set_id(id.value);
    record.set_workspace(workspace.value);
    for (const auto& [key, old] : stored) {
      if (old != id.value) POSTERN_CHECK(storage::put_plain(transaction_, key, record));
    }
    return id;
  }

  bool has_changes() const { return !transaction_.writes().empty(); }

 private:
  core::Result<std::uint64_t> next(std::string_view counter) {
    const std::string key = keys::global_counter(counter);
    POSTERN_TRY(const std::uint64_t number, store_.next_number(key));
    transaction_.raise(key, number);
    return number;
  }
  storage::Store& store_;
  storage::Transaction& transaction_;
  std::set<std::uint64_t> taken_;  // inboxes of this configuration
};

core::Result<void> check(const InboxOptions& options) {
  if (options.workspace.empty()) return core::fail(Errc::kInvalid, "an inbox without a workspace");
  if (options.addresses.empty()) return core::fail(Errc::kInvalid, "an inbox without an address");
  for (const std::string& address : options.addresses) {
    const auto at = address.rfind('@');
    if (at == std::string::npos || at + 1 == address.size()) return core::fail(Errc::kInvalid, "address " + address);
  }
  return {};
}

// The first whole address; for an inbox of bare domains, "support" at the first.
pipeline::EmailAddress primary_address(const InboxOptions& options) {
  for (const std::string& address : options.addresses) {
    if (!is_catch_all(address)) return pipeline::split_address(address);
  }
  return {"support", options.addresses.front().substr(1)};
}

core::Result<pipeline::SenderAction> action_of(std::string_view key, const std::string& word, std::string_view allowed) {
  const auto action = pipeline::parse_sender_action(word);
  const std::string listed = " " + word + " ";
  if (action && allowed.find(listed) != std::string_view::npos) return *action;
  return core::fail(Errc::kInvalid, std::string(key) + " is one of:" + std::string(allowed) + "not \"" + word + "\"");
}

core::Result<std::shared_ptr<const pipeline::InboxPolicy>> policy_of(const SenderOptions& from) {
  auto out = std::make_shared<pipeline::InboxPolicy>();
  POSTERN_TRY(out->on_dmarc_fail, action_of("on_dmarc_fail", from.on_dmarc_fail, " published accept suspend reject "));
  POSTERN_TRY(out->on_no_dmarc, action_of("on_no_dmarc", from.on_no_dmarc, " accept suspend reject "));
  POSTERN_TRY(out->on_temperror, action_of("on_temperror", from.on_temperror, " defer accept suspend "));
  if (std::max(from.allow.size(), from.block.size()) > pipeline::kSenderListMax) {
    return core::fail(Errc::kInvalid, "allow and block hold at most " + std::to_string(pipeline::kSenderListMax) + " entries each");
  }
  out->allow = from.allow;
  out->block = from.block;
  for (auto* list : {&out->allow, &out->block}) {
    for (std::string& entry : *list) entry = core::to_lower_ascii(entry);
  }
  out->takes_reports = from.takes_reports;
  return std::shared_ptr<const pipeline::InboxPolicy>(std::move(out));
}

}  // namespace

core::Task<core::Result<std::unique_ptr<Directory>>> Directory::load(storage::Store& store, storage::Vault& vault,
                                                                     const Options& options) {
  for (const InboxOptions& one : options.inboxes) POSTERN_CO_CHECK(check(one));
  for (std::size_t attempt = 1;; ++attempt) {
    std::unique_ptr<Directory> directory(new Directory);
    storage::Transaction transaction = store.begin();
    NameRegistry names(store, transaction);
    for (const InboxOptions& one : options.inboxes) {
      POSTERN_CO_TRY(const core::WorkspaceId workspace, names.workspace(one.workspace));
      POSTERN_CO_TRY(const core::InboxId inbox, names.inbox(one, workspace));
      directory->workspaces_.try_emplace(one.workspace, workspace);
      POSTERN_CO_TRY(auto policy, policy_of(one.senders));
      POSTERN_CO_CHECK(directory->add({inbox, workspace, primary_address(one), one.display_name, std::move(policy), one.web_form},
                                      one.addresses));
    }
    if (names.has_changes()) {
      const auto committed = co_await store.commit(std::move(transaction));
      if (!committed && should_retry(committed.error(), attempt, options)) continue;
      if (!committed) co_return committed.error();
    }
    POSTERN_CO_CHECK(co_await vault.ensure_workspace(keys::kGlobal));
    for (const auto& [name, workspace] : directory->workspaces_) {
      POSTERN_CO_CHECK(co_await vault.ensure_workspace(workspace));
    }
    co_return directory;
  }
}

core::Result<void> Directory::add(Inbox inbox, const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    const std::string canonical = core::to_lower_ascii(address);
    const std::string domain = canonical.substr(canonical.rfind('@') + 1);
    const bool is_new = is_catch_all(canonical) ? by_domain_.try_emplace(domain, inbox.id).second
                                                : by_address_.try_emplace(canonical, inbox.id).second;
    if (!is_new) return core::fail(Errc::kInvalid, "two inboxes have the address " + address);
    postmaster_.try_emplace(domain, inbox.id);
  }
  const core::InboxId id = inbox.id;
  if (inboxes_.try_emplace(id, std::move(inbox)).second) return {};
  return core::fail(Errc::kInvalid, "two inboxes are one: " + addresses.front());
}

core::Result<pipeline::Recipient> Directory::resolve(const pipeline::EmailAddress& address) const {
  const std::string domain = address.domain_lower();
  const std::string local = core::to_lower_ascii(address.local);
  const auto found = [&](core::InboxId id, std::string token) {
    pipeline::Recipient out;
    out.address = address;
    out.workspace = inboxes_.at(id).workspace;
    out.inbox = id;
    out.policy = inboxes_.at(id).policy;
    out.reply_token = std::move(token);
    return out;
  };
  if (const auto exact = by_address_.find(local + '@' + domain); exact != by_address_.end()) return found(exact->second, {});
  // The last "+" begins the token: an inbox may have one in its own address.
  for (auto plus = local.rfind('+'); plus != std::string::npos && plus != 0; plus = local.rfind('+', plus - 1)) {
    const auto base = by_address_.find(local.substr(0, plus) + '@' + domain);
    if (base != by_address_.end()) return found(base->second, local.substr(plus + 1));
  }
  if (local == "postmaster") {  // also without a domain: RFC 5321 section 4.1.1.3
    if (domain.empty() && !inboxes_.empty()) return found(inboxes_.begin()->first, {});
    if (const auto first = postmaster_.find(domain); first != postmaster_.end()) return found(first->second, {});
  }
  if (const auto all = by_domain_.find(domain); all != by_domain_.end() && !local.empty()) {
    const auto plus = local.rfind('+');
    return found(all->second, plus == std::string::npos ? std::string() : local.substr(plus + 1));
  }
  return core::fail(Errc::kUnknownRecipient);
}

bool Directory::is_local_domain(std::string_view domain) const {
  return postmaster_.contains(core::to_lower_ascii(domain));
}

const Inbox* Directory::find(core::InboxId id) const {
  const auto found = inboxes_.find(id);
  return found == inboxes_.end() ? nullptr : &found->second;
}

const Inbox* Directory::find_by_workspace(core::WorkspaceId workspace) const {
  for (const auto& [id, inbox] : inboxes_) {
    if (inbox.workspace == workspace) return &inbox;
  }
  return nullptr;
}

std::vector<Inbox> Directory::inboxes_of(core::WorkspaceId workspace) const {
  std::vector<Inbox> out;
  for (const auto& [id, inbox] : inboxes_) {
    if (inbox.workspace == workspace) out.push_back(inbox);
  }
  return out;
}

core::WorkspaceId Directory::workspace_named(std::string_view name) const {
  const auto found = workspaces_.find(std::string(name));
  return found == workspaces_.end() ? core::WorkspaceId{} : found->second;
}

std::string Directory::name_of(core::WorkspaceId id) const {
  for (const auto& [name, workspace] : workspaces_) {
    if (workspace == id) return name;
  }
  return {};
}

std::vector<core::WorkspaceId> Directory::workspaces() const {
  std::vector<core::WorkspaceId> out;
  for (const auto& [name, id] : workspaces_) out.push_back(id);
  return out;
}

std::vector<std::string> Directory::domains() const {
  std::vector<std::string> out;
  for (const auto& [domain, inbox] : postmaster_) out.push_back(domain);
  return out;
}

std::vector<std::string> Directory::domains_of(core::WorkspaceId workspace) const {
  std::set<std::string> out;
  const auto is_theirs = [&](core::InboxId id) { return inboxes_.at(id).workspace == workspace; };
  for (const auto& [address, inbox] : by_address_) {
    if (is_theirs(inbox)) out.insert(address.substr(address.rfind('@') + 1));
  }
  for (const auto& [domain, inbox] : by_domain_) {
    if (is_theirs(inbox)) out.insert(domain);
  }
  return {out.begin(), out.end()};
}

}  // namespace postern::ticketing
